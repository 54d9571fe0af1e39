"""The message in a DroneID frame, as the fields of a RemoteIdDetection, as reverse engineered (there is no standard).

Units are those of DJI's DroneID in Wi-Fi beacons, whose record has the same fields: metres, decimetres of height, cm/s. Others read
altitude and height as feet; in the one public recording height climbs by 3 a message at 28 up, which fits decimetres and cm/s.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import atan2, degrees, hypot
from struct import Struct
from typing import Any

from edge_node.messages import UasId
from edge_node.radio.droneid.crc import crc16
from edge_node.radio.droneid.models import MODELS

PAYLOAD_BYTES = 173
TELEMETRY, LICENCE = 0x10, 0x11
ENCRYPTED = {(0xAA, 0x13): "CRYP", (0x87, 0x10): "INFP", (0xA3, 0x80): "encrypted 0x80"}
"""What OcuSync 4 sends in the same shell, by length and type."""
SESSION_HASH = slice(6, 10)

_COMMON = Struct("<xxBHH16siihhhhhh")  # length, type, version, sequence, state, serial, lon, lat, altitude, height, north, east, up, yaw
_REST = Struct("<QiiiiBB20s")  # ms since 1970, pilot lat, pilot lon, home lon, home lat, model, length of the account's number, it
_SERIAL = slice(2, 18)
_VERSION = 2
_DEGREE = 174_533.0  # of 1e-7 radians, rounded as those round it who published places: 9 m off at 180 degrees
_EARLIEST_MS, _LATEST_MS = 1_262_304_000_000, 4_102_444_800_000  # 2010 and 2100
_PRIVACY_OFF, _HOME_SET, _IN_AIR, _POSITION_VALID = 1 << 1, 1 << 2, 1 << 5, 1 << 6
_ALTITUDE_VALID, _HEIGHT_VALID, _VELOCITY_VALID, _CLIMB_VALID = 1 << 7, 1 << 8, 1 << 9, 1 << 10

Said = dict[str, Any]


def decode(block: bytes) -> Said:
    """What a block of any length says, whose CRC24A is right; little where its message's own check is not."""
    payload = block[:PAYLOAD_BYTES]
    size, kind = payload[0] if payload else 0, payload[1] if len(payload) > 1 else 0
    sound = size + 3 <= len(payload) and crc16(payload[: size + 1]) == int.from_bytes(payload[size + 1 : size + 3], "little")
    name = ENCRYPTED.get((size, kind))
    said: Said = {"message_type": name or f"0x{kind:02x}", "crc16_ok": sound, "ids": (), "flags": (), "notes": ()}
    if name:
        _encrypted(payload, said)
    elif sound and kind == TELEMETRY:
        _telemetry(payload[: size + 1], said)
    elif sound and kind == LICENCE:
        said["ids"] = _ids(payload[_SERIAL])
    return said


def _encrypted(payload: bytes, said: Said) -> None:
    said["session_hash"] = payload[SESSION_HASH].hex()
    said["notes"] = ("OcuSync 4, encrypted",)


def _telemetry(record: bytes, said: Said) -> None:
    """Versions but the second are not known, so nothing but the serial number is read of them."""
    if len(record) < _COMMON.size + _REST.size:
        said["notes"] = ("message_short",)
        return
    version, sequence, state, serial, lon, lat, altitude, height, *motion = _COMMON.unpack_from(record)
    if version != _VERSION:
        said["notes"] = ("version_unknown",)
        return
    said.update(sequence=sequence, ids=_ids(serial), status="airborne" if state & _IN_AIR else "ground")
    if not state & _PRIVACY_OFF:
        said["flags"] += ("privacy_requested",)
    _place(said, "", lat, lon, marked_valid=bool(state & _POSITION_VALID))
    if altitude or state & _ALTITUDE_VALID:
        said["altitude_msl_m"] = float(altitude)
    if height or state & _HEIGHT_VALID:
        said.update(height_m=height / 10, height_reference="take_off")
        said["notes"] += (f"height {height} read as decimetres",)
    _motion(said, motion, state)
    _rest(said, record, state)


def _motion(said: Said, motion: list[int], state: int) -> None:
    """A speed of nothing that is not marked valid is unknown."""
    north, east, up, yaw = motion
    if north or east or state & _VELOCITY_VALID:
        said["speed_mps"] = round(hypot(north, east) / 100, 3)
        said["direction_deg"] = round(degrees(atan2(east, north)) % 360, 2) % 360 if north or east else None
    if up or state & _CLIMB_VALID:
        said["vertical_speed_mps"] = up / 100
    said["yaw_deg"] = yaw / 100 if abs(yaw) <= 18_000 else None


def _rest(said: Said, record: bytes, state: int) -> None:
    """Pilot and home, time, model and account: the pilot comes latitude first."""
    time_ms, pilot_lat, pilot_lon, home_lon, home_lat, model, count, account = _REST.unpack_from(record, _COMMON.size)
    _place(said, "operator_", pilot_lat, pilot_lon, marked_valid=True)
    if said["operator_latitude_deg"] is not None:
        said["operator_location"] = "live"
    _place(said, "take_off_", home_lat, home_lon, marked_valid=bool(state & _HOME_SET))
    if _EARLIEST_MS <= time_ms < _LATEST_MS:
        said["system_time_utc"] = datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said["model"] = MODELS.get(model)
    if said["model"] is None:
        said["notes"] += (f"model {model}",)
    if text := _text(account[: min(count, len(account))]):
        said["notes"] += (f"account {text}",)


def _place(said: Said, whose: str, lat: int, lon: int, *, marked_valid: bool) -> None:
    """Degrees; unknown at 0 0 and where no such place exists. What is told and marked invalid is flagged."""
    latitude, longitude = round(lat / _DEGREE, 7), round(lon / _DEGREE, 7)
    exists = abs(latitude) <= 90 and abs(longitude) <= 180
    known = exists and bool(lat or lon)
    said[f"{whose}latitude_deg"], said[f"{whose}longitude_deg"] = (latitude, longitude) if known else (None, None)
    if not exists:
        said["flags"] += (f"{whose or 'position_'}out_of_range",)
    elif known and not marked_valid:
        said["flags"] += (f"{whose or 'position_'}marked_invalid",)


def _ids(serial: bytes) -> tuple[UasId, ...]:
    """DJI's own serial number, which need not have the form of CTA-2063-A."""
    text = _text(serial)
    return (UasId("serial_number", text),) if text else ()


def _text(raw: bytes) -> str:
    r"""The text up to the first NUL; what is not printable ASCII as \xNN."""
    characters = raw.partition(b"\0")[0]
    return "".join(chr(c) if 0x20 <= c < 0x7F else f"\\x{c:02x}" for c in characters).strip()
