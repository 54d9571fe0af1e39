"""NMEA 0183 of where a vehicle's front points: HDT, HDG, HDM, THS, and the private PASHR and PHTRO of attitude."""

from __future__ import annotations

import re
from collections.abc import Callable

from drivers.blocks import Attitude
from drivers.heading import Headings, Heard, Mounted

_NUMBER = re.compile(r"[-+]?\d{1,3}(\.\d{0,9})?")
_NO_HEADING = "no heading"
THS_MODES = {"A": None, "E": None, "M": "a heading set by hand", "S": "a simulated heading", "V": _NO_HEADING}
"""NMEA 0183 4.0: autonomous and estimated headings are measured, the others are not."""


class NmeaAttitude:
    """Checked sentences to attitudes, one a sentence that tells of it."""

    def __init__(self, mounted: Mounted) -> None:
        self._headings = Headings(mounted, "nmea")

    def take(self, fields: list[str], t_mono_ns: int) -> Attitude | None:
        """The attitude that a sentence (its address first) tells; None where it tells of something else."""
        kind = fields[0] if fields[0][0] == "P" else fields[0][2:]
        padded = fields + [""] * 12
        if kind == "RMC":
            self._headings.declination_deg = _signed(padded[10], padded[11], "EW", 180) or self._headings.declination_deg
        read = _READERS.get(kind)
        heard = read(padded) if read else None
        return None if heard is None else self._headings.attitude(heard, t_mono_ns)


def _angle(text: str, low: float, high: float) -> float | None:
    value = float(text) if _NUMBER.fullmatch(text) else None
    return value if value is not None and low <= value <= high else None


def _signed(text: str, half: str, halves: str, most: float) -> float | None:
    """An amount and the letter of its side, the first of which is positive."""
    amount = _angle(text, 0, most)
    return None if amount is None or half not in tuple(halves) else amount if half == halves[0] else -amount


def _hdt(fields: list[str]) -> Heard:
    return Heard(heading_deg=_angle(fields[1], 0, 360))


def _hdm(fields: list[str]) -> Heard:
    return Heard(heading_deg=_angle(fields[1], 0, 360), magnetic=True)


def _hdg(fields: list[str]) -> Heard:
    heading_deg, deviation_deg = _angle(fields[1], 0, 360), _signed(fields[2], fields[3], "EW", 180) or 0.0
    return Heard(
        heading_deg=None if heading_deg is None else (heading_deg + deviation_deg) % 360,
        magnetic=True,
        declination_deg=_signed(fields[4], fields[5], "EW", 180),
    )


def _ths(fields: list[str]) -> Heard:
    trouble = THS_MODES.get(fields[2], _NO_HEADING)
    return Heard(heading_deg=_angle(fields[1], 0, 360) if trouble is None else None, trouble=trouble)


def _pashr(fields: list[str]) -> Heard | None:
    """Time, heading, T, roll (right side down), pitch (nose up), heave, then sigmas of roll, pitch and heading; others are not this one."""
    if fields[3] != "T":
        return None
    sigmas = [_angle(fields[place], 0, 180) or 0.0 for place in (7, 8, 9)]
    return Heard(
        heading_deg=_angle(fields[2], 0, 360),
        roll_deg=_angle(fields[4], -180, 180),
        pitch_deg=_angle(fields[5], -90, 90),
        sigma_tilt_deg=max(sigmas[:2]),
        sigma_heading_deg=sigmas[2],
    )


def _phtro(fields: list[str]) -> Heard:
    """Pitch with M for the bow up or P for down, roll with T for port up or B for down."""
    return Heard(pitch_deg=_signed(fields[1], fields[2], "MP", 90), roll_deg=_signed(fields[3], fields[4], "TB", 180))


_READERS: dict[str, Callable[[list[str]], Heard | None]] = {
    "HDT": _hdt,
    "HDM": _hdm,
    "HDG": _hdg,
    "THS": _ths,
    "PASHR": _pashr,
    "PHTRO": _phtro,
}
