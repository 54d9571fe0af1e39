"""Detections that are not of the drone among those near it: what all others together do not foretell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.errors import Drift, Habit
from edge_node.field.align.path import Array
from edge_node.field.align.search import residuals
from edge_node.field.align.weighing import Noise, Posed, with_noise

USUAL = Noise(Habit(1.0, 0.5, 1.0), Drift())
"""Drift that is fitted to birds and to a track that has lost the drone explains them, so they are looked for before it is."""
MOST_SIGMAS = 4.0
MEDIAN_OF_TWO = 1.386
"""Of chi squared with two degrees of freedom."""
AT_ONCE = 0.5
"""Those that are nearly as odd as the oddest leave with it; others may be odd for its sake alone."""
LEAST_LEFT = 6
TOGETHER_S = (3.0, 0.01)
"""A track that has lost the drone is alike for seconds, and each of its detections excuses the next."""


def kept(at: Posed, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those of `used` (n,) that agree: the oddest seconds of tracks are left out in turns, then the oddest that are alone."""
    for together_s in TOGETHER_S:
        used = _pruned(at, used, together_s)
    return used


def _pruned(at: Posed, used: NDArray[np.bool_], together_s: float) -> NDArray[np.bool_]:
    left = np.flatnonzero(used)
    while len(left) > LEAST_LEFT:
        part = at.of(_mask(left, len(used)))
        odd = _oddness(part, together_s)
        most = MOST_SIGMAS**2 / 2 * max(1.0, 2 * float(np.median(odd)) / MEDIAN_OF_TWO)
        if odd.max() <= most:
            break
        left = left[odd <= max(most, AT_ONCE * float(odd.max()))]
    return _mask(left, len(used))


def _oddness(at: Posed, together_s: float) -> Array:
    """Mean squared sigmas (n,) from where all others put that bit of a track, whatever the pose (Rasmussen and Williams 2006, 5.4.2)."""
    by, n = with_noise(at, USUAL), len(at.bearings)
    lost = by.whitener.T @ by.slope
    inverse = by.whitener.T @ by.whitener - lost @ np.linalg.solve(by.normal(), lost.T)
    pull = inverse @ residuals(at.rotation, at.bearings, at.line).reshape(-1)
    bits = np.stack([at.bearings.tracks, np.floor(at.bearings.t_s / together_s).astype(np.int64)], axis=1)
    odd = np.empty(n)
    which = np.unique(bits, axis=0, return_inverse=True)[1].reshape(-1)
    for bit in range(which.max() + 1):
        mine = np.repeat(which == bit, 2)
        odd[which == bit] = pull[mine] @ np.linalg.solve(inverse[np.ix_(mine, mine)], pull[mine]) / np.count_nonzero(mine)
    return odd


def _mask(indices: NDArray[np.intp], n: int) -> NDArray[np.bool_]:
    mask = np.zeros(n, dtype=np.bool_)
    mask[indices] = True
    return mask
