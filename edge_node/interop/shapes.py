"""Lines and areas on a map: rays and sectors from a node, cut where they cross the antimeridian (RFC 7946, 3.1.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, inf, radians, sin

from edge_node.geometry import LocalFrame
from edge_node.interop.readings import Direction, Position

Point = tuple[float, ...]
"""Longitude and latitude in degrees, and the altitude in metres where there is one."""
RAY_M = 3000.0
SECTOR_SIGMAS = 2.0
"""Half of a sector's width: the object is in it 95 times of 100."""
STEP_DEG = 3.0
DIGITS = 7
"""Of degrees: a centimetre."""
TURN_DEG, SEAM_DEG = 360.0, 180.0


def ray(here: Position, direction: Direction, length_m: float = RAY_M) -> list[Point]:
    """Two points: the node, and where its line of sight is `length_m` away, over the ground."""
    return [(here.longitude_deg, here.latitude_deg), _at(_frame(here), direction.azimuth_deg, length_m)]


def sector(here: Position, direction: Direction, length_m: float = RAY_M) -> list[Point]:
    """A closed ring, counter-clockwise, of all that the bearing may mean; a whole circle where it means nothing."""
    frame, half_deg = _frame(here), min(SECTOR_SIGMAS * direction.sigma_azimuth_deg, 180.0)
    steps = max(round(2 * half_deg / STEP_DEG), 1)
    arc = [_at(frame, direction.azimuth_deg + half_deg - 2 * half_deg * step / steps, length_m) for step in range(steps + 1)]
    if half_deg >= 180.0:
        return [*arc[:-1], arc[0]]
    centre = (here.longitude_deg, here.latitude_deg)
    return [centre, *arc, centre]


def _frame(here: Position) -> LocalFrame:
    return LocalFrame(here.latitude_deg, here.longitude_deg)


def _at(frame: LocalFrame, azimuth_deg: float, length_m: float) -> Point:
    azimuth = radians(azimuth_deg)
    latitude_deg, longitude_deg, _ = frame.to_geodetic(sin(azimuth) * length_m, cos(azimuth) * length_m, 0.0)
    return longitude_deg, round(latitude_deg, DIGITS)


def unrolled(points: Sequence[Point]) -> list[Point]:
    """The same points with longitudes that never jump: each within half a turn of the one before."""
    said: list[Point] = []
    for longitude_deg, *rest in points:
        last = said[-1][0] if said else longitude_deg
        said.append((last + (longitude_deg - last + SEAM_DEG) % TURN_DEG - SEAM_DEG, *rest))
    return said


def cut_line(points: Sequence[Point]) -> list[list[Point]]:
    """A line in parts that each stay within -180 to 180; a part of one point is none."""
    parts: list[list[Point]] = [[]]
    low, high = inf, -inf
    for point in unrolled(points):
        low, high = min(low, point[0]), max(high, point[0])
        seam = ((low + SEAM_DEG) // TURN_DEG + 1) * TURN_DEG - SEAM_DEG
        if seam < high:
            crossing = _between(parts[-1][-1], point, seam)
            parts[-1] += [] if parts[-1][-1] == crossing else [crossing]
            parts.append([crossing])
            low, high = min(seam, point[0]), max(seam, point[0])
        parts[-1].append(point)
    return [_shifted(part) for part in parts if len(part) > 1]


def _between(begin: Point, end: Point, longitude_deg: float) -> Point:
    """Where a straight line on the map has this longitude, which its ends do not share."""
    part = (longitude_deg - begin[0]) / (end[0] - begin[0])
    return longitude_deg, *(a + (b - a) * part for a, b in zip(begin[1:], end[1:], strict=True))


def _shifted(part: Sequence[Point]) -> list[Point]:
    """The part by whole turns into -180 to 180."""
    middle = (min(point[0] for point in part) + max(point[0] for point in part)) / 2
    turns = (middle + SEAM_DEG) // TURN_DEG * TURN_DEG
    return [(round(min(max(point[0] - turns, -SEAM_DEG), SEAM_DEG), DIGITS), *point[1:]) for point in part]


def cut_ring(ring: Sequence[Point]) -> list[list[Point]]:
    """A closed ring in parts that each stay within -180 to 180; none of one that goes around a pole."""
    points = unrolled(ring)
    if abs(points[0][0] - points[-1][0]) > SEAM_DEG:
        return []
    low = (min(point[0] for point in points) + SEAM_DEG) // TURN_DEG * TURN_DEG - SEAM_DEG
    seam = low + TURN_DEG
    sides: tuple[Callable[[float], bool], ...] = (lambda longitude_deg: longitude_deg <= seam, lambda longitude_deg: longitude_deg >= seam)
    parts = [_clipped(points, seam, inside) for inside in sides]
    return [_shifted(part) for part in parts if len({point[0] for point in part}) > 1]


def _clipped(ring: Sequence[Point], seam: float, inside: Callable[[float], bool]) -> list[Point]:
    """The part of a closed ring on one side of a meridian (Sutherland and Hodgman 1974), closed."""
    said: list[Point] = []
    for begin, end in pairwise(ring):
        if inside(begin[0]) != inside(end[0]):
            said.append(_between(begin, end, seam))
        if inside(end[0]):
            said.append(end)
    return [*said, said[0]] if said and said[0] != said[-1] else said
