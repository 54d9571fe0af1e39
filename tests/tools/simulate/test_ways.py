"""Paths with turns, waits and wind: as long as they should take, without a jump, in metres about any place."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

import pytest

from tools.simulate.paths import Circle, Drift, Flight, Hover, Point, Waypoints, shifted
from tools.simulate.ways import on_path

L = (Point(0, 0, 50, 10), Point(100, 0, 50, 10, wait_s=3), Point(100, 100, 50, 5), Point(0, 100, 60, 10))


def test_who_waits_stays_and_then_goes_on() -> None:
    path = Waypoints(L)
    assert on_path(path, 10.0) == ((100.0, 0.0, 50.0), (0.0, 0.0, 0.0))
    assert on_path(path, 12.9)[0] == (100.0, 0.0, 50.0)
    assert on_path(path, 14.0) == (pytest.approx((100.0, 10.0, 50.0)), (0.0, 10.0, 0.0))


@pytest.mark.parametrize("loop", [False, True])
def test_round_corners_are_flown_at_speed_and_without_a_jump(loop: bool) -> None:
    path = Waypoints(L, loop=loop, turn_radius_m=20.0)
    steps = [on_path(path, k / 100) for k in range(9_000)]
    for (here, speeds), (there, _) in pairwise(steps):
        gone = [b - a for a, b in zip(here, there, strict=True)]
        assert gone == pytest.approx([speed / 100 for speed in speeds], abs=0.11)
        assert hypot(*speeds) in (pytest.approx(10.0), pytest.approx(5.0), 0.0)
    corner = min(hypot(x - 100, y - 100) for (x, y, _), _ in steps)
    assert corner == pytest.approx(20 * (2**0.5 - 1), abs=0.2)


def test_an_arc_takes_no_more_than_half_of_a_leg() -> None:
    path = Waypoints((Point(0, 0, 10, 10), Point(30, 0, 10, 10), Point(30, 30, 10, 10)), turn_radius_m=500.0)
    nearest = min(hypot(x - 30, y) for k in range(600) for (x, y, _), _ in [on_path(path, k / 100)])
    assert nearest == pytest.approx(15 * (2**0.5 - 1), abs=0.1)


def test_a_balloon_goes_with_the_wind() -> None:
    path = Drift(10.0, 20.0, 30.0, climb_mps=1.0, share=0.5)
    assert on_path(path, 10.0, wind=(4.0, -2.0)) == ((30.0, 10.0, 40.0), (2.0, -1.0, 1.0))
    assert on_path(path, -5.0, wind=(4.0, -2.0))[0] == (10.0, 20.0, 30.0)


@pytest.mark.parametrize(
    "path", [Hover(1, 2, 3), Circle(1, 2, 3, radius_m=4, speed_mps=5), Drift(1, 2, 3), Waypoints(L, loop=True, turn_radius_m=9)]
)
def test_a_way_is_the_same_about_another_place(path: Flight) -> None:
    for t_s in (0.0, 7.0, 33.0):
        (east, north, up), speeds = on_path(path, t_s, (1.0, 1.0))
        moved = on_path(shifted(path, 100.0, -50.0), t_s, (1.0, 1.0))
        assert moved == (pytest.approx((east - 100, north + 50, up)), pytest.approx(speeds))
