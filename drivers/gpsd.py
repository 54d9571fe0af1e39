"""gpsd's JSON (gpsd_json(5)): lines of TPV, SKY and PPS to fixes, of ATT to attitudes; any bytes may come, nothing is raised."""

from __future__ import annotations

from datetime import datetime
from math import sqrt
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from drivers.blocks import Attitude, GnssFix
from drivers.heading import Headings, Heard, Mounted
from drivers.nmea import EARLIEST_UTC

WATCH = b'?WATCH={"enable":true,"json":true,"pps":true};\r\n'
MOST_LINE_BYTES = 16_384
# gpsd gives 95 %: 1.96 sigma on one axis, 2.45 sigma of one axis in the plane.
AXIS_95, PLANE_95 = 1.96, 2.4477
STATUS = {2: "differential", 3: "rtk_fixed", 4: "rtk_float", 5: "dead_reckoning", 6: "dead_reckoning", 7: "manual", 8: "simulated"}
MAGNETOMETER_ALARMS = {
    "C": "the compass is not calibrated",
    "L": "the compass's field is too weak",
    "P": "the compass's field is too strong",
}
StructT = TypeVar("StructT", bound=Struct)
Metres = Annotated[float, Meta(ge=-1e6, le=1e6)]
Angle180 = Annotated[float, Meta(ge=-180, le=180)]
Error = Annotated[float, Meta(ge=0, le=1e9)]
Count = Annotated[int, Meta(ge=0, le=999)]
ClockSeconds = Annotated[int, Meta(ge=0, le=2**33)]
Nanoseconds = Annotated[int, Meta(ge=0, lt=1_000_000_000)]


class _Tpv(Struct, rename="camel"):
    mode: int = 0
    status: int = 1
    time: datetime | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    alt_hae: Metres | None = field(default=None, name="altHAE")
    alt_msl: Metres | None = field(default=None, name="altMSL")
    epx: Error | None = None
    epy: Error | None = None
    eph: Error | None = None
    epv: Error | None = None
    speed: Annotated[float, Meta(ge=0, le=1e4)] | None = None
    track: Annotated[float, Meta(ge=0, le=360)] | None = None
    magvar: Angle180 | None = None


class _Att(Struct):
    heading: Annotated[float, Meta(ge=0, le=360)] | None = None
    mheading: Annotated[float, Meta(ge=0, le=360)] | None = None
    mag_st: str | None = None
    pitch: Annotated[float, Meta(ge=-90, le=90)] | None = None
    roll: Angle180 | None = None


class _Satellite(Struct):
    used: bool = False


class _Sky(Struct, rename="camel"):
    hdop: Annotated[float, Meta(ge=0, le=1e3)] | None = None
    n_sat: Count | None = None
    u_sat: Count | None = None
    satellites: list[_Satellite] | None = None


class _Pps(Struct):
    clock_sec: ClockSeconds
    clock_nsec: Nanoseconds


