"""Is a hint of range honest about how little it knows."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.sight.reach import SIZES, range_hint


@pytest.mark.parametrize("kind", ["drone", "bird", "helicopter"])
def test_the_sigma_holds_for_sizes_as_they_come(kind: str) -> None:
    rng = np.random.default_rng(5)
    size = SIZES[kind]
    errors = []
    for _ in range(4000):
        true_m = rng.uniform(50, 1500)
        angle = size.median_m * np.exp(size.log_sigma * rng.standard_normal()) / true_m
        measured = angle + rng.standard_normal() * 0.05 * angle
        hint = range_hint({kind: 0.95}, float(measured), float(0.05 * angle))
        if hint is not None:
            errors.append((hint[0] - true_m) / hint[1])
    within = np.mean(np.abs(errors) < 1)
    assert 0.6 < within < 0.85
    assert np.mean(np.abs(errors) < 3) > 0.96


def test_a_hint_is_where_a_drone_of_common_size_would_be() -> None:
    hint = range_hint({"drone": 0.9, "bird": 0.1}, 0.6 / 300, 0.0001)
    assert hint is not None
    assert hint[0] == pytest.approx(300, rel=0.1)
    assert 0.3 * hint[0] < hint[1] < 0.5 * hint[0]


@pytest.mark.parametrize(
    ("probabilities", "angle", "sigma"),
    [
        ({"drone": 0.7, "bird": 0.3}, 0.002, 0.0),
        ({"balloon": 0.99}, 0.002, 0.0),
        ({"clutter": 0.99}, 0.002, 0.0),
        ({"drone": 0.99}, 0.0, 0.0),
        ({"drone": 0.99}, float("nan"), 0.0),
        ({"drone": 0.99}, 0.002, 0.002),
        ({}, 0.002, 0.0),
    ],
)
def test_there_is_none_where_it_would_say_nothing(probabilities: dict[str, float], angle: float, sigma: float) -> None:
    assert range_hint(probabilities, angle, sigma) is None


def test_a_drone_of_less_certain_angle_is_less_certainly_placed() -> None:
    sharp, blurred = range_hint({"drone": 0.9}, 0.002, 0.0), range_hint({"drone": 0.9}, 0.002, 0.0006)
    assert sharp is not None
    assert blurred is not None
    assert blurred[1] / blurred[0] > sharp[1] / sharp[0]
