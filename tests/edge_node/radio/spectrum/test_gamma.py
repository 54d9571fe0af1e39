"""Quantiles of sums of powers against printed tables of chi-square (Abramowitz and Stegun, 26.8)."""

from __future__ import annotations

import math

import pytest

from edge_node.radio.spectrum.gamma import quantile, threshold


@pytest.mark.parametrize(
    ("freedom", "chance", "value"), [(2, 0.001, 13.816), (10, 0.01, 23.209), (20, 0.05, 31.410), (100, 0.001, 149.449)]
)
def test_thresholds_are_those_of_chi_square(freedom: int, chance: float, value: float) -> None:
    assert threshold(chance, freedom / 2) == pytest.approx(value / freedom, rel=1e-4)


@pytest.mark.parametrize(("freedom", "share", "value"), [(10, 0.25, 6.737), (30, 0.25, 24.478), (4, 0.05, 0.711)])
def test_quantiles_are_those_of_chi_square(freedom: int, share: float, value: float) -> None:
    assert quantile(share, freedom / 2) == pytest.approx(value / freedom, rel=1e-3)


def test_a_single_power_is_exponential() -> None:
    assert quantile(0.25, 1) == pytest.approx(-math.log(0.75))
    assert threshold(1e-9, 1) == pytest.approx(9 * math.log(10))


@pytest.mark.parametrize("k", [0.7, 3.0, 250.0, 60_000.0])
def test_what_is_above_and_what_is_below_agree(k: float) -> None:
    assert threshold(0.3, k) == pytest.approx(quantile(0.7, k), rel=1e-9)
