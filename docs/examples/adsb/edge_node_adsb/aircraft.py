"""What the driver hands over: aircraft with a new place, in SI units, whatever program decoded them."""

from __future__ import annotations

import re
from math import isfinite

from msgspec import Struct

FOOT_M, KNOT_MPS, FOOT_A_MINUTE_MPS = 0.3048, 1852 / 3600, 0.3048 / 60
MOST_AIRCRAFT = 500
_ADDRESS = re.compile(r"~?[0-9A-Fa-f]{6}\Z")


class Aircraft(Struct, frozen=True, kw_only=True):
    """One aircraft; an address that begins with "~" is none of ICAO's. Unsaid is None; accuracy is by the categories of DO-260B."""

    t_mono_ns: int
    address: str
    latitude_deg: float
    longitude_deg: float
    callsign: str | None = None
    category: str | None = None
    altitude_wgs84_m: float | None = None
    altitude_baro_m: float | None = None
    on_ground: bool | None = None
    speed_mps: float | None = None
    track_deg: float | None = None
    climb_mps: float | None = None
    nac_p: int | None = None
    nac_v: int | None = None
    gva: int | None = None
    by_radar: bool = False


class AircraftSeen(Struct, frozen=True):
    """A block: all that got a new place since the one before; `lost` counts those for which there was no room."""

    t_mono_ns: int
    sequence: int
    lost: int
    aircraft: tuple[Aircraft, ...]


def is_address(text: str) -> bool:
    """Whether this is 24 bits in hex."""
    return _ADDRESS.match(text) is not None


def is_place(latitude_deg: float | None, longitude_deg: float | None) -> bool:
    """Whether this is a place on Earth; decoders write 0, 0 where they know none."""
    if latitude_deg is None or longitude_deg is None:
        return False
    return -90 <= latitude_deg <= 90 and -180 <= longitude_deg <= 180 and (latitude_deg, longitude_deg) != (0, 0)


def scaled(value: float | None, unit: float) -> float | None:
    """In SI units; None for what is no number."""
    return value * unit if value is not None and isfinite(value) else None


def as_callsign(text: str | None) -> str | None:
    """Up to eight letters and digits, without the blanks that fill it up."""
    said = (text or "").strip()
    return said if said and len(said) <= 8 and said.isascii() and said.isprintable() else None
