"""Sensors aligned by flights: near the truth, as near as is said, and not at all where the flight does not show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.field.align.alignment import Alignment, align
from edge_node.field.align.bearings import Pose
from edge_node.field.align.lines import vector_of
from edge_node.field.align.path import Stand, chosen, path_of
from edge_node.messages import BusMessage, CameraDetection
from tests.edge_node.field.align.flights import (
    CLOCK,
    HERE,
    Way,
    before_it,
    climbing,
    found_by_radio,
    heard,
    hovering,
    one_way_round,
    remote_id,
    seen,
    straight_away,
    stuck,
    weaving,
)

ARRAY, ARRAY_TOLD = Pose(20.0, -45.0, 0.0), Pose(35.0, -40.0, 4.0)
EYE, EYE_TOLD = Pose(0.0, 14.0, 0.0), Pose(15.0, 19.0, -4.0)
STAND = Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m)
LATE_S = 0.8


def aligned(way: Way, said: Sequence[BusMessage], told: Pose, seed: int = 0) -> Alignment:
    name, claims = chosen(list(remote_id(way, seed=seed)), None)
    (found,) = align(said, path_of(name, claims, STAND, CLOCK), {said[0].sensor: told}, {"microphones": 15.0})
    return found


def off(found: Alignment, true: Pose) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
    """Turns about east, north, up in rad and lateness in s off the truth, and chi squared of these four."""
    assert found.now is not None
    assert found.late_s is not None
    error = np.array([*vector_of(found.now.matrix() @ true.matrix().T), found.late_s - LATE_S])
    return error, float(error @ np.linalg.solve(np.array(found.covariance), error))


@pytest.mark.parametrize("seed", range(3))
def test_microphones_are_found_among_their_echoes(seed: int) -> None:
    found = aligned(weaving, list(heard(weaving, ARRAY, ARRAY_TOLD, seed=seed)), ARRAY_TOLD, seed)
    error, chi2 = off(found, ARRAY)
    assert found.usable
    assert found.unseen == ()
    assert np.degrees(np.abs(error[:3])).max() < 1.5
    assert abs(error[3]) < 0.1
    assert chi2 < 18.5  # of four: one in a thousand
    assert 0.7 * found.of < found.used < found.of


@pytest.mark.parametrize("seed", range(3))
def test_a_camera_is_found_among_birds_and_leaves(seed: int) -> None:
    found = aligned(before_it, list(seen(before_it, EYE, EYE_TOLD, seed=seed)), EYE_TOLD, seed)
    error, chi2 = off(found, EYE)
    assert found.usable
    assert found.unseen == ()
    assert np.degrees(np.abs(error[:3])).max() < 1.5
    assert abs(error[3]) < 0.1
    assert chi2 < 18.5


@pytest.mark.parametrize("seed", range(3))
def test_a_track_that_loses_the_drone_now_and_then_does_not_draw_the_camera_away(seed: int) -> None:
    said = [
        replace(one, azimuth_deg=((one.azimuth_deg or 0.0) + 4.0 * (at_s % 15.0 - 13.5)) % 360)
        if one.track >= 10 and (at_s := one.frame * 0.2) % 15.0 > 13.5
        else one
        for one in seen(before_it, EYE, EYE_TOLD, seed=seed)
    ]
    error, chi2 = off(aligned(before_it, said, EYE_TOLD, seed), EYE)
    assert np.degrees(np.abs(error[:3])).max() < 1.5
    assert chi2 < 18.5


@pytest.mark.parametrize("seed", range(2))
def test_tracks_that_stay_behind_when_the_drone_flies_on_do_not_draw_the_camera_away(seed: int) -> None:
    error, chi2 = off(aligned(before_it, stuck(seen(before_it, EYE, EYE_TOLD, seed=seed), after_s=9.0), EYE_TOLD, seed), EYE)
    assert np.degrees(np.abs(error[:3])).max() < 0.55
    assert chi2 < 18.5


def test_a_node_that_is_metres_off_is_no_reason_to_doubt_what_it_saw() -> None:
    def near(t_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return 0.6 * before_it(t_s)

    latitude, longitude, altitude = HERE.to_geodetic(5.0, 0.0, 0.0)
    path = path_of(*chosen(list(remote_id(near)), None), Stand(latitude, longitude, altitude), CLOCK)
    (found,) = align(list(seen(near, EYE, EYE_TOLD)), path, {"camera": EYE_TOLD})
    error, chi2 = off(found, EYE)
    assert found.usable
    assert np.degrees(np.abs(error[:3])).max() < 1.0
    assert chi2 < 18.5


def test_a_direction_finder_tells_azimuth_and_lateness_and_nothing_of_tilt_and_roll() -> None:
    true, told = Pose(30.0), Pose(20.0)
    found = aligned(weaving, list(found_by_radio(weaving, true, told)), told)
    assert found.now is not None
    assert found.late_s is not None
    assert found.now.azimuth_deg == pytest.approx(30.0, abs=2.5)
    assert found.late_s == pytest.approx(LATE_S, abs=0.2)
    assert {"tilt_deg", "roll_deg"} <= set(found.unseen)
    assert not found.usable


POOR = [(hovering, "fly across"), (straight_away, "across"), (one_way_round, "turn and fly back"), (climbing, "to both sides")]


@pytest.mark.parametrize(("way", "needs"), POOR, ids=[way.__name__ for way, _ in POOR])
def test_a_poor_flight_is_called_one(way: Way, needs: str) -> None:
    for seed in range(3):
        found = aligned(way, list(heard(way, ARRAY, ARRAY_TOLD, seed=seed)), ARRAY_TOLD, seed)
        assert not found.usable
        assert found.trouble or {"late_s", "azimuth_deg"} & set(found.unseen)
        assert needs in " ".join(found.advice)


def test_gnss_errors_seen_from_near_are_said_to_be_too_large() -> None:
    def near(t_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return 35.0 * before_it(t_s) / np.linalg.norm(before_it(t_s))

    found = aligned(near, list(seen(near, EYE, EYE_TOLD)), EYE_TOLD)
    assert not found.usable
    assert "GNSS" in " ".join(found.advice)


def test_a_sensor_that_saw_something_else_is_not_aligned() -> None:
    others = [one for one in seen(before_it, EYE, EYE_TOLD) if isinstance(one, CameraDetection) and one.track < 10]
    found = aligned(before_it, others, EYE_TOLD)
    assert found.trouble
    assert not found.usable


def test_a_silent_sensor_is_named() -> None:
    name, claims = chosen(list(remote_id(weaving)), None)
    (found,) = align([], path_of(name, claims, STAND, CLOCK), {"camera": EYE_TOLD})
    assert "no bearing" in found.trouble


def test_a_node_whose_height_is_wrong_is_told() -> None:
    name, claims = chosen(list(remote_id(weaving)), None)
    path = path_of(name, claims, Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m + 20.0), CLOCK)
    (found,) = align(list(heard(weaving, ARRAY, ARRAY_TOLD)), path, {"microphones": ARRAY_TOLD})
    assert "altitude_wgs84_m" in " ".join(found.notes)


def test_the_same_flight_gives_the_same_answer() -> None:
    said = list(heard(weaving, ARRAY, ARRAY_TOLD))
    assert aligned(weaving, said, ARRAY_TOLD) == aligned(weaving, said[::-1], ARRAY_TOLD)
