"""The floor is what is always there."""

from __future__ import annotations

import numpy as np

from edge_node.acoustic.noise_floor import LEAST_POWER, NoiseFloor


def steady(rng: np.random.Generator, frames: int, level: float = 1.0) -> np.ndarray:
    return (level * rng.exponential(1.0, (frames, 512))).astype(np.float32)


def test_steady_noise_is_its_own_floor() -> None:
    floor = NoiseFloor(512, 0.032).push(steady(np.random.default_rng(1), 400))
    assert 0.8 < floor.mean() < 1.25
    assert floor.dtype == np.float32


def test_what_passes_and_lines_that_stay_are_no_floor() -> None:
    rng, follows = np.random.default_rng(2), NoiseFloor(512, 0.032)
    follows.push(steady(rng, 250))
    loud = steady(rng, 60, 100.0)
    assert follows.push(loud).mean() < 2
    lined = steady(rng, 600)
    lined[:, 100] += 1_000
    assert follows.push(lined)[100] < 3


def test_it_sinks_at_once_and_rises_in_its_window() -> None:
    rng, follows = np.random.default_rng(3), NoiseFloor(512, 0.032)
    follows.push(steady(rng, 300, 10.0))
    assert follows.push(steady(rng, 60, 0.1)).mean() < 0.5
    assert follows.push(steady(rng, 400, 10.0)).mean() > 5


def test_silence_has_a_floor_above_nothing() -> None:
    follows = NoiseFloor(20, 0.032)
    assert np.all(follows.floor == np.float32(LEAST_POWER))
    assert np.all(follows.push(np.zeros((10, 20), np.float32)) == np.float32(LEAST_POWER))
