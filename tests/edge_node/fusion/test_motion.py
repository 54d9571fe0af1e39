"""The filter against a truth that moves as it assumes, against the textbook form of itself, and against bad input."""

from __future__ import annotations

from math import inf, nan, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.fusion.measurement import Measurement, claimed
from edge_node.fusion.motion import Motion, predicted, updated
from edge_node.geometry import LocalFrame, distance_m
from edge_node.messages import Kinematics
from tests.edge_node.fusion.air import SECOND, said

ACCELERATION = 2.0


def place(latitude: float = 48.0, longitude: float = 11.0, altitude: float | None = 100.0, **fields: Any) -> Measurement:
    return Measurement(latitude, longitude, altitude, **({"sigma_horizontal_m": 3.0, "sigma_vertical_m": 5.0} | fields))


def matrix(kinematics: Kinematics) -> np.ndarray:
    return np.array(kinematics.covariance).reshape(6, 6)


def chi_square(freedom: int, normal_quantile: float) -> float:
    """Wilson and Hilferty's approximation; within 0.1 % for hundreds of degrees of freedom."""
    spread = 2 / (9 * freedom)
    return float(freedom * (1 - spread + normal_quantile * sqrt(spread)) ** 3)


def normalised_errors(seed: int, steps: int, *, velocity: bool) -> list[float]:
    """NEES after each step of a truth with white-noise acceleration, about 0.7 s apart."""
    noise = np.random.default_rng(seed)
    frame = LocalFrame(48.0, 11.0, 100.0)
    truth = np.concatenate([np.zeros(3), noise.normal(0, [20, 20, 10])])
    motion, t_ns, errors = None, 0, []
    for _ in range(steps):
        elapsed = noise.uniform(0.2, 1.2) if motion else 0.0
        root = ACCELERATION * np.array([[sqrt(elapsed**3 / 3), 0], [sqrt(3 * elapsed) / 2, sqrt(elapsed) / 2]])
        shake = root @ noise.normal(size=(2, 3))
        truth = np.concatenate([truth[:3] + elapsed * truth[3:] + shake[0], truth[3:] + shake[1]])
        seen = truth[:3] + noise.normal(0, [3, 3, 5])
        moves = truth[3:] + noise.normal(0, [1, 1, 2])
        fields = {"velocity_mps": (moves[0], moves[1]), "climb_mps": moves[2], "sigma_velocity_mps": 1.0, "sigma_climb_mps": 2.0}
        measurement = place(*frame.to_geodetic(*seen), **(fields if velocity else {}))
        t_ns += round(elapsed * SECOND)
        if motion is None:
            motion = Motion(measurement, t_ns, ACCELERATION)
        else:
            assert motion.update(measurement, t_ns)
        state = motion.kinematics()
        where = frame.to_enu(state.latitude_deg, state.longitude_deg, state.altitude_wgs84_m or nan)
        error = np.array([*where, state.velocity_east_mps, state.velocity_north_mps, state.velocity_up_mps]) - truth
        errors.append(float(error @ np.linalg.solve(matrix(state), error)))
    return errors


@pytest.mark.parametrize("velocity", [True, False])
def test_errors_are_as_large_as_the_covariance_says(velocity: bool) -> None:
    runs = np.array([normalised_errors(seed, 40, velocity=velocity) for seed in range(100)])
    for step in (1, 5, 15, 39):
        assert chi_square(600, -1.96) < runs[:, step].sum() < chi_square(600, 1.96)


@given(
    st.tuples(st.floats(1e-3, 1e6), st.floats(-1, 1), st.floats(1e-3, 1e4)),
    st.floats(0, 60),
    st.floats(0.01, 1e4),
    st.floats(0.09, 1e8),
)
def test_one_axis_is_the_textbook_filter(start: tuple[float, float, float], elapsed: float, density: float, noise: float) -> None:
    mixed = start[1] * sqrt(start[0] * start[2])
    step, drive = np.array([[1, elapsed], [0, 1]]), density * np.array([[elapsed**3 / 3, elapsed**2 / 2], [elapsed**2 / 2, elapsed]])
    covariance = step @ np.array([[start[0], mixed], [mixed, start[2]]]) @ step.T + drive
    ahead = predicted((start[0], mixed, start[2]), elapsed, density)
    assert ahead == pytest.approx((covariance[0, 0], covariance[0, 1], covariance[1, 1]), rel=1e-9, abs=1e-9)
    gain = covariance[:, :1] / (covariance[0, 0] + noise)
    keep = np.eye(2) - gain @ np.array([[1.0, 0.0]])
    joseph = keep @ covariance @ keep.T + noise * gain @ gain.T
    after, *gains = updated(ahead, noise)
    assert gains == pytest.approx(list(gain[:, 0]), rel=1e-6, abs=1e-9)
    assert after == pytest.approx((joseph[0, 0], joseph[0, 1], joseph[1, 1]), rel=1e-6, abs=1e-6 * start[2])
    assert after[0] * after[2] - after[1] ** 2 >= -1e-12 * after[0] * after[2]


