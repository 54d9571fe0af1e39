"""Tracks as marks in the sky: directions beside WGS-84, errors beside many draws."""

from __future__ import annotations

from math import cos, degrees, radians
from random import Random

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.geometry import LocalFrame, bearing_deg
from edge_node.messages import Bearing, Kinematics, Suspicion, Track
from edge_node.node.figures_file import PlaceNow
from edge_node.page.sky import LARGEST_SIGMA_AZIMUTH_DEG, mark, of_bearing, of_place
from tests.edge_node.publish.scene import NOW_NS, full_track

PLACE = PlaceNow(56.95, 24.10, 20.0, 0.0)
HERE = LocalFrame(PLACE.latitude_deg, PLACE.longitude_deg, 20.0)


def state(east_m: float, north_m: float, up_m: float, spread: np.ndarray) -> Kinematics:
    """Something at rest there, its place known as well as `spread` (3x3, m²) says."""
    latitude_deg, longitude_deg, altitude_m = HERE.to_geodetic(east_m, north_m, up_m)
    covariance = np.zeros((6, 6))
    covariance[:3, :3] = spread
    return Kinematics(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m,
        velocity_east_mps=0.0,
        velocity_north_mps=0.0,
        velocity_up_mps=0.0,
        covariance=tuple(covariance.ravel()),
    )


@pytest.mark.parametrize("at", [(300.0, 400.0, 120.0), (-200.0, 30.0, 15.0), (5.0, -90.0, 60.0), (-700.0, -700.0, -20.0)])
def test_direction_and_errors_are_those_of_many_draws(at: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(11)
    root = rng.normal(size=(3, 3))
    spread = root @ root.T
    seen = of_place(state(*at, spread), PLACE)
    assert seen is not None
    azimuth_deg, elevation_deg = bearing_deg(HERE, *HERE.to_geodetic(*at))
    assert (seen.azimuth_deg, seen.elevation_deg) == (pytest.approx(azimuth_deg), pytest.approx(elevation_deg))
    east, north, up = np.asarray(at)[:, None] + np.linalg.cholesky(spread) @ rng.normal(size=(3, 200_000))
    azimuths, elevations = np.unwrap(np.arctan2(east, north)), np.arctan2(up, np.hypot(east, north))
    assert seen.sigma_azimuth_deg == pytest.approx(degrees(azimuths.std()), rel=0.03)
    assert seen.sigma_elevation_deg == pytest.approx(degrees(elevations.std()), rel=0.03)
    assert seen.correlation == pytest.approx(np.corrcoef(azimuths, elevations)[0, 1], abs=0.02)
    assert seen.range_m == pytest.approx(float(np.linalg.norm(at)), rel=1e-6)


def test_the_nodes_own_error_counts_and_what_is_right_above_has_no_direction() -> None:
    there = state(0.0, 100.0, 0.0, np.eye(3))
    seen = of_place(there, replace(PLACE, sigma_m=2.0))
    assert seen is not None
    assert radians(seen.sigma_azimuth_deg) * 100 == pytest.approx(5**0.5, rel=1e-3)
    assert of_place(state(0.0, 0.2, 80.0, np.eye(3)), PLACE) is None
    assert of_place(replace(there, latitude_deg=float("nan")), PLACE) is None


def test_a_height_that_nobody_knows_is_none() -> None:
    there = state(30.0, 100.0, 50.0, np.eye(3))
    for seen in (of_place(replace(there, altitude_wgs84_m=None), PLACE), of_place(there, replace(PLACE, altitude_wgs84_m=None))):
        assert seen is not None
        assert (seen.elevation_deg, seen.sigma_elevation_deg) == (None, None)
        assert seen.azimuth_deg == pytest.approx(16.7, abs=0.01)


def test_the_mounting_is_in_both_angles_of_a_bearing_and_no_error_is_wider_than_the_sky() -> None:
    bearing = Bearing(azimuth_deg=10.0, elevation_deg=30.0, sigma_azimuth_deg=3.0, sigma_elevation_deg=0.0, sigma_pose_deg=4.0)
    assert (of_bearing(bearing).sigma_azimuth_deg, of_bearing(bearing).sigma_elevation_deg) == (5.0, 4.0)
    assert of_bearing(replace(bearing, sigma_azimuth_deg=1e9)).sigma_azimuth_deg == LARGEST_SIGMA_AZIMUTH_DEG
    assert of_bearing(replace(bearing, elevation_deg=None, sigma_elevation_deg=None)).elevation_deg is None
    assert cos(radians(of_bearing(bearing).azimuth_deg)) > 0


def test_a_track_says_who_it_is_and_what_is_thought_of_it() -> None:
    track = replace(
        full_track(3, Random(5)), suspicions=(Suspicion("rssi_too_strong", 0.3, "x"), Suspicion("position_jump", 0.8, "400 m in 1 s"))
    )
    shown = mark(track, PLACE, NOW_NS)
    assert shown.name == "1588E040445AC0000003"
    assert (shown.known, shown.doubt, shown.evidence) == ("in_restricted_zone", "position_jump", "position jump, 80 %: 400 m in 1 s")
    assert 0 <= shown.age_s <= 1
    nobody = mark(track, None, NOW_NS)
    assert (nobody.azimuth_deg, nobody.range_m) == (None, None), "a node that does not know where it is knows no directions"


def test_what_says_nothing_of_itself_is_named_by_what_it_is_taken_for() -> None:
    bare = Track(number=9, state="tentative", t_mono_ns=0, first_seen_mono_ns=0, last_seen_mono_ns=0)
    assert mark(bare, PLACE, 0).name == "something found"
