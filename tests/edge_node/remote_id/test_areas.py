"""Point in area against checks of another kind: angles summed, and distances on the sphere."""

from __future__ import annotations

from itertools import pairwise
from math import acos, atan2, cos, hypot, inf, pi, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge_node.messages import Identity, Kinematics, Track
from edge_node.remote_id.areas import GEOID_HIGHEST_M, GEOID_LOWEST_M, TERRAIN_M, Bounds, Layer, Point, Span, circle, heights, polygon


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


def winding(ring: list[Point], latitude: float, longitude: float) -> float:
    """How often a ring goes round a point; the sum of the angles under which its edges are seen."""
    turned = 0.0
    for (south, west), (north, east) in pairwise([*ring, ring[0]]):
        before, after = (west - longitude, south - latitude), (east - longitude, north - latitude)
        turned += atan2(before[0] * after[1] - before[1] * after[0], before[0] * after[0] + before[1] * after[1])
    return turned / (2 * pi)


def from_edge(ring: list[Point], latitude: float, longitude: float) -> float:
    """Degrees to the nearest edge."""
    nearest = inf
    for (south, west), (north, east) in pairwise([*ring, ring[0]]):
        along = (latitude - south) * (north - south) + (longitude - west) * (east - west)
        share = min(max(along / max((north - south) ** 2 + (east - west) ** 2, 1e-30), 0), 1)
        nearest = min(nearest, hypot(latitude - south - share * (north - south), longitude - west - share * (east - west)))
    return nearest


rings = st.lists(st.tuples(numbers(-2, 2), numbers(-2, 2)), min_size=3, max_size=12)


@given(rings, numbers(-2.5, 2.5), numbers(-2.5, 2.5), st.sampled_from([0.0, 24.1, 179.0, -179.5, -180.0]), st.booleans())
def test_a_polygon_holds_what_its_edge_winds_around_an_odd_number_of_times(
    ring: list[Point], latitude: float, longitude: float, far: float, closed: bool
) -> None:
    assume(from_edge(ring, latitude, longitude) > 1e-6)
    moved = [(north, (east + far + 180) % 360 - 180) for north, east in [*ring, *([ring[0]] if closed else [])]]
    area = polygon([moved])
    assert area.holds(latitude, (longitude + far + 180) % 360 - 180) == (round(winding(ring, latitude, longitude)) % 2 == 1)


def test_a_hole_is_not_part_of_it() -> None:
    square = [(0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 0.0)]
    ring = polygon([square, [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)]])
    assert ring.holds(0.5, 0.5)
    assert not ring.holds(1.5, 1.5)
    assert not ring.holds(4, 4)


@given(numbers(-89, 89), numbers(-180, 180), numbers(1, 500_000), numbers(-90, 90), numbers(-180, 180))
def test_a_circle_holds_what_is_near_on_the_sphere_and_its_box_holds_the_circle(
    latitude: float, longitude: float, radius_m: float, north: float, east: float
) -> None:
    area = circle(latitude, longitude, radius_m)
    one, other = radians(latitude), radians(north)
    cosine = sin(one) * sin(other) + cos(one) * cos(other) * cos(radians(east - longitude))
    range_m = 6_371_008.8 * acos(min(max(cosine, -1), 1))
    if not 0.98 < range_m / radius_m < 1.02:
        assert area.holds(north, east) == (range_m < radius_m)
    if area.holds(north, east):
        assert area.bounds.hold(north, east)


@given(numbers(-80, 80), numbers(-180, 180), numbers(10, 500_000), numbers(0, 360))
def test_the_rim_of_a_circle_lies_within_its_box(latitude: float, longitude: float, radius_m: float, course: float) -> None:
    area = circle(latitude, longitude, radius_m)
    north = latitude + radius_m * 0.99 / 111_700 * cos(radians(course))
    east = longitude + radius_m * 0.99 / 111_700 / cos(radians(latitude)) * sin(radians(course))
    if area.holds(north, east):
        assert area.bounds.hold(north, east)


