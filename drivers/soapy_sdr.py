"""Any receiver that SoapySDR knows: HackRF, Pluto, USRP, bladeRF, Airspy, LimeSDR and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.iq_formats import SAMPLE_BYTES, IqFormat
from drivers.iq_source import IqSource, Listening, Reader
from drivers.sdrs import read_sdr, whole_plan
from drivers.source import SourceMisconfigured

FORMATS: dict[str, IqFormat] = {"CF32": "cf32", "CS16": "cs16", "CS8": "cs8"}
SETTLE_S = 0.03
LATE_S = 0.06
"""A module hands over what it gathered, and gathers as it likes."""


class SoapySdr(IqSource):
    """The receiver of this `device` string, such as "driver=hackrf,serial=…", or of what its kind `sdr` (hw/sdrs) usually has.

    `antenna` is one of its inputs by name, `settings` are its module's own, such as biastee = "true". CF32 is of full scale 1 whatever the
    converter; CS16 takes half the memory and time. The rest is as of RtlSdr.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        sdr: str | None = None,
        antenna: str | None = None,
        settings: Mapping[str, str] | None = None,
        sample_format: str = "CF32",
        center_hz: float | None = None,
        rate_hz: float | None = None,
        gain_db: float | None = None,
        plan: Sequence[object] = (),
        park_s: float = 3.0,
        ppm: int = 0,
        silent_after_s: float = 2.0,
    ) -> None:
        kind = None if sdr is None else read_sdr(sdr)
        named = device or (kind.soapy if kind else None)
        if not named:
            raise SourceMisconfigured("say device, as SoapySDRUtil --find shows it (driver=…), or sdr, which has one")
        if sample_format not in FORMATS:
            raise SourceMisconfigured(f"sample_format {sample_format!r} is not read; {', '.join(FORMATS)} are")
        request = {
            "device": named,
            "antenna": antenna,
            "settings": dict(settings or {}),
            "soapy_format": sample_format,
            "bytes_each": SAMPLE_BYTES[FORMATS[sample_format]],
            "ppm": ppm,
        }
        reader = Reader(named, "drivers.grab_soapy:SoapyGrabber", request, FORMATS[sample_format], SETTLE_S, LATE_S)
        super().__init__(reader, kind, Listening(whole_plan(plan, center_hz), rate_hz, gain_db, park_s, silent_after_s))
