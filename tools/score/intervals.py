"""95 % intervals of what a bench measures: shares, rates, and means of what is no longer independent in time."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, sqrt
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.stats import chi2, norm

Array = NDArray[np.float64]
Method = Literal["Wilson", "exact Poisson", "moving-block bootstrap", "bootstrap over objects", "least squares", "none"]

SHARE = 0.95
Z = float(norm.ppf((1 + SHARE) / 2))
BLOCK_S = 5.0
"""What is told now says something of what is told for about as long as a tracker needs to believe, so blocks are this long."""
FEWEST_BLOCKS = 6
RESAMPLES = 400
STARTS_EVERY_S = 0.5
SEED = 18150


class Estimate(Struct, frozen=True):
    """A value, its interval and of how many samples; None where there is nothing to tell it from."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    samples: float = 0.0
    by: Method = "none"


NOTHING = Estimate()


def share(hits: float, of: float) -> Estimate:
    """A share of so many independent looks (Wilson 1927); looks may be parts of one."""
    if of <= 0:
        return NOTHING
    p, z2 = hits / of, Z * Z
    middle, half = (p + z2 / (2 * of)) / (1 + z2 / of), Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Estimate(p, min(max(middle - half, 0.0), p), max(min(middle + half, 1.0), p), of, "Wilson")


def rate(count: int, per: float) -> Estimate:
    """Events in an exposure, by the unit of that exposure (exact Poisson: Garwood 1936)."""
    if per <= 0:
        return NOTHING
    low = float(chi2.ppf((1 - SHARE) / 2, 2 * count)) / 2 if count else 0.0
    return Estimate(count / per, low / per, float(chi2.ppf((1 + SHARE) / 2, 2 * count + 2)) / 2 / per, count, "exact Poisson")


def mean(t_s: Array, values: Array) -> Estimate:
    """A mean over time, by a moving-block bootstrap (Kuensch 1989)."""
    return _in_blocks(t_s, values, lambda some: float(some.mean()))


def rms(t_s: Array, values: Array) -> Estimate:
    """A root mean square over time, as a mean is."""
    return _in_blocks(t_s, values, lambda some: float(np.sqrt(np.mean(some**2))))


def percentile(t_s: Array, values: Array, percent: float) -> Estimate:
    """A percentile over time, as a mean is."""
    return _in_blocks(t_s, values, lambda some: float(np.percentile(some, percent)))


def over_objects(values: Array) -> Estimate:
    """A mean of independent objects: resampled, where they are three or more, else from the least to the most."""
    if not len(values):
        return NOTHING
    if len(values) < 3:
        return Estimate(float(values.mean()), float(values.min()), float(values.max()), len(values), "bootstrap over objects")
    picks = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), _tails())
    return Estimate(float(values.mean()), float(low), float(high), len(values), "bootstrap over objects")


def normal(value: float, sigma: float, samples: float) -> Estimate:
    """What least squares give with a sigma."""
    return Estimate(value, value - Z * sigma, value + Z * sigma, samples, "least squares")


def differ(one: Estimate, other: Estimate) -> bool:
    """Whether two runs differ by more than chance: a two-proportion test of shares, else intervals that do not explain the difference."""
    if one.value is None or other.value is None:
        return False
    if one.by == other.by == "Wilson" and one.samples and other.samples:
        pooled = (one.value * one.samples + other.value * other.samples) / (one.samples + other.samples)
        sigma = sqrt(pooled * (1 - pooled) * (1 / one.samples + 1 / other.samples))
        return abs(one.value - other.value) > Z * sigma
    return abs(one.value - other.value) > hypot(_reach(one, other.value), _reach(other, one.value))


def _reach(one: Estimate, towards: float) -> float:
    """How far the interval goes towards the other value."""
    if one.value is None or one.low is None or one.high is None:
        return 0.0
    return one.high - one.value if towards > one.value else one.value - one.low


def _tails() -> list[float]:
    return [50 * (1 - SHARE), 50 * (1 + SHARE)]


def _in_blocks(t_s: Array, values: Array, statistic: Callable[[Array], float]) -> Estimate:
    """Blocks of time, drawn with replacement until they are as long as all, hold what belongs together in time together.

    The end goes on with the beginning, so that every moment is in as many blocks as any other (Politis and Romano 1992).
    """
    known = np.isfinite(values)
    order = np.argsort(t_s[known], kind="stable")
    t_s, values = t_s[known][order], values[known][order]
    if not len(values):
        return NOTHING
    length_s = float(t_s[-1] - t_s[0])
    block_s = min(BLOCK_S, length_s / FEWEST_BLOCKS)
    value, count = statistic(values), len(values)
    if length_s <= 0:
        return Estimate(value, None, None, count, "moving-block bootstrap")
    again = t_s < t_s[0] + block_s
    t_s, values = np.concatenate([t_s, t_s[again] + length_s]), np.concatenate([values, values[again]])
    starts = np.arange(t_s[0], t_s[0] + length_s, min(STARTS_EVERY_S, block_s / 2))
    first, last = np.searchsorted(t_s, starts), np.searchsorted(t_s, starts + block_s)
    rng, many = np.random.default_rng(SEED), max(round(length_s / block_s), 1)
    drawn = []
    for picks in rng.integers(0, len(starts), (RESAMPLES, many)):
        some = np.concatenate([values[first[k] : last[k]] for k in picks])
        if len(some):
            drawn.append(statistic(some))
    low, high = np.percentile(drawn, _tails())
    return Estimate(value, min(float(low), value), max(float(high), value), count, "moving-block bootstrap")
