"""Detections that are not of the drone among those near it: what all others together do not foretell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.errors import Drift, Habit
from edge_node.field.align.path import Array
from edge_node.field.align.search import residuals
from edge_node.field.align.weighing import Noise, Posed, with_noise

USUAL = Noise(Habit(1.0, 0.5, 1.0), Drift(1.0, 24.0))
"""Drift that is fitted to birds and to a track that has lost the drone explains them, so they are looked for before it is."""
MOST_SIGMAS = 4.0
MEDIAN_OF_TWO = 1.386
"""Of chi squared with two degrees of freedom."""
AT_ONCE = 0.5
"""Those that are nearly as odd as the oddest leave with it; others may be odd for its sake alone."""
LEAST_LEFT = 6


def kept(at: Posed, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those of `used` (n,) that agree, the oddest left out in turns."""
    left = np.flatnonzero(used)
    while len(left) > LEAST_LEFT:
        odd = _oddness(at.of(_mask(left, len(used))))
        most = MOST_SIGMAS**2 * max(1.0, float(np.median(odd)) / MEDIAN_OF_TWO)
        if odd.max() <= most:
            break
        left = left[odd <= max(most, AT_ONCE * float(odd.max()))]
    return _mask(left, len(used))


def _oddness(at: Posed) -> Array:
    """Squared sigmas (n,) from where all others together put each, whatever the pose (Rasmussen and Williams 2006, 5.4.2)."""
    by = with_noise(at, USUAL)
    lost = by.whitener.T @ by.slope
    inverse = by.whitener.T @ by.whitener - lost @ np.linalg.solve(by.normal(), lost.T)
    n = len(at.bearings)
    pull = (inverse @ residuals(at.rotation, at.bearings, at.line).reshape(-1)).reshape(n, 2)
    blocks = inverse.reshape(n, 2, n, 2)[np.arange(n), :, np.arange(n), :]
    return np.asarray(np.einsum("ni,nij,nj->n", pull, np.linalg.inv(blocks), pull))


def _mask(indices: NDArray[np.intp], n: int) -> NDArray[np.bool_]:
    mask = np.zeros(n, dtype=np.bool_)
    mask[indices] = True
    return mask
