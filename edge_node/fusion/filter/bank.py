"""Many objects' states at once, each a mixture of Gaussians: of models of motion, or of ranges while only bearings are known.

A state is (east, north, up, velocity east, north, up) and, after that, the errors that all measurements of one sensor share, such as how
it is mounted: a thousand bearings of one camera are never taken for more than one mounting, and how they change tells speed all the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.models import STATE, Array, Models

Indices = NDArray[np.intp]

LEAST_WEIGHT = 1e-6
LEAST_LIKELIHOOD = -700.0


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

    def of(self, which: Indices) -> Linear:
        """Some of them."""
        return Linear(*(one[which] for one in self))


def predicted(states: States, t_s: Array, models: Models, mixes: bool) -> States:
    """States as of later times (n); where models mix, each starts from what all of them say (IMM: Blom and Bar-Shalom 1988)."""
    elapsed_s = np.maximum(t_s - states.t_s, 0.0)
    mean, cov, weight, _ = _mixed(states, models.changes(elapsed_s)) if mixes else states
    mean, cov = mean.copy(), cov.copy()
    move, noise = models.steps(elapsed_s[:, None])
    mean[..., :STATE] = (move @ mean[..., :STATE, None])[..., 0]
    ahead = move @ cov[..., :STATE, :]
    cov[..., :STATE, STATE:], cov[..., STATE:, :STATE] = ahead[..., STATE:], ahead[..., STATE:].swapaxes(-1, -2)
    cov[..., :STATE, :STATE] = ahead[..., :STATE] @ move.swapaxes(-1, -2) + noise
    return States(mean, cov, weight, np.maximum(t_s, states.t_s))


class Weight(NamedTuple):
    """How well measurements fit: `likely` (n) in natural logarithm, and the weights (n, m) and inverses of the spread that led to it."""

    likely: Array
    weight: Array
    inverse: Array

    def of(self, which: Indices) -> Weight:
        """Some of them."""
        return Weight(*(one[which] for one in self))


def weighed(states: States, measured: Linear) -> Weight:
    """How likely one measurement of each object is."""
    spread = measured.slope @ states.cov @ measured.slope.swapaxes(-1, -2) + measured.noise
    inverse, size = inverted(spread)
    squared = (measured.off[..., None, :] @ inverse @ measured.off[..., None])[..., 0, 0]
    fit = -0.5 * (squared + size + measured.off.shape[-1] * np.log(2 * np.pi))
    total = np.log(np.maximum(states.weight, LEAST_WEIGHT)) + np.maximum(fit, LEAST_LIKELIHOOD)
    most = total.max(axis=1)
    weight = np.exp(total - most[:, None])
    sums = weight.sum(axis=1)
    return Weight(most + np.log(sums), weight / sums[:, None], inverse)


def corrected(states: States, measured: Linear, weight: Weight) -> States:
    """States after measurements that were weighed."""
    ours = measured.slope @ states.cov
    gain = ours.swapaxes(-1, -2) @ weight.inverse
    cov = states.cov - gain @ ours
    mean = states.mean + (gain @ measured.off[..., None])[..., 0]
    return States(mean, (cov + cov.swapaxes(-1, -2)) / 2, weight.weight, states.t_s)


def inverted(spread: Array) -> tuple[Array, Array]:
    """Inverses of covariances (..., d, d), and the logarithms of their determinants."""
    if spread.shape[-1] == 1:
        return 1 / spread, np.log(spread[..., 0, 0])
    if spread.shape[-1] != 2:
        return np.asarray(np.linalg.inv(spread)), np.asarray(np.linalg.slogdet(spread)[1])
    a, b, c = spread[..., 0, 0], spread[..., 0, 1], spread[..., 1, 1]
    size = a * c - b * b
    inverse = np.empty_like(spread)
    inverse[..., 0, 0], inverse[..., 1, 1] = c / size, a / size
    inverse[..., 0, 1] = inverse[..., 1, 0] = -b / size
    return inverse, np.log(size)


def collapsed(states: States) -> States:
    """One Gaussian each of the same mean and covariance (n, 1, ...)."""
    weight = states.weight[..., None]
    mean = (weight * states.mean).sum(axis=1, keepdims=True)
    off = states.mean - mean
    cov = (weight[..., None] * (states.cov + off[..., :, None] * off[..., None, :])).sum(axis=1, keepdims=True)
    return States(mean, cov, np.ones((len(mean), 1)), states.t_s)


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


def _mixed(states: States, changes: Array) -> States:
    joint = states.weight[:, :, None] * changes
    after = np.maximum(joint.sum(axis=1), LEAST_WEIGHT)
    share = (joint / after[:, None, :]).swapaxes(1, 2)
    mean = share @ states.mean
    off = states.mean[:, None] - mean[:, :, None]
    n, many, size = states.mean.shape
    cov = (share @ states.cov.reshape(n, many, -1)).reshape(n, many, size, size)
    cov += (off * share[..., None]).swapaxes(-1, -2) @ off
    return States(mean, cov, after / after.sum(axis=1, keepdims=True), states.t_s)
