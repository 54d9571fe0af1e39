"""Where something on a path is at a time, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import acos, cos, dist, radians, sin, tan
from operator import mul

from msgspec import Struct

from tools.simulate.paths import Circle, Drift, Flight, Hover, Point, Waypoints

Vector = tuple[float, float, float]
STRAIGHT_DEG, BACK_DEG = 1.0, 170.0
"""A corner this flat needs no arc, and one so sharp has none."""


class Leg(Struct, frozen=True):
    """A piece of a way: straight from `begin` at `velocity`, or on an arc about `middle`, from there along `ahead`."""

    lasts_s: float
    begin: Vector
    velocity: Vector = (0.0, 0.0, 0.0)
    middle: Vector | None = None
    rate: float = 0.0

    def at(self, t_s: float) -> tuple[Vector, Vector]:
        """Place and velocity so long after it began."""
        if self.middle is None:
            x, y, z = (start + speed * t_s for start, speed in zip(self.begin, self.velocity, strict=True))
            return (x, y, z), self.velocity
        turn, out = self.rate * t_s, _sum(self.begin, 1.0, self.middle, -1.0)
        place = _sum(self.middle, 1.0, _sum(out, cos(turn), self.velocity, sin(turn) / self.rate), 1.0)
        return place, _sum(self.velocity, cos(turn), out, -self.rate * sin(turn))


def on_path(path: Flight, t_s: float, wind: tuple[float, float] = (0.0, 0.0)) -> tuple[Vector, Vector]:
    """East, north, height in metres, and their speeds in m/s, `t_s` after the path's start, in a wind towards east and north."""
    match path:
        case Hover():
            return (path.east_m, path.north_m, path.height_m), (0.0, 0.0, 0.0)
        case Circle():
            return _on_circle(path, t_s)
        case Waypoints():
            return _on_legs(path, t_s)
        case Drift():
            speeds = (path.share * wind[0], path.share * wind[1], path.climb_mps)
            return Leg(0.0, (path.east_m, path.north_m, path.height_m), speeds).at(max(t_s, 0.0))


def _on_circle(path: Circle, t_s: float) -> tuple[Vector, Vector]:
    turn = 1.0 if path.clockwise else -1.0
    azimuth = radians(path.start_deg) + turn * path.speed_mps / path.radius_m * t_s
    place = path.east_m + path.radius_m * sin(azimuth), path.north_m + path.radius_m * cos(azimuth), path.height_m
    return place, (turn * path.speed_mps * cos(azimuth), -turn * path.speed_mps * sin(azimuth), 0.0)


def _on_legs(path: Waypoints, t_s: float) -> tuple[Vector, Vector]:
    legs = _legs(path)
    lap_s = sum(leg.lasts_s for leg in legs)
    left_s = t_s % lap_s if path.loop and lap_s > 0 else max(t_s, 0.0)
    for leg in legs:
        if left_s < leg.lasts_s:
            return leg.at(left_s)
        left_s -= leg.lasts_s
    return _place(path.points[0] if path.loop else path.points[-1]), (0.0, 0.0, 0.0)


@lru_cache(maxsize=1024)
def _legs(path: Waypoints) -> tuple[Leg, ...]:
    """All pieces of one lap in order."""
    corners = (*path.points, path.points[0]) if path.loop else path.points
    cuts = [_cut(path, k) for k in range(len(corners))]
    legs: list[Leg] = []
    for k, (a, b) in enumerate(pairwise(corners)):
        if a.wait_s:
            legs.append(Leg(a.wait_s, _place(a)))
        legs += _leg(a, b, cuts[k], cuts[k + 1])
        if cuts[k + 1]:
            legs += _arc(a, b, corners[k + 2] if k + 2 < len(corners) else path.points[1], cuts[k + 1])
    return tuple(legs)


def _place(point: Point) -> Vector:
    return point.east_m, point.north_m, point.height_m


def _leg(a: Point, b: Point, before_m: float, after_m: float) -> Iterator[Leg]:
    """The straight from one corner to the next without what arcs cut off it."""
    whole_m = dist(_place(a), _place(b))
    if whole_m - before_m - after_m <= 0:
        return
    whole_s = whole_m / a.speed_mps
    east, north, up = ((to - start) / whole_s for start, to in zip(_place(a), _place(b), strict=True))
    first_s = before_m / a.speed_mps
    begin = a.east_m + east * first_s, a.north_m + north * first_s, a.height_m + up * first_s
    yield Leg((whole_m - before_m - after_m) / a.speed_mps, begin, (east, north, up))


def _cut(path: Waypoints, number: int) -> float:
    """Metres that the arc at a corner takes off both legs; 0 where there is none."""
    count, radius_m = len(path.points), path.turn_radius_m
    inner = path.loop or 0 < number < count - 1
    here = path.points[number % count]
    if radius_m <= 0 or not inner or here.wait_s:
        return 0.0
    before, after = path.points[(number - 1) % count], path.points[(number + 1) % count]
    turn = _turn(before, here, after)
    if not radians(STRAIGHT_DEG) < turn < radians(BACK_DEG):
        return 0.0
    return min(radius_m * tan(turn / 2), dist(_place(before), _place(here)) / 2, dist(_place(here), _place(after)) / 2)


def _along(a: Point, b: Point) -> Vector:
    """The unit vector from one corner to another."""
    way_m = max(dist(_place(a), _place(b)), 1e-9)
    return _sum(_place(b), 1 / way_m, _place(a), -1 / way_m)


def _turn(before: Point, here: Point, after: Point) -> float:
    """How far a way turns at a corner, in radians."""
    return acos(max(-1.0, min(1.0, sum(map(mul, _along(before, here), _along(here, after))))))


def _arc(before: Point, here: Point, after: Point, cut_m: float) -> Iterator[Leg]:
    """Round a corner at the speed of the leg that leads there."""
    ahead, turn = _along(before, here), _turn(before, here, after)
    inward = _sum(_along(here, after), 1 / sin(turn), ahead, -1 / tan(turn))
    radius_m = cut_m / tan(turn / 2)
    begin = _sum(_place(here), 1.0, ahead, -cut_m)
    velocity = _sum(ahead, before.speed_mps, ahead, 0.0)
    yield Leg(turn * radius_m / before.speed_mps, begin, velocity, _sum(begin, 1.0, inward, radius_m), before.speed_mps / radius_m)


def _sum(one: Vector, much: float, other: Vector, more: float) -> Vector:
    """So much of one vector and so much of another."""
    return one[0] * much + other[0] * more, one[1] * much + other[1] * more, one[2] * much + other[2] * more
