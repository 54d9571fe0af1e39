"""What geometry says of an array."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.microphones import Baselines, Microphones, speed_of_sound_mps
from tools.simulate.acoustics import ARRAYS

UMA = np.array(ARRAYS["uma_16"].positions_m)


def test_sixteen_in_a_square_have_24_baselines_also_when_a_little_out_of_place() -> None:
    baselines = Baselines(Microphones(UMA))
    assert len(baselines.counts) == 24
    assert baselines.counts.sum() == 120
    assert np.allclose(np.sort(np.linalg.norm(baselines.differences_m, axis=1))[[0, -1]], [0.042, 0.042 * 3 * 2**0.5])
    moved = UMA + np.random.default_rng(1).normal(0, 0.001, UMA.shape)
    assert len(Baselines(Microphones(moved)).counts) == 24


def test_a_pair_is_merged_with_its_opposite() -> None:
    line = Microphones(np.array([[0.0, 0, 0], [0.1, 0, 0], [0.2, 0, 0]]))
    baselines = Baselines(line)
    assert sorted(baselines.counts) == [1, 2]
    ends = line.positions_m[baselines.second] - line.positions_m[baselines.first]
    groups = np.repeat(np.arange(len(baselines.counts)), baselines.counts)
    assert np.allclose(ends, baselines.differences_m[groups])


@pytest.mark.parametrize(
    ("places", "dimensions"),
    [
        ([[0, 0, 0]], 0),
        ([[1, 2, 3], [1, 2, 3]], 0),
        ([[0, 0, 0], [0.1, 0.1, 0.1], [0.3, 0.3, 0.3]], 1),
        ([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0.05]], 2),
        ([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]], 3),
    ],
)
def test_dimensions(places: list[list[float]], dimensions: int) -> None:
    assert Microphones(np.array(places, float)).dimensions == dimensions


def test_a_flat_array_looks_at_the_sky_and_an_upright_one_ahead() -> None:
    up = np.array([0.0, 0.0, 1.0])
    flat, upright = Microphones(UMA).facing(up), Microphones(UMA[:, [0, 2, 1]]).facing(up)
    assert flat is not None
    assert upright is not None
    assert np.allclose(flat, up)
    assert np.allclose(upright, [0, 1, 0])


def test_aliasing_and_the_speed_of_sound() -> None:
    assert speed_of_sound_mps(20.0) == pytest.approx(343.2, abs=0.2)
    assert speed_of_sound_mps(None) == speed_of_sound_mps(15.0)
    microphones = Microphones(UMA)
    assert microphones.aliasing_hz(340.0) == pytest.approx(340 / 0.084)
    assert microphones.useful_hz(340.0) > microphones.aliasing_hz(340.0)
    assert Microphones(UMA * 100).useful_hz(340.0) == 1_000.0
