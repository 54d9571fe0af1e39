"""DJI's own DroneID in beacons: flight telemetry, versions 1 and 2, and flight purpose, as reverse engineered (there is no standard)."""

from __future__ import annotations

from math import atan2, degrees, hypot
from struct import Struct

from edge_node.messages import UasId
from edge_node.remote_id.claims import Claims, printable, utc_text

_TELEMETRY, _PURPOSE = 0x10, 0x11
_COMMON = Struct("<xBHH16siihhhhh")  # subcommand, version, counter, state, serial, lon, lat, altitude, height, north, east, up
_REST = {1: Struct("<hhhii"), 2: Struct("<hQiiii")}
_SERIAL = slice(1, 17)
_ID_BYTES, _PURPOSE_BYTES = 10, 100
_DEGREE = 174_532.925  # of 1e-7 radians
_EARLIEST_MS, _LATEST_MS = 1_262_304_000_000, 4_102_444_800_000  # 2010 and 2100

_SERIAL_VALID, _PRIVACY_OFF, _HOME_SET, _IN_AIR = 1 << 0, 1 << 1, 1 << 2, 1 << 5
_POSITION_VALID, _ALTITUDE_VALID, _HEIGHT_VALID, _VELOCITY_VALID, _CLIMB_VALID = 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10

Decoded = tuple[Claims, tuple[str, ...]]


def decode(data: bytes) -> Decoded:
    """One element from its subcommand on as the fields of a RemoteIdDetection, and what is wrong with it."""
    said: Claims = {"ids": (), "flags": ()}
    if data[:1] == bytes((_TELEMETRY,)):
        return _telemetry(data, said)
    if data[:1] == bytes((_PURPOSE,)):
        return _purpose(data, said)
    return said, ("subcommand_unknown",)


def _telemetry(data: bytes, said: Claims) -> Decoded:
    """A value whose state bit says that it is not valid is unknown.

    A place is told all the same, and flagged: an aircraft without a fix sends 0 0, so whoever sends a place and calls it invalid
    is to be seen.
    """
    if len(data) < _COMMON.size:
        return said, ("element_short",)
    version, _, state, serial, lon, lat, altitude, height, north, east, up = _COMMON.unpack_from(data)
    if version not in _REST:
        return said, ("version_unknown",)
    said["ids"] = _ids(serial, state & _SERIAL_VALID != 0)
    said["status"] = "airborne" if state & _IN_AIR else "ground"
    if not state & _PRIVACY_OFF:
        said["flags"] += ("privacy_requested",)
    _place(said, "", lat, lon)
    if said["latitude_deg"] is not None and not state & _POSITION_VALID:
        said["flags"] += ("position_marked_invalid",)
    said["altitude_msl_m"] = float(altitude) if state & _ALTITUDE_VALID else None
    if state & _HEIGHT_VALID:
        said.update(height_m=height / 10, height_reference="take_off")
    if state & _VELOCITY_VALID:
        said["speed_mps"] = round(hypot(north, east) / 100, 3)
        said["direction_deg"] = round(degrees(atan2(east, north)) % 360, 2) % 360 if north or east else None
    said["vertical_speed_mps"] = up / 100 if state & _CLIMB_VALID else None
    return said, _rest(data, _REST[version], state, said)


def _rest(data: bytes, form: Struct, state: int, said: Claims) -> tuple[str, ...]:
    """Home and, in version 2, the pilot: latitude first there, longitude first here."""
    if len(data) < _COMMON.size + form.size:
        return ("element_short",)
    _, *told = form.unpack_from(data, _COMMON.size)
    *_, home_lon, home_lat = told
    _place(said, "take_off_", home_lat, home_lon)
    if said["take_off_latitude_deg"] is not None and not state & _HOME_SET:
        said["flags"] += ("take_off_marked_invalid",)
    if form is _REST[2]:
        time_ms, pilot_lat, pilot_lon, *_ = told
        _place(said, "operator_", pilot_lat, pilot_lon)
        said["operator_location"] = None if said["operator_latitude_deg"] is None else "live"
        if _EARLIEST_MS <= time_ms < _LATEST_MS:
            said["system_time_utc"] = utc_text(time_ms // 1000)
    return ()


def _place(said: Claims, whose: str, lat: int, lon: int) -> None:
    """Degrees; unknown at 0 0, and None with a flag where no such place exists."""
    latitude, longitude = round(lat / _DEGREE, 7), round(lon / _DEGREE, 7)
    known = bool(lat or lon)
    said[f"{whose}latitude_deg"] = latitude if known and abs(latitude) <= 90 else None
    said[f"{whose}longitude_deg"] = longitude if known and abs(longitude) <= 180 else None
    if abs(latitude) > 90:
        said["flags"] += (f"{whose}latitude_out_of_range",)
    if abs(longitude) > 180:
        said["flags"] += (f"{whose}longitude_out_of_range",)


def _ids(serial: bytes, valid: bool) -> tuple[UasId, ...]:
    """DJI's own serial number, which need not have the form of CTA-2063-A."""
    text = printable(serial).strip()
    return (UasId("serial_number", text),) if text and valid else ()


def _purpose(data: bytes, said: Claims) -> Decoded:
    """What the operator typed in: a registration number, and what the flight is for."""
    if len(data) < _SERIAL.stop:
        return said, ("element_short",)
    said["ids"] = _ids(data[_SERIAL], valid=True)
    at_purpose = _SERIAL.stop + 1 + _ID_BYTES
    faults = _text(data, _SERIAL.stop, _ID_BYTES, "operator_id", said) + _text(data, at_purpose, _PURPOSE_BYTES, "purpose", said)
    return said, faults[:1]


def _text(data: bytes, at: int, most: int, name: str, said: Claims) -> tuple[str, ...]:
    """A text behind its own length, which may lie."""
    if at >= len(data):
        return ("element_short",)
    if data[at] > most:
        return ("text_size",)
    said[name] = printable(data[at + 1 : at + 1 + data[at]]).strip() or None
    return ()
