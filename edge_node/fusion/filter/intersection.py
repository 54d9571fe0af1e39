"""Two estimates of one object whose errors may be correlated in any way: covariance intersection (Julier and Uhlmann 1997)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from edge_node.fusion.filter.models import Array

GOLDEN = (np.sqrt(5) - 1) / 2
STEPS = 24
"""Of golden section search; they leave a hundred-thousandth of the interval."""


class Estimate(NamedTuple):
    """A `mean` (d) and its covariance `cov` (d, d)."""

    mean: Array
    cov: Array


def intersected(one: Estimate, other: Estimate) -> tuple[Estimate, float]:
    """The two as one, never surer than they may be together whatever their errors share, and how much `one` counts, 0 to 1.

    The share makes the determinant least, which unlike the trace is the same in any units. ValueError where a covariance is none.
    """
    try:
        ours, theirs = np.linalg.inv(one.cov), np.linalg.inv(other.cov)
        ratios = np.linalg.eigvals(np.linalg.solve(theirs, ours)).real
    except np.linalg.LinAlgError:
        raise ValueError("a covariance that is singular") from None
    if not np.isfinite(ratios).all() or (ratios <= 0).any():
        raise ValueError("a covariance that is not positive")
    share = largest(lambda omega: float(np.log(omega * ratios + (1 - omega)).sum()))
    cov = np.linalg.inv(share * ours + (1 - share) * theirs)
    cov = (cov + cov.T) / 2
    mean = cov @ (share * ours @ one.mean + (1 - share) * theirs @ other.mean)
    return Estimate(mean, cov), share


def largest(of: Callable[[float], float]) -> float:
    """Where within 0 and 1 a concave function is largest (golden section; Kiefer 1953)."""
    low, high = 0.0, 1.0
    left, right = high - GOLDEN, low + GOLDEN
    at_left, at_right = of(left), of(right)
    for _ in range(STEPS):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = of(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = of(right)
    return max(((low + high) / 2, 0.0, 1.0), key=of)
