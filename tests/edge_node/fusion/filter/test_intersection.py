from __future__ import annotations

import numpy as np
import pytest

from edge_node.fusion.filter.intersection import Estimate, intersected, largest
from edge_node.fusion.filter.models import Array


def estimate(mean: list[float], *cov: list[float]) -> Estimate:
    return Estimate(np.array(mean), np.array(cov))


def random_cov(rng: np.random.Generator, size: int) -> Array:
    root = rng.normal(0, 1, (size, size))
    return np.asarray(root @ root.T + 0.1 * np.eye(size))


def test_two_that_are_sure_across_each_other_meet_in_between() -> None:
    one, other = estimate([0.0, 5.0], [1.0, 0.0], [0.0, 100.0]), estimate([5.0, 0.0], [100.0, 0.0], [0.0, 1.0])
    both, share = intersected(one, other)
    assert share == pytest.approx(0.5, abs=1e-4)
    assert both.mean == pytest.approx([0.05, 0.05], abs=0.01)
    assert np.diag(both.cov) == pytest.approx([1.98, 1.98], abs=0.01), "twice what it would be if their errors were independent"


def test_of_two_equal_ones_nothing_is_gained() -> None:
    one = estimate([1.0, 2.0], [4.0, 1.0], [1.0, 3.0])
    both, _ = intersected(one, one)
    assert both.mean == pytest.approx(one.mean)
    assert both.cov == pytest.approx(one.cov)


def test_one_that_is_worse_in_all_ways_is_left_out() -> None:
    good, bad = estimate([1.0, 2.0], [1.0, 0.0], [0.0, 1.0]), estimate([9.0, 9.0], [5.0, 0.0], [0.0, 7.0])
    both, share = intersected(good, bad)
    assert share == 1.0
    assert both.mean == pytest.approx(good.mean)


def test_the_share_makes_the_determinant_least_and_units_change_nothing() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        one, other = (Estimate(rng.normal(0, 1, 6), random_cov(rng, 6)) for _ in range(2))
        both, share = intersected(one, other)
        sizes = [
            np.linalg.slogdet(np.linalg.inv(omega * np.linalg.inv(one.cov) + (1 - omega) * np.linalg.inv(other.cov)))[1]
            for omega in np.linspace(0, 1, 201)
        ]
        assert np.linalg.slogdet(both.cov)[1] <= min(sizes) + 1e-9
        scale = np.diag([1.0, 1000.0, 1.0, 0.01, 1.0, 1.0])
        scaled, same = intersected(*(Estimate(scale @ each.mean, scale @ each.cov @ scale) for each in (one, other)))
        assert same == pytest.approx(share, abs=1e-3)
        assert np.linalg.inv(scale) @ scaled.mean == pytest.approx(both.mean, abs=1e-2)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.5, 1.0])
def test_it_is_honest_whatever_the_errors_share(correlation: float) -> None:
    """Mean square of the error by its covariance is 2 at most, where taking them for independent makes it more."""
    rng = np.random.default_rng(2)
    first, second = np.array([[4.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.2], [-0.2, 3.0]])
    roots = np.linalg.cholesky(first), np.linalg.cholesky(second)
    squares, naive = [], []
    for _ in range(2000):
        shared, own = rng.normal(0, 1, (2, 2))
        one = Estimate(roots[0] @ shared, first)
        other = Estimate(roots[1] @ (correlation * shared + np.sqrt(1 - correlation**2) * own), second)
        both, _ = intersected(one, other)
        squares.append(both.mean @ np.linalg.solve(both.cov, both.mean))
        sum_ = np.linalg.inv(first) + np.linalg.inv(second)
        mean = np.linalg.solve(sum_, np.linalg.solve(first, one.mean) + np.linalg.solve(second, other.mean))
        naive.append(mean @ sum_ @ mean)
    assert np.mean(squares) < 2.1
    assert (np.mean(naive) > 2.4) == (correlation > 0.4)


def test_what_is_no_covariance_is_refused() -> None:
    good = estimate([0.0, 0.0], [1.0, 0.0], [0.0, 1.0])
    for bad in ([[0.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]], [[np.nan, 0.0], [0.0, 1.0]]):
        with pytest.raises(ValueError, match="covariance"):
            intersected(good, estimate([0.0, 0.0], *bad))


@pytest.mark.parametrize(("peak", "found"), [(0.3, 0.3), (-1.0, 0.0), (2.0, 1.0)])
def test_a_largest_value_is_found_within_or_at_an_end(peak: float, found: float) -> None:
    assert largest(lambda omega: -((omega - peak) ** 2)) == pytest.approx(found, abs=1e-4)
