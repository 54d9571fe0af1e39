"""Which candidate belongs to which track: global nearest neighbours, greedily from the surest pair on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GATE = 16.0
"""Mahalanobis distance squared: 99.97 % of true pairs of two dimensions."""
SIZE_WEIGHT = 2.0
MOST_SIZE_LOG = 1.4
"""Natural logarithm: sizes four times apart are two objects."""


class Places(NamedTuple):
    """Where things are: `middle` (n, 2) px, its `variance` (n) px2 on either axis, and how large they are (n), px."""

    middle: Array
    variance: Array
    size: Array


def pairs(tracks_at: Places, found_at: Places) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of tracks and of the candidates that are theirs."""
    nothing = np.empty(0, np.intp)
    if not len(tracks_at.middle) or not len(found_at.middle):
        return nothing, nothing
    variance = tracks_at.variance[:, None] + found_at.variance[None, :]
    off = found_at.middle[None, :, :] - tracks_at.middle[:, None, :]
    distance = (off[:, :, 0] ** 2 + off[:, :, 1] ** 2) / variance
    size = np.abs(np.log(tracks_at.size[:, None] / found_at.size[None, :]))
    cost = np.where((distance < GATE) & (size < MOST_SIZE_LOG), distance + 2 * np.log(variance) + SIZE_WEIGHT * size**2, np.inf)
    tracks, candidates = [], []
    while True:
        best = cost.argmin(axis=1)
        rows = np.arange(len(cost))
        mutual = (cost.argmin(axis=0)[best] == rows) & np.isfinite(cost[rows, best])
        if not mutual.any():
            break
        tracks.append(rows[mutual])
        candidates.append(best[mutual])
        cost[rows[mutual]] = np.inf
        cost[:, best[mutual]] = np.inf
    return (np.concatenate(tracks), np.concatenate(candidates)) if tracks else (nothing, nothing)