def test_an_altitude_that_nobody_said_is_unknown() -> None:
    motion = Motion(place(altitude=None), 0, ACCELERATION)
    motion.update(place(48.0001, altitude=None), SECOND)
    assert motion.kinematics().altitude_wgs84_m is None
    assert matrix(motion.kinematics())[2, 2] > 1e7
    motion.update(place(48.0002, altitude=321.0), 2 * SECOND)
    assert motion.kinematics().altitude_wgs84_m == pytest.approx(321, abs=0.1)


def test_an_altitude_no_longer_said_grows_old() -> None:
    motion = Motion(place(altitude=100.0), 0, 3.0)
    for second in range(1, 120):
        motion.update(place(altitude=None), second * SECOND)
    assert motion.kinematics().altitude_wgs84_m is None
    assert matrix(motion.kinematics())[0, 0] < 9


def test_a_long_flight_over_the_pole_keeps_place_and_speed() -> None:
    frame = LocalFrame(89.9, 0.0)
    motion = None
    for second in range(200):
        seen = place(*frame.to_geodetic(0.0, second * 100.0, 3_000.0))
        if motion is None:
            motion = Motion(seen, 0, ACCELERATION)
        assert motion.update(seen, second * SECOND)
    assert motion is not None
    state = motion.kinematics()
    assert distance_m(state.latitude_deg, state.longitude_deg, *frame.to_geodetic(0, 19_900, 3_000)[:2]) < 20
    assert state.longitude_deg == pytest.approx(180)
    assert state.velocity_north_mps == pytest.approx(-100, abs=2)


def test_it_crosses_the_date_line() -> None:
    motion = Motion(place(0.0, 179.999), 0, ACCELERATION)
    for second in range(1, 20):
        longitude = 179.999 + second * 1e-4
        assert motion.update(place(0.0, longitude if longitude < 180 else longitude - 360), second * SECOND)
    state = motion.kinematics()
    assert state.longitude_deg == pytest.approx(-179.9991, abs=1e-4)
    assert state.velocity_east_mps == pytest.approx(11.1, abs=1)


def test_a_jump_starts_anew() -> None:
    motion = Motion(place(), 0, ACCELERATION)
    assert motion.update(place(48.0001), SECOND)
    assert not motion.update(place(49.0), 2 * SECOND)
    state = motion.kinematics()
    assert (state.latitude_deg, state.velocity_north_mps) == (pytest.approx(49.0, abs=1e-9), 0.0)
    assert not motion.update(place(49.0, altitude=5_000.0), 3 * SECOND)
    assert motion.update(place(49.001, altitude=5_000.0), 3 * SECOND + 1_000_000)


def test_after_a_long_gap_it_begins_with_what_is_said() -> None:
    motion = Motion(place(), 0, ACCELERATION)
    assert motion.update(place(-20.0, 100.0), 3_600 * SECOND)
    assert motion.kinematics().latitude_deg == pytest.approx(-20)


def test_accuracies_are_95_percent_bounds() -> None:
    there = {"latitude_deg": 1.0, "longitude_deg": 2.0, "altitude_wgs84_m": 3.0}
    bounds = {"horizontal_accuracy_m": 10.0, "vertical_accuracy_m": 25.0, "speed_accuracy_mps": 3.0}
    measured = claimed(said(0, **there, **bounds))
    assert measured is not None
    assert (measured.sigma_horizontal_m, measured.sigma_vertical_m) == (pytest.approx(10 / 2.45), pytest.approx(25 / 1.96))
    assert (measured.sigma_velocity_mps, measured.sigma_climb_mps) == (pytest.approx(3 / 2.45), pytest.approx(3 / 1.96))


@pytest.mark.parametrize("accuracy", [None, 0.0, -1.0, nan, inf])
def test_an_accuracy_that_is_none_is_assumed(accuracy: float | None) -> None:
    measured = claimed(said(0, latitude_deg=1.0, longitude_deg=2.0, horizontal_accuracy_m=accuracy))
    assert measured is not None
    assert measured.sigma_horizontal_m == pytest.approx(30 / 2.45)


@pytest.mark.parametrize(("latitude", "longitude"), [(None, 1.0), (1.0, None), (91.0, 0.0), (0.0, -181.0), (nan, 0.0), (0.0, inf)])
def test_a_place_not_on_earth_is_no_measurement(latitude: float | None, longitude: float | None) -> None:
    assert claimed(said(0, latitude_deg=latitude, longitude_deg=longitude)) is None


def test_what_is_impossible_is_unsaid() -> None:
    measured = claimed(
        said(0, latitude_deg=0.0, longitude_deg=0.0, altitude_wgs84_m=nan, speed_mps=inf, direction_deg=1.0, vertical_speed_mps=-inf)
    )
    assert measured is not None
    assert (measured.altitude_wgs84_m, measured.velocity_mps, measured.climb_mps) == (None, None, None)


def test_a_velocity_needs_a_direction_unless_it_is_none() -> None:
    there = {"latitude_deg": 1.0, "longitude_deg": 2.0}
    for speed, direction, velocity in ((5.0, None, None), (0.0, None, (0.0, 0.0)), (5.0, 90.0, (5.0, 0.0)), (2.0, 180.0, (0.0, -2.0))):
        measured = claimed(said(0, **there, speed_mps=speed, direction_deg=direction))
        assert measured is not None
        assert measured.velocity_mps == (velocity if velocity is None else pytest.approx(velocity, abs=1e-9))
