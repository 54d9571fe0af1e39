"""Known places, independent formulas and round trips of the WGS-84 geometry."""

from __future__ import annotations

from math import cos, dist, radians, sin, sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_node.geometry import LocalFrame, bearing_deg, distance_m, from_ecef, to_ecef

E2 = 0.00669437999014
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
altitudes = st.floats(-1_000, 32_000)
places = st.tuples(latitudes, longitudes, altitudes)
offsets = st.floats(-70_000, 70_000)


@pytest.mark.parametrize(
    ("geodetic", "ecef"),
    [
        ((0.0, 0.0, 0.0), (6378137.0, 0.0, 0.0)),
        ((0.0, 90.0, 100.0), (0.0, 6378237.0, 0.0)),
        ((90.0, 0.0, 0.0), (0.0, 0.0, 6356752.314245)),
        ((-90.0, 45.0, 10.0), (0.0, 0.0, -6356762.314245)),
    ],
)
def test_the_axes_of_the_ellipsoid(geodetic: tuple[float, float, float], ecef: tuple[float, float, float]) -> None:
    assert to_ecef(*geodetic) == pytest.approx(ecef, abs=1e-6)


@given(latitudes, longitudes, st.floats(-10_000, 1_000_000))
@example(90.0, 0.0, 0.0)
@example(-90.0, 180.0, 5.0)
@example(0.0, -180.0, 0.0)
def test_ecef_round_trip(latitude: float, longitude: float, altitude: float) -> None:
    placed = to_ecef(latitude, longitude, altitude)
    again = from_ecef(*placed)
    assert again[2] == pytest.approx(altitude, abs=1e-6)
    assert dist(to_ecef(*again), placed) < 1e-6


@given(places, st.tuples(offsets, offsets, st.floats(-1_000, 30_000)))
@example((90.0, 0.0, 0.0), (50_000.0, -30_000.0, 100.0))
@example((-89.9999, 179.9999, 0.0), (20.0, -20.0, 0.0))
@example((10.0, 180.0, 0.0), (500.0, 0.0, 0.0))
def test_local_frame_round_trip(origin: tuple[float, float, float], enu: tuple[float, float, float]) -> None:
    frame = LocalFrame(*origin)
    assert dist(frame.to_enu(*frame.to_geodetic(*enu)), enu) < 1e-3


@given(latitudes, longitudes, offsets, offsets, st.floats(-1_000, 30_000))
def test_the_frame_is_rigid(latitude: float, longitude: float, east: float, north: float, up: float) -> None:
    frame = LocalFrame(latitude, longitude)
    far = to_ecef(*frame.to_geodetic(east, north, up))
    assert dist(far, to_ecef(latitude, longitude, 0.0)) == pytest.approx(sqrt(east**2 + north**2 + up**2), abs=1e-3)


@given(st.floats(-89, 89), longitudes, altitudes)
def test_small_steps_follow_the_radii_of_curvature(latitude: float, longitude: float, altitude: float) -> None:
    w = sqrt(1 - E2 * sin(radians(latitude)) ** 2)
    meridian, normal = 6378137.0 * (1 - E2) / w**3, 6378137.0 / w
    step = 1e-4
    east, north, up = LocalFrame(latitude, longitude, altitude).to_enu(latitude + step, longitude + step, altitude + 1)
    assert north == pytest.approx((meridian + altitude) * radians(step), abs=1e-3)
    assert east == pytest.approx((normal + altitude) * cos(radians(latitude)) * radians(step), abs=1e-3)
    assert up == pytest.approx(1, abs=1e-3)


def test_a_plane_leaves_the_curved_ground() -> None:
    _, _, up = LocalFrame(50.0, 10.0).to_enu(50.0, 10.0 + 1.4, 0.0)
    assert up == pytest.approx(-(100_300**2) / (2 * 6.39e6), rel=0.01)


@pytest.mark.parametrize(
    ("places", "metres"),
    [
        ((0.0, 0.0, 0.0, 0.5), 55_659.745),
        ((0.0, 179.9, 0.0, -179.9), 22_263.898),
        ((0.0, 0.0, 0.5, 0.0), 55_287.150),
        ((45.0, 7.0, 45.0, 7.0), 0.0),
    ],
)
def test_distances_along_equator_and_meridian(places: tuple[float, float, float, float], metres: float) -> None:
    assert distance_m(*places) == pytest.approx(metres, abs=0.02)


def test_a_distance_across_the_world_is_rough() -> None:
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_003_931, rel=0.01)
    assert distance_m(-90, 0, 90, 0) == pytest.approx(20_003_931, rel=0.05)
    assert distance_m(0, 0, 90, 77) == pytest.approx(10_001_966, rel=0.01)


def test_a_distance_over_the_pole() -> None:
    step = 1e-4
    arc = sum(6378137.0 * (1 - E2) / sqrt(1 - E2 * sin(radians(89.5 + (i + 0.5) * step)) ** 2) ** 3 for i in range(5_000))
    assert distance_m(89.5, 0, 89.5, 180) == pytest.approx(2 * arc * radians(step), abs=0.02)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_finite(a: float, b: float, c: float, d: float) -> None:
    assert distance_m(a, b, c, d) == distance_m(c, d, a, b)


@pytest.mark.parametrize(
    ("enu", "azimuth", "elevation"),
    [
        ((0, 100, 0), 0, 0),
        ((100, 0, 100), 90, 45),
        ((0, -100, 0), 180, 0),
        ((-100, 0, -100), 270, -45),
        ((-1, 1, 0), 315, 0),
        ((0, 0, 5), 0, 90),
    ],
)
def test_bearings(enu: tuple[float, float, float], azimuth: float, elevation: float) -> None:
    here = LocalFrame(47.0, 180.0, 300.0)
    seen_azimuth, seen_elevation = bearing_deg(here, *here.to_geodetic(*enu))
    assert seen_elevation == pytest.approx(elevation, abs=1e-5)
    if elevation < 90:
        assert (seen_azimuth - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=1e-5)


@given(places, places)
def test_an_azimuth_is_below_360(here: tuple[float, float, float], there: tuple[float, float, float]) -> None:
    azimuth, elevation = bearing_deg(LocalFrame(*here), *there)
    assert 0 <= azimuth < 360
    assert -90 <= elevation <= 90
