"""A flock is told as one, also after it scattered; a drone in it by itself, and who was there before the flock came."""

from __future__ import annotations

import numpy as np

from edge_node.camera.flock import NEIGHBOURS, Flock

CLOSE = np.random.default_rng(2).uniform(100, 160, (12, 2))
APART = np.arange(24.0).reshape(12, 2) * 100
BIRDS = [0.02] * 12
NO_DOTS = [0.0] * 13


def test_many_birds_close_together_are_a_flock_and_one_far_off_is_not() -> None:
    middles = np.vstack([CLOSE, [[600.0, 400.0]]])
    assert Flock(640).members(range(13), middles, [0.02] * 13, NO_DOTS[:13]).tolist() == [True] * 12 + [False]


def test_a_drone_among_birds_is_none_of_them_and_stays_so() -> None:
    flock = Flock(640)
    assert flock.members(range(12), CLOSE, [0.02] * 11 + [0.4], NO_DOTS[:12]).tolist() == [True] * 11 + [False]
    assert flock.members(range(12), CLOSE, BIRDS, NO_DOTS[:12]).tolist() == [True] * 11 + [False]


def test_who_came_in_company_stays_of_it_until_gone() -> None:
    flock = Flock(640)
    assert flock.members(range(12), CLOSE, BIRDS, NO_DOTS[:12]).all()
    assert flock.members(range(12), APART, BIRDS, NO_DOTS[:12]).all()
    assert not len(flock.members([], np.empty((0, 2)), [], []))
    assert not flock.members(range(12), APART, BIRDS, NO_DOTS[:12]).any()


def test_who_was_there_before_the_flock_is_told_on() -> None:
    flock = Flock(640)
    assert not flock.members([7], CLOSE[:1], [0.02], [0.0]).any()
    assert flock.members([7, *range(20, 31)], CLOSE, BIRDS, NO_DOTS[:12]).tolist() == [False] + [True] * 11


def test_a_few_birds_are_told_one_by_one() -> None:
    assert not Flock(640).members(range(NEIGHBOURS), CLOSE[:NEIGHBOURS], [0.02] * NEIGHBOURS, NO_DOTS[:NEIGHBOURS]).any()


def test_dots_in_company_of_birds_are_of_the_flock_unless_they_stand_out() -> None:
    doubtful = [0.3] * 8 + [0.6] * 2 + [0.7] * 2
    assert Flock(640).members(range(12), CLOSE, doubtful, [1.0] * 12).tolist() == [True] * 10 + [False] * 2
    assert not Flock(640).members(range(12), CLOSE, doubtful, NO_DOTS[:12]).any()


def test_a_swarm_of_dots_is_told_one_by_one() -> None:
    assert not Flock(640).members(range(12), CLOSE, [0.4] * 4 + [0.55] * 8, [1.0] * 12).any()
