"""What C2 tells of an object that several nodes follow together."""

from __future__ import annotations

from msgspec import Struct

from tools.c2.picture import Key


class Fused(Struct, frozen=True, kw_only=True):
    """What C2 makes of one object now: WGS-84, the 1-sigma ellipse, metres a second; None where nothing is known of heights."""

    number: int
    keys: tuple[Key, ...]
    ambiguous: bool
    age_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_altitude_m: float | None
    sigma_major_m: float
    sigma_minor_m: float
    major_axis_deg: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float | None
    sigma_velocity_mps: float
