"""Pairs by any costs: each once, none beyond the gate, the best altogether, whatever their order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tools.score.matching import KEEPS, pairs

COSTS = arrays(np.float64, st.tuples(st.integers(0, 5), st.integers(0, 5)), elements=st.floats(0, 2, width=32) | st.just(np.inf))


def _gain(costs: np.ndarray, found: list[tuple[int, int]]) -> float:
    return float(sum(1 - costs[row, column] for row, column in found))


def _best(costs: np.ndarray) -> float:
    """By trying all ways."""
    gains = np.where(costs < 1, 1 - costs, 0.0)
    if gains.shape[0] > gains.shape[1]:
        gains = gains.T
    return max(
        (sum(gains[row, column] for row, column in enumerate(way)) for way in permutations(range(gains.shape[1]), gains.shape[0])),
        default=0.0,
    )


@given(COSTS)
def test_each_is_in_one_pair_within_the_gate_and_none_better_can_be_dealt(costs: np.ndarray) -> None:
    found = pairs(costs)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    assert all(costs[row, column] < 1 for row, column in found)
    assert abs(_gain(costs, found) - _best(costs)) < 1e-6


@given(COSTS, st.randoms(use_true_random=False))
def test_the_order_of_tracks_and_objects_does_not_matter(costs: np.ndarray, random: st.DataObject) -> None:
    rows, columns = list(range(costs.shape[0])), list(range(costs.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = costs[np.ix_(rows, columns)]
    assert abs(_gain(costs, pairs(costs)) - _gain(shuffled, pairs(shuffled))) < 1e-6


@given(st.floats(0, 0.5), st.floats(0, KEEPS / 2 - 1e-3))
def test_two_that_cross_keep_theirs_while_noise_alone_would_change_them(near: float, noise: float) -> None:
    costs = np.array([[near + noise, near], [near, near + noise]])
    kept = np.eye(2, dtype=bool)
    assert sorted(pairs(costs, kept)) == [(0, 0), (1, 1)]


def test_one_that_is_clearly_another_is_taken_from_whom_had_it() -> None:
    costs = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert sorted(pairs(costs, np.eye(2, dtype=bool))) == [(0, 1), (1, 0)]