@pytest.mark.parametrize(
    "ring",
    [
        [],
        [(1.0, 1.0), (2.0, 2.0)],
        [(91.0, 0.0), (0.0, 0.0), (0.0, 1.0)],
        [(0.0, 181.0), (0.0, 0.0), (1.0, 1.0)],
        [(float("nan"), 0.0)] * 3,
        [(80.0, -135.0), (80.0, -45.0), (80.0, 45.0), (80.0, 135.0)],
        [(0.0, 0.0)] * 20_001,
    ],
)
def test_a_ring_that_is_none_is_refused(ring: list[Point]) -> None:
    with pytest.raises(ValueError, match=r"a ring of|a place at|around a pole"):
        polygon([ring])
    with pytest.raises(ValueError, match="without a ring"):
        polygon([])


@pytest.mark.parametrize("radius_m", [0.0, -1.0, float("nan"), float("inf"), 2e6])
def test_a_radius_that_is_none_is_refused(radius_m: float) -> None:
    with pytest.raises(ValueError, match="a radius of"):
        circle(0, 0, radius_m)


def test_a_box_across_the_antimeridian_holds_both_sides() -> None:
    box = Bounds(-1, 179, 1, 181)
    assert box.hold(0, 179.5)
    assert box.hold(0, -179.5)
    assert not box.hold(0, 178.9)
    assert not box.hold(0, -178.9)


def track(altitude_m: float | None, height_m: float | None, reference: str | None) -> Track:
    place = Kinematics(
        latitude_deg=0,
        longitude_deg=0,
        altitude_wgs84_m=altitude_m,
        velocity_east_mps=0,
        velocity_north_mps=0,
        velocity_up_mps=0,
        covariance=(),
    )
    claim = Identity(height_m=height_m, height_reference=reference)
    return Track(number=1, state="confirmed", t_mono_ns=0, first_seen_mono_ns=0, last_seen_mono_ns=0, kinematics=place, identity=claim)


def test_what_height_is_above_which_reference() -> None:
    claimed = heights(track(150.0, 80.0, "take_off"))
    assert claimed["WGS84"] == (150, 150)
    assert claimed["AMSL"] == (150 - GEOID_HIGHEST_M, 150 - GEOID_LOWEST_M)
    assert claimed["AGL"] == (80 - TERRAIN_M, 80 + TERRAIN_M)
    assert heights(track(150.0, 80.0, "ground"))["AGL"] == (80, 80)
    assert heights(track(None, None, None)) == {"WGS84": Span(), "AMSL": Span(), "AGL": Span()}


@given(st.none() | numbers(-100, 500), st.none() | numbers(-100, 500), numbers(-100, 500), numbers(-100, 500), numbers(0, 200))
def test_what_surely_holds_may_hold_and_a_wider_span_holds_less_surely(
    lower_m: float | None, upper_m: float | None, low: float, high: float, wider_m: float
) -> None:
    layer = Layer(lower_m, "AMSL", upper_m, "AMSL")
    narrow, wide = Span(min(low, high), max(low, high)), Span(min(low, high) - wider_m, max(low, high) + wider_m)
    told = {"WGS84": Span(), "AGL": Span()}
    if layer.surely_holds({**told, "AMSL": wide}):
        assert layer.surely_holds({**told, "AMSL": narrow})
    if layer.may_hold({**told, "AMSL": narrow}):
        assert layer.may_hold({**told, "AMSL": wide})
    if (lower_m is None or upper_m is None or lower_m <= upper_m) and layer.surely_holds({**told, "AMSL": narrow}):
        assert layer.may_hold({**told, "AMSL": narrow})


def test_from_the_ground_up_is_from_any_height_that_is_claimed() -> None:
    below_take_off = heights(track(20.0, -100.0, "take_off"))
    assert Layer(0, "AGL", 120, "AGL").may_hold(below_take_off)
    assert not Layer(150, "AGL", 300, "AGL").may_hold(below_take_off)
    assert Layer(150, "AGL", 300, "AGL").may_hold(heights(track(20.0, None, None)))
    assert not Layer(150, "AGL", 300, "AGL").surely_holds(heights(track(20.0, None, None)))
