"""The best stretch of a plateau in noise."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.edges import plateau, stretches


@pytest.mark.parametrize(("level", "off"), [(3.0, 2), (0.5, 25)])
def test_finds_where_power_rises_and_falls(level: float, off: int) -> None:
    random = np.random.default_rng(5)
    powers = random.gamma(4, 0.25, 2000).astype(np.float32)
    powers[700:1500] += level
    first, end = plateau(powers, 1.0, level)
    assert abs(first - 700) <= off
    assert abs(end - 1500) <= off


def test_is_never_empty() -> None:
    assert plateau(np.zeros(5, np.float32), 1.0, 1.0)[1] >= 1
    first, end = plateau(np.ones(1, np.float32), 1.0, 0.0)
    assert (first, end) == (0, 1)


def test_stretches_are_joined_over_short_gaps() -> None:
    powers = np.array([0, 2, 2, 0, 2, 0, 0, 2, 2], np.float32)
    assert stretches(powers, 1.0, 0) == [(1, 3), (4, 5), (7, 9)]
    assert stretches(powers, 1.0, 1) == [(1, 5), (7, 9)]
    assert stretches(np.zeros(3, np.float32), 1.0, 1) == []
