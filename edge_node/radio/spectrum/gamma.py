"""Quantiles of sums of powers: of k independent ones the sum is k times half a chi-square of 2k degrees of freedom (Press et al., 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, lgamma, log

STEPS, HALVINGS = 500, 80
SMALL = 1e-300


def quantile(share: float, k: float) -> float:
    """What so large a share of means of `k` powers of mean 1 is below; `k` need not be whole."""
    return _solve(k, lambda x: _below(k, x) >= share)


def threshold(chance: float, k: float) -> float:
    """What the mean of `k` powers of mean 1 is above with so small a chance."""
    return _solve(k, lambda x: _above(k, x) <= chance)


def _solve(k: float, reached: Callable[[float], bool]) -> float:
    """The mean at which a condition begins to hold."""
    low, high = 0.0, 1.0
    while not reached(high * k):
        low, high = high, high * 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle * k) else (middle, high)
    return high


def _below(k: float, x: float) -> float:
    return _series(k, x) if x < k + 1 else 1 - _fraction(k, x)


def _above(k: float, x: float) -> float:
    return 1 - _series(k, x) if x < k + 1 else _fraction(k, x)


def _head(k: float, x: float) -> float:
    power = k * log(x) - x - lgamma(k) if x > 0 else -inf
    return exp(power) if power > -700 else 0.0


def _series(k: float, x: float) -> float:
    """The lower incomplete gamma function over the whole; converges fast below k + 1."""
    term = total = 1 / k
    for n in range(1, STEPS):
        term *= x / (k + n)
        total += term
        if term < total * 1e-15:
            break
    return min(1.0, total * _head(k, x))


def _fraction(k: float, x: float) -> float:
    """The upper one, by Lentz's continued fraction; converges fast above k + 1."""
    b = x + 1 - k
    c, d = 1 / SMALL, 1 / b
    total = d
    for n in range(1, STEPS):
        a = -n * (n - k)
        b += 2
        d = 1 / (a * d + b or SMALL)
        c = b + a / c or SMALL
        total *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return min(1.0, total * _head(k, x))
