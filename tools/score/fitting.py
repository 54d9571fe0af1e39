"""By how long what is told lags behind the truth, and by how much it stands askew: least squares of both together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.stats import t as student

from tools.score.intervals import BLOCK_S, NOTHING, SHARE, Estimate, Z, normal
from tools.score.truth import STEP_S

Array = NDArray[np.float64]

MOST_DELAY_S, MOST_STEP_S = 10.0, 2.0
ROUNDS = 12
LEAST = 1e-9
"""Of information, so that what nothing tells of is known to a sigma that is very large."""
FEWEST = 12
FEWEST_FITTED = 2
"""Blocks of time: of one alone nobody knows how far the next would be off."""
FAR, LEAST_SPREAD = 2.0, 0.02
HARDLY = 0.5
"""A delay that is known no better than this, in seconds, is not known: nobody moved enough to tell."""
BIAS_HARDLY = 3.0


class Said(Struct, frozen=True):
    """Rows that say one number of an object each: `told` at `t_s`; `true` gives what it should have been at times, `off` told minus true.

    `bias` is which of the biases all these rows share, -1 for none.
    """

    t_s: Array
    told: Array
    true: Callable[[Array], Array]
    off: Callable[[Array, Array], Array]
    bias: int = -1


class Fit(Struct, frozen=True):
    """Delay in seconds and biases, with intervals; NOTHING where the flights tell too little."""

    delay_s: Estimate
    biases: tuple[Estimate, ...]


def fit(rows: Sequence[Said], biases: int) -> Fit:
    """Gauss-Newton on delay and biases, and how far both go when a block of time is left out (a jackknife: Efron and Stein 1981)."""
    rows = [row for row in rows if len(row.t_s)]
    count = sum(len(row.t_s) for row in rows)
    if count < FEWEST:
        return Fit(NOTHING, (NOTHING,) * biases)
    x = np.zeros(1 + biases)
    for _ in range(ROUNDS):
        off, slope, weight = _linear(rows, x)
        normal_matrix = slope.T @ (weight[:, None] * slope) + LEAST * np.eye(len(x))
        step = np.linalg.solve(normal_matrix, slope.T @ (weight * off))
        x[0] = np.clip(x[0] + np.clip(step[0], -MOST_STEP_S, MOST_STEP_S), -MOST_DELAY_S, MOST_DELAY_S)
        x[1:] += step[1:]
    off, slope, weight = _linear(rows, x)
    sigma = _sigma(np.concatenate([row.t_s for row in rows]), off, slope, weight)
    delay = normal(float(x[0]), float(sigma[0]), count) if sigma[0] < HARDLY else NOTHING
    told = [normal(float(one), float(s), count) if s < BIAS_HARDLY else NOTHING for one, s in zip(x[1:], sigma[1:], strict=True)]
    return Fit(delay, tuple(told))


def _linear(rows: Sequence[Said], x: Array) -> tuple[Array, Array, Array]:
    """Residuals (n), their slopes by delay and biases (n, p), and weights (n): Huber's, by the spread of all that is said of a kind."""
    offs = [_off(row, x) for row in rows]
    spreads = {kind: _spread([off for row, off in zip(rows, offs, strict=True) if row.bias == kind]) for kind in {row.bias for row in rows}}
    slopes, weights = [], []
    for row, off in zip(rows, offs, strict=True):
        then_s = row.t_s - x[0]
        slope = np.zeros((len(off), len(x)))
        slope[:, 0] = -row.off(row.true(then_s + STEP_S), row.true(then_s - STEP_S)) / (2 * STEP_S)
        if row.bias >= 0:
            slope[:, 1 + row.bias] = 1.0
        slopes.append(slope)
        far = np.maximum(np.abs(off) / spreads[row.bias], 1e-9)
        weights.append(np.minimum(1.0, FAR / far) / spreads[row.bias] ** 2)
    return np.concatenate(offs), np.concatenate(slopes), np.concatenate(weights)


def _off(row: Said, x: Array) -> Array:
    """What delay and biases leave."""
    return row.off(row.told, row.true(row.t_s - x[0])) - (x[1 + row.bias] if row.bias >= 0 else 0.0)


def _spread(offs: Sequence[Array]) -> float:
    """One sigma by the median, whatever a few wild ones say."""
    return max(1.4826 * float(np.median(np.abs(np.concatenate(offs)))), LEAST_SPREAD)


def _sigma(t_s: Array, off: Array, slope: Array, weight: Array) -> Array:
    """1-sigma errors (p): a jackknife over blocks of time, within which errors belong together; never less than if all were independent.

    Of few blocks the quantile is wider (Student's, as many degrees of freedom as blocks less one), so that normal intervals are right.
    """
    information = slope.T @ (weight[:, None] * slope) + LEAST * np.eye(slope.shape[1])
    blocks = np.unique(np.floor(t_s / BLOCK_S), return_inverse=True)[1]
    count = int(blocks.max()) + 1
    if count < FEWEST_FITTED:
        return np.full(slope.shape[1], np.inf)
    without = [_without(information, off[blocks == k], slope[blocks == k], weight[blocks == k]) for k in range(count)]
    together = np.sum(np.square(without), axis=0) * (count - 1) / count
    wider = float(student.ppf((1 + SHARE) / 2, count - 1)) / Z
    return np.asarray(np.sqrt(np.maximum(together, np.diag(np.linalg.inv(information)))) * wider)


def _without(information: Array, off: Array, slope: Array, weight: Array) -> Array:
    """How far all of the fit goes when one block's rows are left out."""
    weighted = weight[:, None] * slope
    left = information - slope.T @ weighted + LEAST * np.eye(len(information))
    return np.asarray(np.linalg.solve(left, weighted.T @ off))
