"""NMEA 0183: bytes to sentences, those of one time of day to one fix; any bytes may come, nothing is raised."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from math import sqrt
from operator import xor

from msgspec import Struct

from drivers.blocks import Attitude, GnssFix
from drivers.heading import Mounted
from drivers.nmea_attitude import NmeaAttitude
from drivers.nmea_strengths import Strengths

MOST_SENTENCE_BYTES = 120
MOST_TALKERS = 16
UERE_M = 4.0
"""1 sigma of one pseudorange to an open-sky single-frequency receiver (GPS SPS Performance Standard 2020: 7.8 m, 95 %)."""
KNOT_MPS = 1852 / 3600
EARLIEST_UTC = datetime(2025, 1, 1, tzinfo=UTC)
"""A receiver that says an earlier date has rolled its week counter over, or never had the time."""
QUALITY = dict(enumerate(("autonomous", "differential", "pps", "rtk_fixed", "rtk_float", "dead_reckoning", "manual", "simulated"), start=1))
MODES = {"A": 1, "D": 2, "P": 3, "R": 4, "F": 5, "E": 6, "M": 7, "S": 8}
NO_FIX = 0
_SENTENCE = re.compile(rb"\$([A-Z0-9]{3,12},[\x20-\x7e]*)\*([0-9A-Fa-f]{2})\r?$")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{0,9})?")
_CLOCK = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(\.\d{1,9})?")
_DEGREES = re.compile(r"(\d{1,3})([0-5]\d(?:\.\d{0,9})?)")


class Epoch(Struct):
    """What the sentences of one time of day said so far; `quality` 0 is no fix."""

    t_mono_ns: int
    pulse_mono_ns: int | None
    time_of_day: str
    heard: set[str]
    quality: int | None = None
    place: tuple[float, float] | None = None
    satellites: int | None = None
    hdop: float | None = None
    vdop: float | None = None
    altitude_msl_m: float | None = None
    separation_m: float | None = None
    day: datetime | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    sigma_horizontal_m: float | None = None
    sigma_vertical_m: float | None = None


class Nmea:
    """A receiver's bytes to fixes, one an epoch, and attitudes, one a sentence; holds back one sentence and one epoch at most."""

    def __init__(self, mounted: Mounted | None = None) -> None:
        self._attitude = NmeaAttitude(mounted or Mounted())
        self.good = self.bad = 0
        self._rest = b""
        self._epoch: Epoch | None = None
        self._last_time = ""
        self._sequence = 0
        self._in_view: dict[str, int] = {}
        self._strengths = Strengths()

    @property
    def in_view(self) -> int | None:
        """Satellites that the receiver knows to be above it; None until it said so."""
        return sum(self._in_view.values()) if self._in_view else None

    def feed(self, chunk: bytes, t_mono_ns: int, pulse_mono_ns: int | None = None) -> list[GnssFix | Attitude]:
        """Bytes that came at `t_mono_ns`, and the last pulse before them; attitudes, and the fixes whose sentences are all there."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        if len(rest) > MOST_SENTENCE_BYTES:
            self.bad += 1
            rest = b""
        self._rest = rest
        sentences = [fields for line in lines if (fields := self._checked(line)) is not None]
        return [said for fields in sentences for said in self._take(fields, t_mono_ns, pulse_mono_ns)]

    def quiet(self) -> list[GnssFix]:
        """Say that the receiver paused, so that its epoch is whole."""
        epoch, self._epoch = self._epoch, None
        if epoch is None:
            return []
        self._last_time = epoch.time_of_day
        self._sequence += 1
        return [_fix(epoch, self._sequence - 1, self._strengths.strongest_dbhz())]

    def _checked(self, line: bytes) -> list[str] | None:
        """A sentence's fields, its address first; None and counted where form or checksum is wrong."""
        found = _SENTENCE.search(line[-MOST_SENTENCE_BYTES:])
        if found is None or reduce(xor, found[1], 0) != int(found[2], 16):
            self.bad += line.strip() != b""
            return None
        self.good += 1
        return found[1].decode().split(",")

    def _take(self, fields: list[str], t_mono_ns: int, pulse_mono_ns: int | None) -> list[GnssFix | Attitude]:
        attitude = self._attitude.take(fields, t_mono_ns)
        return [attitude] if attitude else [*self._take_of_fix(fields, t_mono_ns, pulse_mono_ns)]

    def _take_of_fix(self, fields: list[str], t_mono_ns: int, pulse_mono_ns: int | None) -> list[GnssFix]:
        kind, fields = "" if fields[0][0] == "P" else fields[0][2:], fields + [""] * 20
        if kind == "GSV":
            self._see(fields)
            self._strengths.take(fields)
        if kind == "GSA" and self._epoch is not None:
            _gsa(self._epoch, fields)
        if kind == "VTG" and self._epoch is not None and "RMC" not in self._epoch.heard:
            _vtg(self._epoch, fields)
        if kind not in _READERS:
            return []
        done = self._turn(kind, fields[1], t_mono_ns, pulse_mono_ns)
        if self._epoch is not None:
            self._epoch.heard.add(kind)
            _READERS[kind](self._epoch, fields)
        return done

    def _turn(self, kind: str, time_of_day: str, t_mono_ns: int, pulse_mono_ns: int | None) -> list[GnssFix]:
        """End the epoch where another time of day begins or, of a receiver without the time, where a sentence comes again."""
        epoch = self._epoch
        if epoch is not None and epoch.time_of_day == time_of_day and kind not in epoch.heard:
            return []
        if epoch is None and time_of_day and time_of_day == self._last_time:
            return []  # it comes too late: its epoch has been handed over
        done = self.quiet()
        self._epoch = Epoch(t_mono_ns, pulse_mono_ns, time_of_day, set())
        return done

    def _see(self, fields: list[str]) -> None:
        """GSV: how many are in view, by talker; of one with several signals, the last that was said."""
        count, talker = _number(fields[3]), fields[0][:2]
        if count is not None and 0 <= count < 100 and fields[2] == "1" and (talker in self._in_view or len(self._in_view) < MOST_TALKERS):
            self._in_view[talker] = int(count)


