"""Many objects' states at once, each a mixture of Gaussians: of models of motion, or of ranges while only bearings are known.

A state is (east, north, up, velocity east, north, up) and, after that, the errors that all measurements of one sensor share, such as how
it is mounted: a thousand bearings of one camera are never taken for more than one mounting, and how they change tells speed all the same.
"""

from __future__ import annotations

from math import log, pi
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.models import STATE, Array, Models

Indices = NDArray[np.intp]

LEAST_WEIGHT = 1e-6
LEAST_LIKELIHOOD = -700.0
LOG_2_PI = log(2 * pi)


class States(NamedTuple):
    """Mixtures of n objects at `t_s` (n): `mean` (n, m, 6 + shared), `cov` (n, m, 6 + shared, 6 + shared); `weight` (n, m) sums to 1."""

    mean: Array
    cov: Array
    weight: Array
    t_s: Array

    def of(self, which: Indices) -> States:
        """Some of them, a copy."""
        return States(*(one[which] for one in self))

    def put(self, which: Indices, other: States) -> None:
        """Write some of them."""
        for mine, theirs in zip(self, other, strict=True):
            mine[which] = theirs


class Linear(NamedTuple):
    """Measurements as states predict them: `off` (n, m, d) from it, `slope` (n, m, d, 6 + shared), `noise` (n, 1 or m, d, d)."""

    off: Array
    slope: Array
    noise: Array


T = TypeVar("T", bound=tuple[Any, ...])


def of_those(fields: T, which: Indices) -> T:
    """Some, by rising indices, of a tuple of arrays (n, ...); all of them as they are."""
    return fields if len(which) == len(fields[-1]) else type(fields)(*(one[which] for one in fields))


def predicted(states: States, t_s: Array, models: Models, mixes: bool) -> States:
    """States as of later times (n); where models mix, each starts from what all of them say (IMM: Blom and Bar-Shalom 1988)."""
    elapsed_s = np.maximum(t_s - states.t_s, 0.0)
    mean, cov, weight = _mixed(states, models.changes(elapsed_s)) if mixes else (states.mean.copy(), states.cov.copy(), states.weight)
    move, noise = models.steps(elapsed_s[:, None])
    mean[..., :STATE] = np.matvec(move, mean[..., :STATE])
    cov[..., :STATE, :] = move @ cov[..., :STATE, :]
    cov[..., :STATE] = cov[..., :STATE] @ move.swapaxes(-1, -2)
    cov[..., :STATE, :STATE] += noise
    return States(mean, cov, weight, np.maximum(t_s, states.t_s))


class Weight(NamedTuple):
    """How well measurements fit: `likely` (n) in natural logarithm, and what led to it.

    That are weights (n, m), how measurements and states vary together (n, m, d, 6 + shared), and inverses of measurements' spread.
    """

    likely: Array
    weight: Array
    shared: Array
    inverse: Array


def weighed(states: States, measured: Linear) -> Weight:
    """How likely one measurement of each object is."""
    shared = measured.slope @ states.cov
    inverse, size = inverted(shared @ measured.slope.swapaxes(-1, -2) + measured.noise)
    squared = np.vecdot(measured.off, np.matvec(inverse, measured.off))
    fit = -0.5 * (squared + size + measured.off.shape[-1] * LOG_2_PI)
    total = np.log(np.maximum(states.weight, LEAST_WEIGHT)) + np.maximum(fit, LEAST_LIKELIHOOD)
    most = total.max(axis=1)
    weight = np.exp(total - most[:, None])
    sums = weight.sum(axis=1)
    return Weight(most + np.log(sums), weight / sums[:, None], shared, inverse)


def corrected(states: States, measured: Linear, weight: Weight) -> States:
    """States after measurements that were weighed."""
    gain = weight.shared.swapaxes(-1, -2) @ weight.inverse
    cov = states.cov - gain @ weight.shared
    mean = states.mean + np.matvec(gain, measured.off)
    return States(mean, (cov + cov.swapaxes(-1, -2)) / 2, weight.weight, states.t_s)


def inverted(spread: Array) -> tuple[Array, Array]:
    """Inverses of covariances (..., d, d), and the logarithms of their determinants."""
    if spread.shape[-1] == 1:
        return 1 / spread, np.log(spread[..., 0, 0])
    if spread.shape[-1] != 2:
        return np.asarray(np.linalg.inv(spread)), np.asarray(np.linalg.slogdet(spread)[1])
    a, b, c = spread[..., 0, 0], spread[..., 0, 1], spread[..., 1, 1]
    size = a * c - b * b
    turned = np.empty_like(spread)
    turned[..., 0, 0], turned[..., 1, 1] = c, a
    turned[..., 0, 1] = turned[..., 1, 0] = -b
    return turned / size[..., None, None], np.log(size)


def collapsed(states: States) -> States:
    """One Gaussian each of the same mean and covariance (n, 1, ...)."""
    n, many, size = states.mean.shape
    mean = np.vecmat(states.weight, states.mean)[:, None]
    off = states.mean - mean
    cov = np.vecmat(states.weight, states.cov.reshape(n, many, size * size)).reshape(n, size, size)
    cov += (states.weight[..., None] * off).swapaxes(-1, -2) @ off
    return States(mean, cov[:, None], np.ones((n, 1)), states.t_s)


def repeated(states: States, times: int) -> States:
    """Single Gaussians (n, 1, ...), each so many times: one for every model."""
    mean, cov, weight, t_s = states
    return States(np.repeat(mean, times, axis=1), np.repeat(cov, times, axis=1), np.repeat(weight / times, times, axis=1), t_s)


def roomier(states: States, variance: float, columns: int) -> States:
    """States with more shared errors, of which nothing but their variance is known yet."""
    mean = np.concatenate([states.mean, np.zeros((*states.mean.shape[:-1], columns))], axis=-1)
    size = mean.shape[-1]
    cov = np.zeros((*mean.shape, size))
    cov[..., : size - columns, : size - columns] = states.cov
    for column in range(size - columns, size):
        cov[..., column, column] = variance
    return States(mean, cov, states.weight, states.t_s)


def _mixed(states: States, changes: Array) -> tuple[Array, Array, Array]:
    """Means, covariances and weights of what each model starts from."""
    n, many, size = states.mean.shape
    joint = states.weight[:, :, None] * changes
    after = np.maximum(joint.sum(axis=1), LEAST_WEIGHT)
    share = (joint / after[:, None, :]).swapaxes(1, 2)
    mean = share @ states.mean
    off = states.mean[:, None] - mean[:, :, None]
    cov = (share @ states.cov.reshape(n, many, size * size)).reshape(n, many, size, size)
    cov += (off * share[..., None]).swapaxes(-1, -2) @ off
    return mean, cov, after / after.sum(axis=1, keepdims=True)
