"""Intervals beside tables, and whether they hold what they say where errors belong together in time."""

from __future__ import annotations

import numpy as np
import pytest

from tools.score.intervals import Estimate, differ, mean, over_objects, percentile, rate, rms, share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.8830, 1.0)]
)
def test_shares_are_wilsons_of_newcombe_1998(hits: int, of: int, low: float, high: float) -> None:
    one = share(hits, of)
    assert (one.low, one.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.6235, 11.668), (10, 4.7954, 18.390)])
def test_rates_are_garwoods(count: int, low: float, high: float) -> None:
    one = rate(count, 1.0)
    assert (one.low, one.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    assert rate(count, 0.5).value == 2 * count


def test_blocks_hold_a_mean_of_what_lasts_where_single_samples_would_not() -> None:
    rng, within, naive = np.random.default_rng(1), 0, 0
    t_s = np.arange(0, 300, 0.5)
    for _ in range(60):
        noise, values = rng.normal(size=len(t_s)), np.zeros(len(t_s))
        for k in range(1, len(t_s)):
            values[k] = 0.8 * values[k - 1] + noise[k]
        one = mean(t_s, values)
        assert one.low is not None
        assert one.high is not None
        within += one.low <= 0 <= one.high
        naive += abs(values.mean()) <= 1.96 * values.std() / np.sqrt(len(values))
    assert within >= 51
    assert naive < 45


def test_root_mean_squares_and_percentiles_have_their_values_within_their_intervals() -> None:
    rng = np.random.default_rng(2)
    t_s, values = np.arange(0, 200, 0.2), rng.normal(0, 2, 1000)
    for one, true in ((rms(t_s, values), 2.0), (percentile(t_s, values, 95.0), 3.29)):
        assert one.value == pytest.approx(true, rel=0.1)
        assert one.low is not None
        assert one.high is not None
        assert one.low < true < one.high


def test_what_happens_at_an_end_counts_like_what_happens_in_the_middle() -> None:
    t_s = np.arange(0, 60, 0.5)
    for at in (0, 60, 119):
        values = np.ones(120)
        values[at] = 40.0
        one = rms(t_s, values)
        assert one.high is not None
        assert one.high > 1.3 * np.sqrt(np.mean(values**2))


def test_nothing_is_said_of_nothing() -> None:
    none = np.zeros(0)
    assert [one.value for one in (share(0, 0), rate(0, 0), mean(none, none), over_objects(none), mean(none + 1, none))] == [None] * 5
    assert mean(np.array([3.0]), np.array([4.0])) == Estimate(4.0, None, None, 1, "moving-block bootstrap")
    assert mean(np.arange(3.0), np.full(3, np.nan)).value is None


def test_runs_differ_where_chance_does_not_explain_it() -> None:
    assert differ(share(90, 100), share(70, 100))
    assert not differ(share(90, 100), share(85, 100))
    assert not differ(rate(3, 1.0), rate(6, 1.0))
    assert differ(rate(3, 1.0), rate(30, 1.0))
    assert not differ(share(90, 100), Estimate())