def _fix(epoch: Epoch, sequence: int, cn0_dbhz: float | None) -> GnssFix:
    if not epoch.quality or epoch.place is None:
        return GnssFix(epoch.t_mono_ns, sequence, 0, "nmea", has_fix=False, cn0_dbhz=cn0_dbhz)
    msl_m, separation_m = epoch.altitude_msl_m, epoch.separation_m
    return GnssFix(
        epoch.t_mono_ns,
        sequence,
        0,
        "nmea",
        has_fix=True,
        t_utc_ns=_utc_ns(epoch),
        pulse_mono_ns=epoch.pulse_mono_ns,
        latitude_deg=epoch.place[0],
        longitude_deg=epoch.place[1],
        altitude_wgs84_m=None if msl_m is None or separation_m is None else msl_m + separation_m,
        altitude_msl_m=msl_m,
        sigma_horizontal_m=epoch.sigma_horizontal_m or _by_dilution(epoch.hdop, 2),
        sigma_vertical_m=epoch.sigma_vertical_m or _by_dilution(epoch.vdop, 1),
        speed_mps=epoch.speed_mps,
        course_deg=epoch.course_deg,
        satellites=epoch.satellites,
        hdop=epoch.hdop,
        quality=QUALITY.get(epoch.quality),
        cn0_dbhz=cn0_dbhz,
    )


def _by_dilution(dilution: float | None, axes: int) -> float | None:
    """1 sigma of each of `axes` axes from what they share."""
    return None if not dilution else dilution * UERE_M / sqrt(axes)


def _utc_ns(epoch: Epoch) -> int | None:
    """Time of day on the day that RMC or ZDA said; a leap second reads as the second after it."""
    clock = _CLOCK.fullmatch(epoch.time_of_day)
    if clock is None or epoch.day is None or epoch.day < EARLIEST_UTC:
        return None
    seconds = round(epoch.day.timestamp()) + int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    return seconds * 1_000_000_000 + round(float(clock[4] or 0) * 1e9)


def _number(text: str, most: float = 1e9) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) and abs(float(text)) <= most else None


