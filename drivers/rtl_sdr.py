"""An RTL2832U dongle on this machine, read by a process of its own that ends by SIGKILL when the dongle stalls."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.iq_source import IqSource, Listening, Reader
from drivers.sdrs import read_sdr, whole_plan

SETTLE_S = 0.025
LATE_S = 0.04


class RtlSdr(IqSource):
    """The dongle of this `serial`, or the only one; `sdr` says what it is (hw/sdrs, or the path of a TOML file).

    It listens at `center_hz`, or goes about by a `plan` (frequency_plan.Row, or whatever has its fields) and stays for `park_s` where
    something is found; `rate_hz` and `gain_db` are what its kind usually has where neither the table nor the plan's row says otherwise.
    `ppm` is by how much its crystal is too fast.
    """

    def __init__(
        self,
        *,
        serial: str | None = None,
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
        rows = whole_plan(plan, center_hz)
        name = "RTL-SDR" if serial is None else f"RTL-SDR {serial}"
        request = {"serial": serial, "ppm": ppm, "bias_tee": bias_tee}
        reader = Reader(name, "drivers.grab_rtl_sdr:RtlSdrGrabber", request, "cu8", SETTLE_S, LATE_S)
        super().__init__(reader, read_sdr(sdr), Listening(rows, rate_hz, gain_db, park_s, silent_after_s))
