"""A dongle on another machine, or held by another program, through an rtl_tcp server."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.iq_source import IqSource, Listening, Reader
from drivers.sdrs import read_sdr, whole_plan
from drivers.source import SourceMisconfigured

USUAL_PORT = 1_234
SETTLE_S = 0.1
"""A command takes its way, and the tuner a while."""

BURST = 131_072
"""A server hands over so many samples at a time: 55 ms at 2.4 MS/s."""

LATE_S = 0.06
"""What comes over a network may be late for a while without anything being lost."""


class RtlTcp(IqSource):
    """One server at `host` and `port`; it has one client at a time. The rest is as of RtlSdr."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        *,
        port: int = USUAL_PORT,
        sdr: str = "rtl_sdr",
        center_hz: float | None = None,
        rate_hz: float | None = None,
        gain_db: float | None = None,
        plan: Sequence[object] = (),
        park_s: float = 3.0,
        ppm: int = 0,
        bias_tee: bool = False,
        silent_after_s: float = 2.0,
    ) -> None:
        if not (host and 0 < port < 65_536):
            raise SourceMisconfigured(f"there can be no rtl_tcp at {host}:{port}")
        rows = whole_plan(plan, center_hz)
        request = {"host": host, "port": port, "ppm": ppm, "bias_tee": bias_tee}
        reader = Reader(f"rtl_tcp at {host}:{port}", "drivers.grab_rtl_tcp:RtlTcpGrabber", request, "cu8", SETTLE_S, LATE_S, BURST)
        super().__init__(reader, read_sdr(sdr), Listening(rows, rate_hz, gain_db, park_s, silent_after_s))
