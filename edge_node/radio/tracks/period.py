"""How often packets come, from when some of them were heard: others were missed, or sent where nobody listened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

SHORTEST_S, LONGEST_S = 0.5e-3, 1.0
LEAST_BURSTS = 5
MOST_JITTER = 0.02
"""Of the period, root mean square, of packets that a clock sends."""
MOST_PARTS = 40
"""Two that were heard one after the other are at most so many periods apart to tell one by."""
NEWEST = 40
TIMED_S = 20e-6
"""A burst's beginning is known so well at best, one sigma."""
SIGMAS = 4.0
"""Of a beginning's error: a gap has two of them."""
FITTING = 0.75
"""Of the gaps must be whole periods: others have one end at another transmitter's packet or a piece of one."""
AS_LONG = 0.8
"""Of the longest that fits: of those about as long the one that fits best."""
CHANCE = 1e-3
"""That times without a clock look like this."""


class Period(Struct, frozen=True):
    """Packets every `seconds`, each off by `jitter` of it (root mean square), as `bursts` of them say."""

    seconds: float
    jitter: float
    bursts: int


def period_of(times_s: Sequence[float], timed_s: float = TIMED_S, shortest_s: float = SHORTEST_S) -> Period | None:
    """The longest period that times of beginning, known to `timed_s`, have in common; None where they have none beyond doubt.

    None is below `shortest_s`: packets do not overlap.
    """
    times = np.sort(np.asarray(times_s, np.float64))[-NEWEST:]
    gaps = np.diff(times)
    gaps = gaps[(gaps >= SHORTEST_S) & (gaps <= MOST_PARTS * LONGEST_S)]
    if len(gaps) + 1 < LEAST_BURSTS:
        return None
    candidates = _candidates(gaps, max(SHORTEST_S, shortest_s))
    if not len(candidates):
        return None
    tolerance = np.maximum(MOST_JITTER * candidates, SIGMAS * timed_s)
    away = np.abs(gaps - np.round(gaps / candidates[:, None]) * candidates[:, None])
    fitting = (away < tolerance[:, None]) & (gaps > candidates[:, None] / 2)
    counts = fitting.sum(axis=1)
    good = counts >= max(LEAST_BURSTS - 1, FITTING * len(gaps))
    if not good.any():
        return None
    alike = np.flatnonzero(good & (candidates > AS_LONG * candidates[good].max()))
    best = min(alike, key=lambda k: (-counts[k], float(np.median(away[k]))))
    return _settled(gaps, float(candidates[best]), timed_s, len(candidates))


def _candidates(gaps: NDArray[np.float64], shortest_s: float) -> NDArray[np.float64]:
    """Whole parts of each gap."""
    parts = (gaps[:, None] / np.arange(1, MOST_PARTS + 1)).ravel()
    return np.unique(parts[(parts >= shortest_s) & (parts <= LONGEST_S)])


def _settled(gaps: NDArray[np.float64], period_s: float, timed_s: float, tried: int) -> Period | None:
    """The period by least squares over all gaps that fit; None where chance alone would have found as good a one."""
    counts = np.round(gaps / period_s)
    for _ in range(2):
        fitting = (np.abs(gaps - counts * period_s) < max(2 * MOST_JITTER * period_s, SIGMAS * timed_s)) & (counts > 0)
        if not fitting.any():
            return None
        period_s = float(np.sum(counts[fitting] * gaps[fitting]) / np.sum(counts[fitting] ** 2))
        counts = np.round(gaps / period_s)
    off = gaps[fitting] - counts[fitting] * period_s
    jitter = float(np.sqrt(np.mean(off**2) / 2)) / period_s
    tolerance = max(3 * np.sqrt(2) * jitter, timed_s / period_s)
    fits = int(np.count_nonzero(np.abs(gaps - counts * period_s) <= tolerance * period_s))
    chance = tried * min(1.0, 2 * tolerance) ** (fits - 1)
    return Period(period_s, jitter, fits + 1) if chance < CHANCE else None
