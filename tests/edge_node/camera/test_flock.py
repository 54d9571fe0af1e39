"""A flock is told as one, a drone in it by itself."""

from __future__ import annotations

import numpy as np

from edge_node.camera.flock import NEIGHBOURS, members


def test_many_birds_close_together_are_a_flock_and_one_far_off_is_not() -> None:
    rng = np.random.default_rng(2)
    flock = rng.uniform(100, 160, (12, 2))
    middles = np.vstack([flock, [[600.0, 400.0]]])
    assert members(middles, [0.02] * 13, 640).tolist() == [True] * 12 + [False]


def test_a_drone_among_birds_is_none_of_them() -> None:
    middles = np.random.default_rng(2).uniform(100, 160, (12, 2))
    assert members(middles, [0.02] * 11 + [0.4], 640).tolist() == [True] * 11 + [False]


def test_a_few_birds_are_told_one_by_one() -> None:
    middles = np.random.default_rng(2).uniform(100, 160, (NEIGHBOURS, 2))
    assert not members(middles, [0.02] * NEIGHBOURS, 640).any()
    assert not len(members(np.empty((0, 2)), [], 640))
