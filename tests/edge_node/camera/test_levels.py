"""Counts as levels: the same whatever the offset and scale of the counts, with small things as clear as the noise lets them be."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.levels import Levels, noise_of


def counts(scale: float, offset: float, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:120, :160]
    sky = 10 * np.linspace(0, 300, 120)[:, None] + rng.normal(0, 5, (120, 160))
    sky += 100 * np.exp(-((columns - 80) ** 2 + (rows - 60) ** 2) / 9)
    return (offset + scale * sky).astype(np.uint16)


def test_noise_is_told_apart_from_gradients_and_edges() -> None:
    picture = np.random.default_rng(5).normal(0, 3, (200, 300)).astype(np.float32)
    picture[:, 150:] += 400
    picture += np.linspace(0, 500, 200, dtype=np.float32)[:, None]
    assert noise_of(picture) == pytest.approx(3.0, rel=0.1)


def test_offset_and_scale_of_the_counts_do_not_matter() -> None:
    one, other = Levels().of(counts(1.0, 20_000)), Levels().of(counts(3.0, 5_000))
    assert np.abs(one.astype(int) - other.astype(int)).mean() < 1.0
    assert int(one[60, 80]) - int(np.median(one)) > 12


def test_a_level_is_told_in_counts() -> None:
    levels = Levels()
    assert levels.of(np.full((40, 40), 7, np.uint8)).dtype == np.uint8
    assert levels.unit == 1.0
    levels.of(counts(1.0, 20_000))
    assert levels.unit == pytest.approx(5.0, rel=0.2)