class Gpsd:
    """What gpsd says to fixes, one a TPV; `utc_minus_mono_ns` turns its PPS stamps, which are of the system's clock, to monotonic."""

    def __init__(self, mounted: Mounted | None = None) -> None:
        self._headings = Headings(mounted or Mounted(), "gpsd")
        self.good = self.bad = 0
        self.in_view: int | None = None
        self._rest = b""
        self._used: int | None = None
        self._hdop: float | None = None
        self._pulse_mono_ns: int | None = None
        self._sequence = 0

    def feed(self, chunk: bytes, t_mono_ns: int, utc_minus_mono_ns: int) -> list[GnssFix | Attitude]:
        """Bytes that came at `t_mono_ns`."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        if len(rest) > MOST_LINE_BYTES:
            self.bad += 1
            rest = b""
        self._rest = rest
        return [fix for line in lines if line.strip() for fix in self._take(line, t_mono_ns, utc_minus_mono_ns)]

    def _take(self, line: bytes, t_mono_ns: int, utc_minus_mono_ns: int) -> list[GnssFix | Attitude]:
        try:
            said = msgspec.json.decode(line, type=dict[str, Any])
            return self._report(said, t_mono_ns, utc_minus_mono_ns)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.bad += 1
            return []

    def _report(self, said: dict[str, Any], t_mono_ns: int, utc_minus_mono_ns: int) -> list[GnssFix | Attitude]:
        match said.get("class"):
            case "TPV":
                tpv = msgspec.convert(said, _Tpv)
                self.good += 1
                self._sequence += 1
                self._headings.declination_deg = tpv.magvar if tpv.magvar is not None else self._headings.declination_deg
                return [self._fix(tpv, t_mono_ns)]
            case "ATT":
                att = msgspec.convert(said, _Att)
                self.good += 1
                return [self._headings.attitude(_heard(att), t_mono_ns)]
            case "SKY":
                self._see(msgspec.convert(said, _Sky))
            case "PPS":
                pps = msgspec.convert(said, _Pps)
                self._pulse_mono_ns = pps.clock_sec * 1_000_000_000 + pps.clock_nsec - utc_minus_mono_ns
        return []

    def _see(self, sky: _Sky) -> None:
        """Some SKY reports carry dilutions alone: they leave the counts as they were."""
        self._hdop = sky.hdop or self._hdop
        if sky.satellites is not None:
            self.in_view = len(sky.satellites)
            self._used = sum(satellite.used for satellite in sky.satellites)
        self.in_view = self.in_view if sky.n_sat is None else sky.n_sat
        self._used = self._used if sky.u_sat is None else sky.u_sat

    def _fix(self, tpv: _Tpv, t_mono_ns: int) -> GnssFix:
        sequence = self._sequence - 1
        if tpv.mode < 2 or tpv.lat is None or tpv.lon is None:
            return GnssFix(t_mono_ns, sequence, 0, "gpsd", has_fix=False)
        return GnssFix(
            t_mono_ns,
            sequence,
            0,
            "gpsd",
            has_fix=True,
            t_utc_ns=_utc_ns(tpv.time),
            pulse_mono_ns=self._pulse_mono_ns,
            latitude_deg=tpv.lat,
            longitude_deg=tpv.lon,
            altitude_wgs84_m=tpv.alt_hae if tpv.mode > 2 else None,
            altitude_msl_m=tpv.alt_msl if tpv.mode > 2 else None,
            sigma_horizontal_m=_sigma_horizontal_m(tpv),
            sigma_vertical_m=tpv.epv / AXIS_95 if tpv.epv else None,
            speed_mps=tpv.speed,
            course_deg=tpv.track,
            satellites=self._used,
            hdop=self._hdop,
            quality=STATUS.get(tpv.status, "autonomous"),
        )


def _heard(att: _Att) -> Heard:
    """A heading from true north, else a magnetic one; of an alarm of its compass none."""
    alarm = MAGNETOMETER_ALARMS.get(att.mag_st or "")
    heading_deg = att.mheading if att.heading is None else att.heading
    return Heard(
        heading_deg=None if alarm else heading_deg,
        magnetic=att.heading is None,
        pitch_deg=att.pitch,
        roll_deg=att.roll,
        trouble=alarm,
    )


def _sigma_horizontal_m(tpv: _Tpv) -> float | None:
    """1 sigma of one axis, from east and north or else from the plane."""
    if tpv.epx and tpv.epy:
        return sqrt((tpv.epx**2 + tpv.epy**2) / 2) / AXIS_95
    return tpv.eph / PLANE_95 if tpv.eph else None


def _utc_ns(time: datetime | None) -> int | None:
    """Whole microseconds, as datetime holds them; None for a time without zone or of a rolled-over week."""
    if time is None or time.tzinfo is None or time < EARLIEST_UTC:
        return None
    return round(time.timestamp() * 1e6) * 1_000