def _count(text: str) -> int | None:
    number = _number(text, 999)
    return None if number is None or number < 0 else int(number)


def _positive(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and 0 < number < 99.99 else None


def _angle(text: str, half: str, halves: str, most: float) -> float | None:
    """(d)ddmm.mmm and a hemisphere to degrees."""
    found = _DEGREES.fullmatch(text)
    if found is None or half not in tuple(halves):
        return None
    degrees = int(found[1]) + float(found[2]) / 60
    return None if degrees > most else -degrees if half == halves[1] else degrees


def _place(epoch: Epoch, fields: list[str]) -> None:
    latitude, longitude = _angle(fields[0], fields[1], "NS", 90), _angle(fields[2], fields[3], "EW", 180)
    if latitude is not None and longitude is not None and epoch.place is None:
        epoch.place = latitude, longitude


def _vote(epoch: Epoch, quality: int | None) -> None:
    """No fix in one sentence is no fix; else the first quality that was said holds."""
    if quality == NO_FIX or epoch.quality is None:
        epoch.quality = quality


def _day(epoch: Epoch, day: str, month: str, year: str) -> None:
    if day.isdecimal() and month.isdecimal() and year.isdecimal():
        try:
            epoch.day = datetime(int(year), int(month), int(day), tzinfo=UTC)
        except (ValueError, OverflowError):
            epoch.day = None


def _altitude(epoch: Epoch, fields: list[str], altitude: int, separation: int) -> None:
    epoch.satellites, epoch.hdop = _count(fields[7]), _positive(fields[8])
    epoch.altitude_msl_m, epoch.separation_m = _number(fields[altitude], 1e6), _number(fields[separation], 1e3)


def _gga(epoch: Epoch, fields: list[str]) -> None:
    _place(epoch, fields[2:6])
    _vote(epoch, _count(fields[6]) or NO_FIX)
    _altitude(epoch, fields, 9, 11)


def _gns(epoch: Epoch, fields: list[str]) -> None:
    _place(epoch, fields[2:6])
    _vote(epoch, next((MODES[mode] for mode in fields[6][:8] if mode in MODES), NO_FIX))
    if "GGA" not in epoch.heard:
        _altitude(epoch, fields, 9, 10)


def _rmc(epoch: Epoch, fields: list[str]) -> None:
    _place(epoch, fields[3:7])
    if "GGA" not in epoch.heard or fields[2] != "A":
        _vote(epoch, MODES.get(fields[12], 1) if fields[2] == "A" else NO_FIX)
    speed_kn, course = _number(fields[7], 2000), _number(fields[8], 360)
    epoch.speed_mps = None if speed_kn is None else speed_kn * KNOT_MPS
    epoch.course_deg = course
    if len(fields[9]) == 6:
        _day(epoch, fields[9][:2], fields[9][2:4], f"20{fields[9][4:]}")


def _vtg(epoch: Epoch, fields: list[str]) -> None:
    """Course and speed over ground; the mode N says that neither is valid."""
    valid = fields[9] != "N"
    speed_kn = _number(fields[5], 2000) if valid else None
    epoch.speed_mps = None if speed_kn is None else speed_kn * KNOT_MPS
    epoch.course_deg = _number(fields[1], 360) if valid else None


def _zda(epoch: Epoch, fields: list[str]) -> None:
    _day(epoch, fields[2][:2], fields[3][:2], fields[4][:4])


def _gst(epoch: Epoch, fields: list[str]) -> None:
    north, east = _number(fields[6], 1e5), _number(fields[7], 1e5)
    if north is not None and east is not None:
        epoch.sigma_horizontal_m = sqrt((north**2 + east**2) / 2)
    epoch.sigma_vertical_m = _number(fields[8], 1e5)


def _gsa(epoch: Epoch, fields: list[str]) -> None:
    epoch.hdop = epoch.hdop or _positive(fields[16])
    epoch.vdop = epoch.vdop or _positive(fields[17])


_READERS: dict[str, Callable[[Epoch, list[str]], None]] = {"GGA": _gga, "GNS": _gns, "RMC": _rmc, "ZDA": _zda, "GST": _gst}
