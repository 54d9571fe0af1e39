"""Values to the French signalling element (arrete of 27 December 2019): type, length and value, big endian."""

from __future__ import annotations

from struct import pack

from msgspec import Struct

ELEMENT = b"\x6a\x5c\x35\x01"
DEGREE = 100_000


class Signalling(Struct, frozen=True, kw_only=True):
    """What one element says; `id` is 30 characters: maker, model, serial."""

    id: str
    latitude_deg: float
    longitude_deg: float
    altitude_msl_m: float
    height_m: float
    take_off_latitude_deg: float
    take_off_longitude_deg: float
    speed_mps: float
    course_deg: float


def encode(said: Signalling) -> bytes:
    """Vendor OUI, type and all fields."""
    values = (
        (1, b"\x01"),
        (2, said.id.encode()[:30]),
        (4, pack(">i", round(said.latitude_deg * DEGREE))),
        (5, pack(">i", round(said.longitude_deg * DEGREE))),
        (6, pack(">h", round(said.altitude_msl_m))),
        (7, pack(">h", round(said.height_m))),
        (8, pack(">i", round(said.take_off_latitude_deg * DEGREE))),
        (9, pack(">i", round(said.take_off_longitude_deg * DEGREE))),
        (10, pack(">B", min(round(said.speed_mps), 255))),
        (11, pack(">H", round(said.course_deg) % 360)),
    )
    return ELEMENT + b"".join(bytes((kind, len(value))) + value for kind, value in values)
