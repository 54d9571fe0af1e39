"""Delay and bias from paths that are known, beside the sigma that is told."""

from __future__ import annotations

import numpy as np
import pytest

from tools.score.fitting import Said, fit

T_S = np.arange(0, 60, 0.25)


def _row(delay_s: float, bias: float, seed: int, sigma: float = 2.0, swing: float = 40.0) -> Said:
    def true(t_s: np.ndarray) -> np.ndarray:
        return np.asarray(swing * np.sin(0.3 * t_s) + 0.3 * swing * np.sin(0.71 * t_s + 1))

    told = true(T_S - delay_s) + bias + np.random.default_rng(seed).normal(0, sigma, len(T_S))
    return Said(T_S, told, true, np.subtract, bias=0)


@pytest.mark.parametrize(("delay_s", "bias"), [(0.0, 0.0), (2.0, 0.0), (-1.5, 4.0), (0.4, -5.0)])
def test_both_are_found_together(delay_s: float, bias: float) -> None:
    found = fit([_row(delay_s, bias, 1)], 1)
    assert found.delay_s.value == pytest.approx(delay_s, abs=0.1)
    assert found.biases[0].value == pytest.approx(bias, abs=0.6)


def test_the_told_interval_holds_the_delay_as_often_as_it_says() -> None:
    found = [fit([_row(0.7, 1.0, seed)], 1).delay_s for seed in range(60)]
    assert sum(one.low <= 0.7 <= one.high for one in found if one.low is not None and one.high is not None) >= 51


def _wandering(t_s: np.ndarray, keeps_s: float, seed: int) -> np.ndarray:
    """Errors of 1 sigma that belong together for about so long, as a heading's do."""
    drawn, keep = np.random.default_rng(seed).normal(size=len(t_s)), np.exp(-(t_s[1] - t_s[0]) / keeps_s)
    errors = [drawn[0]]
    for one in drawn[1:]:
        errors.append(keep * errors[-1] + np.sqrt(1 - keep**2) * one)
    return np.array(errors)


@pytest.mark.parametrize("seconds", [20, 50])
def test_errors_that_belong_together_make_no_delay_out_of_chance(seconds: int) -> None:
    t_s, held = T_S[seconds > T_S], 0
    for seed in range(60):
        row = _row(0.7, 1.0, seed, sigma=0.0)
        told = row.told[: len(t_s)] + _wandering(t_s, 2.0, seed)
        delay = fit([Said(t_s, told, row.true, np.subtract, bias=0)], 1).delay_s
        held += delay.low is not None and delay.high is not None and delay.low <= 0.7 <= delay.high
    assert held >= 50


def test_a_few_wild_words_do_not_move_it() -> None:
    row = _row(0.5, 0.0, 3)
    row.told[::20] += 300.0
    assert fit([row], 1).delay_s.value == pytest.approx(0.5, abs=0.1)


def test_who_hovers_tells_of_no_delay() -> None:
    found = fit([_row(1.0, 2.0, 4, swing=0.0)], 1)
    assert found.delay_s.value is None


def test_few_words_tell_nothing() -> None:
    row = _row(0.0, 0.0, 5)
    assert fit([Said(row.t_s[:5], row.told[:5], row.true, row.off, 0)], 1).delay_s.value is None
