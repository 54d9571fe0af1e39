"""Category 062, system track data (EUROCONTROL-SPEC-0149-9, edition 1.18): tracks that have a place."""

from __future__ import annotations

import re
from math import cos, hypot, radians, sin

from edge_node.interop import readings
from edge_node.interop.asterix import fields
from edge_node.interop.moment import Moment
from edge_node.interop.readings import Position
from edge_node.messages import Kinematics, Track

CATEGORY = 62
SOURCE, TIME, PLACE, VELOCITY, TARGET_ID, NUMBER, STATUS, AGES, ALTITUDE, CLIMB, ACCURACIES = 1, 4, 5, 7, 10, 12, 13, 14, 18, 20, 27
"""Field reference numbers of I062/010, 070, 105, 185, 245, 040, 080, 290, 130, 220 and 500."""
MONOSENSOR, GEOMETRIC, GNSS, TENTATIVE, EXTENDED, LAST = 0x80, 0x20, 1 << 2, 0x02, 0x01, 0x40
METRES_A_DEGREE = 111_319.5
CLIMB_MPS = 6.25 * fields.FOOT_M / 60
_CALLSIGN = re.compile(r"[A-Z0-9]{1,8}")


def record(moment: Moment, sac: int, sic: int) -> bytes | None:
    """One track from the source `sac`/`sic` (0 to 255 each); None without a place. `blocks(CATEGORY, ...)` wraps several."""
    track, at = moment.track, readings.position(moment.track.kinematics)
    if at is None or track.kinematics is None:
        return None
    items = {
        SOURCE: bytes((sac & 0xFF, sic & 0xFF)),
        TIME: fields.time_of_day(moment.t_utc_ns),
        PLACE: fields.place(at.latitude_deg, at.longitude_deg),
        NUMBER: fields.short_number(track.number),
        STATUS: _status(track, at),
        AGES: fields.compound({1: fields.unsigned(max(track.t_mono_ns - track.first_seen_mono_ns, 0) / 1e9, 0.25, 1)}),
    }
    moving = readings.velocity(track.kinematics)
    if moving is not None:
        items[VELOCITY] = fields.signed(moving.east_mps, 0.25, 2) + fields.signed(moving.north_mps, 0.25, 2)
        items[CLIMB] = fields.signed(moving.up_mps, CLIMB_MPS, 2)
    if at.altitude_wgs84_m is not None:
        items[ALTITUDE] = fields.signed(at.altitude_wgs84_m, fields.QUARTER_FLIGHT_LEVEL_M, 2)
    if (name := _callsign(track)) is not None:
        items[TARGET_ID] = name
    if accuracies := _accuracies(track.kinematics, at):
        items[ACCURACIES] = fields.compound(accuracies)
    return fields.record(items)


def _status(track: Track, at: Position) -> bytes:
    """I062/080: of one sensor, whose altitude, tentative, and that this is the last message of a lost track."""
    first = GEOMETRIC | (MONOSENSOR if len(track.sensors) == 1 else 0) | (TENTATIVE if track.state == "tentative" else 0)
    first |= GNSS if at.altitude_wgs84_m is not None and track.identity is not None else 0
    return bytes((first | EXTENDED, LAST)) if track.state == "lost" else bytes((first,))


def _callsign(track: Track) -> bytes | None:
    """I062/245: a call sign or registration that the target says itself and that fits its eight characters."""
    claimed = track.identity.ids if track.identity else ()
    said = [one.value for one in claimed if one.type == "caa_registration"]
    said += [one.value for one in (track.target.ids if track.target else ()) if one.kind in ("callsign", "registration")]
    name = next((one for text in said if _CALLSIGN.fullmatch(one := text.strip().upper())), None)
    return None if name is None else b"\0" + _six_bits(name.ljust(8))


def _six_bits(name: str) -> bytes:
    """ICAO Annex 10: letters from 1, space 32, digits as in ASCII."""
    number = 0
    for letter in name:
        number = number << 6 | ord(letter) & 0x3F
    return number.to_bytes(6, "big")


def _accuracies(state: Kinematics, at: Position) -> dict[int, bytes]:
    """I062/500: standard deviations of latitude, longitude, altitude and velocity."""
    parts: dict[int, bytes] = {}
    if at.sigma_major_m is not None and at.sigma_minor_m is not None and at.major_axis_deg is not None:
        axis = radians(at.major_axis_deg)
        north_m = hypot(at.sigma_major_m * cos(axis), at.sigma_minor_m * sin(axis))
        east_m = hypot(at.sigma_major_m * sin(axis), at.sigma_minor_m * cos(axis))
        east_deg = east_m / (METRES_A_DEGREE * max(cos(radians(at.latitude_deg)), 1e-6))
        parts[3] = fields.no_better(north_m / METRES_A_DEGREE, fields.ANGLE_DEG, 2) + fields.no_better(east_deg, fields.ANGLE_DEG, 2)
    if at.sigma_altitude_m is not None:
        parts[4] = fields.no_better(at.sigma_altitude_m, fields.QUARTER_FLIGHT_LEVEL_M, 1)
    speeds = [readings.sigma(state.covariance[place], readings.MOST_SPEED_MPS) for place in (21, 28)] if len(state.covariance) == 36 else []
    if len(known := [one for one in speeds if one is not None]) == 2:
        parts[6] = b"".join(fields.no_better(one, 0.25, 1) for one in known)
    return parts
