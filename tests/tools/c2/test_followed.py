from __future__ import annotations

import numpy as np
import pytest

from tests.tools.c2.seeing import SITE
from tools.c2.doubts import MOST_TOGETHER, decided
from tools.c2.followed import Claim, Followed, Smoothness
from tools.c2.picture import Key


def smoothed(memory: float, looks: int = 400) -> Smoothness:
    """Errors of one sigma, of which each keeps a share of the one before."""
    rng, smoothness, error = np.random.default_rng(3), Smoothness(), np.zeros(2)
    for turn in range(looks):
        error = memory * error + np.sqrt(1 - memory**2) * rng.normal(0, 0.02, 2)
        smoothness.add(turn * 0.6, np.array([6.2 + 0.01 * turn, 0.3]) + error, np.full(2, 0.02))
    return smoothness


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8])
def test_how_far_bearings_are_smoothed_is_seen_by_how_they_jump(memory: float) -> None:
    assert smoothed(memory).inflation == pytest.approx((1 + memory) / (1 - memory), rel=0.3)


def test_bearings_that_hardly_jump_at_all_count_little_and_no_elevation_does_no_harm() -> None:
    assert smoothed(0.999).inflation > 20
    smoothness = Smoothness()
    for turn in range(50):
        smoothness.add(float(turn), np.array([0.1, 0.0]), np.array([0.02, np.inf]))
    assert smoothness.inflation > 8


def test_a_gap_tells_nothing() -> None:
    smoothness = Smoothness()
    usual = smoothness.inflation
    for t_s in (0.0, 0.6, 5.0, 5.6, 11.0):
        smoothness.add(t_s, np.array([t_s, 0.0]), np.full(2, 0.02))
    assert smoothness.inflation == usual


def crossing(number: int, score: float, *names: str) -> Followed:
    one = Followed(number, SITE, 0.0)
    one.ambiguous, one.score = True, score
    one.claims = {key: Claim(key) for key in [_key(name) for name in names]}
    return one


def _key(name: str) -> Key:
    return name, 1, 1


def test_the_pairing_that_explains_all_best_is_guessed_and_believed_once_it_is_far_likelier() -> None:
    for lead, certain in ((2.0, []), (10.0, [1, 2])):
        both = [crossing(1, lead / 2, "a1", "b1"), crossing(2, lead / 2, "a2", "b2")]
        ghosts = [crossing(3, 0.0, "a1", "b2"), crossing(4, 0.0, "a2", "b1")]
        sure, guessed = decided([*ghosts, *both])
        assert sorted(one.number for one in guessed) == [1, 2]
        assert sorted(one.number for one in sure) == certain


def test_too_many_to_weigh_are_guessed_and_never_believed() -> None:
    many = [crossing(10 * i + j, 50.0 * (i == j), f"a{i}", f"b{j}") for i in range(5) for j in range(5)]
    assert len(many) > MOST_TOGETHER
    sure, guessed = decided(many)
    assert sure == []
    assert sorted(one.number for one in guessed) == [0, 11, 22, 33, 44]
