"""Periods of packets of which many are missed."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.tracks.period import MOST_JITTER, period_of


def times(period_s: float, slots: list[int], off_s: float = 10e-6, seed: int = 1) -> list[float]:
    random = np.random.default_rng(seed)
    return [0.7 + slot * period_s + float(random.normal(0, off_s)) for slot in slots]


VISITS = [first + k for first in (0, 12, 52, 64, 104, 156) for k in range(4)]
SPARSE = [0, 5, 9, 14, 21, 23, 30, 34, 41, 48, 50]


@pytest.mark.parametrize("period_s", [1e-3, 5e-3, 6.6734e-3, 20e-3, 40e-3])
@pytest.mark.parametrize("slots", [VISITS, SPARSE], ids=["visits", "sparse"])
def test_hops_out_of_hearing_do_not_hide_it(period_s: float, slots: list[int]) -> None:
    found = period_of(times(period_s, slots))
    assert found is not None
    assert found.seconds == pytest.approx(period_s, rel=1e-3)
    assert found.jitter < MOST_JITTER
    assert found.bursts >= 5


def test_packets_without_a_gap_have_their_own_period() -> None:
    found = period_of(times(4e-3, list(range(12))))
    assert found is not None
    assert found.seconds == pytest.approx(4e-3, rel=1e-3)


def test_a_stray_packet_does_not_matter() -> None:
    found = period_of([*times(5e-3, VISITS), 0.7317, 0.9984])
    assert found is not None
    assert found.seconds == pytest.approx(5e-3, rel=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_random_times_have_none(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(5, 40))
    assert period_of(list(np.cumsum(random.exponential(0.05, count)))) is None


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_few_say_nothing(count: int) -> None:
    assert period_of(times(5e-3, list(range(count)))) is None


def test_a_faint_one_whose_beginnings_are_uncertain() -> None:
    found = period_of(times(5e-3, VISITS, off_s=70e-6), timed_s=90e-6)
    assert found is not None
    assert found.seconds == pytest.approx(5e-3, rel=5e-3)


def test_times_that_are_all_the_same_raise_nothing() -> None:
    assert period_of([1.0] * 30) is None
