"""Values to DJI's Wi-Fi DroneID, telemetry of version 2, little endian; layout as received and published by others."""

from __future__ import annotations

from struct import pack

from msgspec import Struct

ELEMENT = b"\x26\x37\x12\x58\x62\x13"
TELEMETRY, VERSION = 0x10, 2
RADIANS_1E7 = 174_532.925_199_433
ALL_VALID = 0x07F7
"""Serial, private mode off, home, motors on, in air, GPS, altitude, height, horizontal and vertical velocity."""
PRODUCT = 68


class Telemetry(Struct, frozen=True, kw_only=True):
    """What one element says; velocity is north, east, up, places are latitude and longitude."""

    sequence: int
    serial: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    height_m: float
    velocity_mps: tuple[float, float, float]
    utc_ms: int
    pilot_deg: tuple[float, float]
    home_deg: tuple[float, float]


def encode(said: Telemetry) -> bytes:
    """Vendor OUI and the whole record; the pilot comes latitude first, the aircraft and its home longitude first."""
    north, east, up = (round(speed * 100) for speed in said.velocity_mps)
    head = pack("<BBHH16s", TELEMETRY, VERSION, said.sequence & 0xFFFF, ALL_VALID, said.serial.encode()[:16])
    place = pack("<iihh", _angle(said.longitude_deg), _angle(said.latitude_deg), round(said.altitude_m), round(said.height_m * 10))
    motion = pack("<hhhh", north, east, up, 0)
    others = pack("<Qiiii", said.utc_ms, *map(_angle, said.pilot_deg), *map(_angle, reversed(said.home_deg)))
    return ELEMENT + head + place + motion + others + pack("<BB20x", PRODUCT, 0)


def _angle(degrees: float) -> int:
    return round(degrees * RADIANS_1E7)
