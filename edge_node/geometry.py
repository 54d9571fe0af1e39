"""Places and directions on WGS-84; degrees and metres outside, radians only inside."""

from __future__ import annotations

from math import cos, hypot, radians, sin, sqrt

from msgspec import Struct

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)


class LocalFrame(Struct, frozen=True, gc=False):
    """East, north, up metres about one origin, curved with the ellipsoid's radii there.

    Within 10 km of the origin the plane is off by less than 10 m in up and 2 m in east and north.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float = 0.0
