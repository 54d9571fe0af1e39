"""Places on the map and layers of the air: what an area holds for sure, and what it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import cos, degrees, inf, radians
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from edge_node.geometry import SEMI_MINOR_M, distance_m
from edge_node.messages import Track

Reference = Literal["AGL", "AMSL", "WGS84"]
Point = tuple[float, float]
"""Latitude and longitude in degrees."""

MOST_RADIUS_M = 1_000_000.0
MOST_VERTICES = 20_000
# The geoid lies between 107 m below and 86 m above the ellipsoid (EGM96); where within that here, the node does not know.
GEOID_LOWEST_M, GEOID_HIGHEST_M = -107.0, 86.0
# Heights are above take-off; the ground under the aircraft is taken to lie within so much of the ground it took off from.
TERRAIN_M = 60.0


class Bounds(NamedTuple):
    """South, west, north, east in degrees; east may be beyond 180 where the area crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def hold(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether a place lies between them."""
        return self.south <= latitude_deg <= self.north and (longitude_deg - self.west) % 360 <= self.east - self.west


class Area(Protocol):
    """Part of the map."""

    @property
    def bounds(self) -> Bounds:
        """A box around it."""

    def holds(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether a place lies in it."""


class Circle(Struct, frozen=True):
    """All places within so many metres along the ground."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float
    bounds: Bounds

    def holds(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether a place lies in it or on its rim."""
        return distance_m(self.latitude_deg, self.longitude_deg, latitude_deg, longitude_deg) <= self.radius_m


class Polygon(Struct, frozen=True):
    """Rings of (latitude, longitude) with straight edges on the map (RFC 7946 section 3.1); each ring inside another turns in to out."""

    rings: tuple[tuple[Point, ...], ...]
    bounds: Bounds

    def holds(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether a place lies in it (even-odd rule)."""
        if not self.bounds.hold(latitude_deg, longitude_deg):
            return False
        east = self.bounds.west + (longitude_deg - self.bounds.west) % 360
        return sum(_crossings(ring, latitude_deg, east) for ring in self.rings) % 2 == 1


def _crossings(ring: Sequence[Point], latitude: float, longitude: float) -> int:
    """How many edges of a ring lie due east of a place."""
    count = 0
    south, west = ring[-1]
    for north, east in ring:
        if (south > latitude) != (north > latitude) and longitude < west + (latitude - south) * (east - west) / (north - south):
            count += 1
        south, west = north, east
    return count


def circle(latitude_deg: float, longitude_deg: float, radius_m: float) -> Circle:
    """A circle; raises ValueError for a place or a radius that cannot be."""
    _check([(latitude_deg, longitude_deg)])
    if not 0 < radius_m <= MOST_RADIUS_M:
        raise ValueError(f"a radius of {radius_m:g} m")
    high = degrees(radius_m / SEMI_MINOR_M) * 1.02
    south, north = max(latitude_deg - high, -90.0), min(latitude_deg + high, 90.0)
    wide = high / max(cos(radians(max(abs(south), abs(north)))), 1e-9)
    bounds = Bounds(south, longitude_deg - wide, north, longitude_deg + wide) if wide < 180 else Bounds(south, -180.0, north, 180.0)
    return Circle(latitude_deg, longitude_deg, radius_m, bounds)


def polygon(rings: Sequence[Sequence[Point]]) -> Polygon:
    """A polygon, its outer ring first, rings closed or not; raises ValueError for rings that are none."""
    if not rings:
        raise ValueError("a polygon without a ring")
    whole = tuple(tuple(_unrolled(ring, rings[0][0][1])) for ring in rings if _check(ring, least=3))
    if any(abs(ring[-1][1] - ring[0][1]) > 180 for ring in whole):
        raise ValueError("a polygon around a pole")
    latitudes, longitudes = zip(*(point for ring in whole for point in ring), strict=True)
    return Polygon(whole, Bounds(min(latitudes), min(longitudes), max(latitudes), max(longitudes)))


def _check(points: Sequence[Point], least: int = 1) -> bool:
    if not least <= len(points) <= MOST_VERTICES:
        raise ValueError(f"a ring of {len(points)} points")
    for latitude, longitude in points:
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"a place at latitude {latitude:g}, longitude {longitude:g}")
    return True


def _unrolled(ring: Iterable[Point], longitude: float) -> Iterable[Point]:
    """The ring with every edge the short way round, so that longitudes do not jump at the antimeridian."""
    for latitude, east in ring:
        longitude += (east - longitude + 180) % 360 - 180
        yield latitude, longitude


class Span(NamedTuple):
    """Between what and what a height is."""

    low: float = -inf
    high: float = inf


class Layer(Struct, frozen=True):
    """Between two limits in metres, each above its own reference; None is no limit."""

    lower_m: float | None = None
    lower_reference: Reference = "AGL"
    upper_m: float | None = None
    upper_reference: Reference = "AGL"

    def may_hold(self, heights: dict[Reference, Span]) -> bool:
        """Whether something at these heights is perhaps in it."""
        above = self._from_the_ground or self.lower_m is None or heights[self.lower_reference].high >= self.lower_m
        return above and (self.upper_m is None or heights[self.upper_reference].low <= self.upper_m)

    def surely_holds(self, heights: dict[Reference, Span]) -> bool:
        """Whether it is, whatever the ground and the geoid."""
        above = self._from_the_ground or self.lower_m is None or heights[self.lower_reference].low >= self.lower_m
        return above and (self.upper_m is None or heights[self.upper_reference].high <= self.upper_m)

    @property
    def _from_the_ground(self) -> bool:
        return self.lower_reference == "AGL" and self.lower_m is not None and self.lower_m <= 0


def heights(track: Track) -> dict[Reference, Span]:
    """Between what and what a track's height lies by each reference, from what it claims; nothing claimed is no bound."""
    altitude_m = track.kinematics.altitude_wgs84_m if track.kinematics else None
    height_m = track.identity.height_m if track.identity else None
    slack_m = 0.0 if track.identity and track.identity.height_reference == "ground" else TERRAIN_M
    return {
        "WGS84": Span() if altitude_m is None else Span(altitude_m, altitude_m),
        "AMSL": Span() if altitude_m is None else Span(altitude_m - GEOID_HIGHEST_M, altitude_m - GEOID_LOWEST_M),
        "AGL": Span() if height_m is None else Span(height_m - slack_m, height_m + slack_m),
    }
