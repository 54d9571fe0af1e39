"""Places and directions on WGS-84; degrees and metres outside, radians only inside."""

from __future__ import annotations

from math import asin, atan2, cos, degrees, dist, hypot, radians, sin, sqrt

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
SECOND_ECCENTRICITY_2 = ECCENTRICITY_2 / (1 - ECCENTRICITY_2)
MEAN_RADIUS_M = 6_371_008.8


def to_ecef(latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float) -> tuple[float, float, float]:
    """Earth-centred, Earth-fixed metres of a geodetic position."""
    latitude, longitude = radians(latitude_deg), radians(longitude_deg)
    sin_latitude, cos_latitude = sin(latitude), cos(latitude)
    normal = SEMI_MAJOR_M / sqrt(1 - ECCENTRICITY_2 * sin_latitude * sin_latitude)
    across = (normal + altitude_wgs84_m) * cos_latitude
    return across * cos(longitude), across * sin(longitude), (normal * (1 - ECCENTRICITY_2) + altitude_wgs84_m) * sin_latitude


def from_ecef(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Geodetic position of ECEF metres (Bowring 1976, twice: under a micrometre from 10 km below ground to 1000 km above)."""
    across = hypot(x, y)
    reduced = atan2(z, (1 - FLATTENING) * across)
    for _ in range(2):
        north = z + SECOND_ECCENTRICITY_2 * SEMI_MINOR_M * sin(reduced) ** 3
        latitude = atan2(north, across - ECCENTRICITY_2 * SEMI_MAJOR_M * cos(reduced) ** 3)
        reduced = atan2((1 - FLATTENING) * sin(latitude), cos(latitude))
    sin_latitude = sin(latitude)
    surface = SEMI_MAJOR_M * sqrt(1 - ECCENTRICITY_2 * sin_latitude * sin_latitude)
    return degrees(latitude), degrees(atan2(y, x)), across * cos(latitude) + z * sin_latitude - surface


class LocalFrame:
    """East, north, up metres about an origin, straight axes through ECEF: exact to a millimetre within 100 km."""

    __slots__ = ("_east", "_north", "_origin", "_up", "altitude_wgs84_m", "latitude_deg", "longitude_deg")

    def __init__(self, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float = 0.0) -> None:
        self.latitude_deg, self.longitude_deg, self.altitude_wgs84_m = latitude_deg, longitude_deg, altitude_wgs84_m
        self._origin = to_ecef(latitude_deg, longitude_deg, altitude_wgs84_m)
        latitude, longitude = radians(latitude_deg), radians(longitude_deg)
        self._east = -sin(longitude), cos(longitude), 0.0
        self._north = -sin(latitude) * cos(longitude), -sin(latitude) * sin(longitude), cos(latitude)
        self._up = cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)

    def to_enu(self, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float) -> tuple[float, float, float]:
        """East, north, up metres of a geodetic position."""
        x, y, z = to_ecef(latitude_deg, longitude_deg, altitude_wgs84_m)
        x, y, z = x - self._origin[0], y - self._origin[1], z - self._origin[2]
        (ex, ey, _), (nx, ny, nz), (ux, uy, uz) = self._east, self._north, self._up
        return x * ex + y * ey, x * nx + y * ny + z * nz, x * ux + y * uy + z * uz

    def to_geodetic(self, east_m: float, north_m: float, up_m: float) -> tuple[float, float, float]:
        """Latitude and longitude in degrees and WGS-84 altitude in metres of an east, north, up position."""
        (ex, ey, _), (nx, ny, nz), (ux, uy, uz) = self._east, self._north, self._up
        x = east_m * ex + north_m * nx + up_m * ux
        y = east_m * ey + north_m * ny + up_m * uy
        z = north_m * nz + up_m * uz
        return from_ecef(self._origin[0] + x, self._origin[1] + y, self._origin[2] + z)


def distance_m(latitude_1_deg: float, longitude_1_deg: float, latitude_2_deg: float, longitude_2_deg: float) -> float:
    """Metres along the ground between two places; within 2 cm up to 100 km, 1 % up to 10 000 km, 5 % anywhere."""
    chord = dist(to_ecef(latitude_1_deg, longitude_1_deg, 0.0), to_ecef(latitude_2_deg, longitude_2_deg, 0.0))
    return 2 * MEAN_RADIUS_M * asin(min(chord / (2 * MEAN_RADIUS_M), 1.0))


def bearing_deg(here: LocalFrame, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float) -> tuple[float, float]:
    """Azimuth (0 <= a < 360, clockwise from true north) and elevation (up from the horizon) of a place as seen from the frame's origin."""
    east, north, up = here.to_enu(latitude_deg, longitude_deg, altitude_wgs84_m)
    azimuth = degrees(atan2(east, north)) % 360.0
    return azimuth if azimuth < 360.0 else 0.0, degrees(atan2(up, hypot(east, north)))
