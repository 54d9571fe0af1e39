"""Ways through a scene as its TOML has them: metres east and north of the node and above the ground."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from tools.simulate.bounds import NotNegative, Positive


class Hover(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hover"):
    """Stay at one place, metres east and north of the node and above the ground."""

    east_m: float
    north_m: float
    height_m: float


class Circle(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="circle"):
    """Go round a place, from `start_deg` clockwise from north as seen from its middle."""

    east_m: float
    north_m: float
    height_m: float
    radius_m: Positive
    speed_mps: Positive
    start_deg: float = 0.0
    clockwise: bool = True


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """One corner of a path, how long to stay there, and the speed towards the next one."""

    east_m: float
    north_m: float
    height_m: float
    speed_mps: Positive = 10.0
    wait_s: NotNegative = 0.0


class Waypoints(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="waypoints"):
    """Straight legs from corner to corner; then hover at the last, or go on to the first and round again.

    A corner where nobody waits is cut by an arc of `turn_radius_m`, or of less where a leg is too short for it.
    """

    points: Annotated[tuple[Point, ...], Meta(min_length=2)]
    loop: bool = False
    turn_radius_m: NotNegative = 0.0


class Drift(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="drift"):
    """Go with the wind from a place, at a share of its speed, and climb."""

    east_m: float
    north_m: float
    height_m: float
    climb_mps: float = 0.0
    share: Annotated[float, Meta(ge=0, le=2)] = 1.0


Flight = Hover | Circle | Waypoints | Drift


def shifted(path: Flight, east_m: float, north_m: float) -> Flight:
    """The same way in metres about another place, which lies so far east and north."""
    if isinstance(path, Waypoints):
        points = (replace(point, east_m=point.east_m - east_m, north_m=point.north_m - north_m) for point in path.points)
        return replace(path, points=tuple(points))
    return replace(path, east_m=path.east_m - east_m, north_m=path.north_m - north_m)
