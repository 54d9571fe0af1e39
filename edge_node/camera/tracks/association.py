"""Which candidate belongs to which track: global nearest neighbours, greedily from the surest pair on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GATE = 16.0
"""Mahalanobis distance squared: 99.97 % of true pairs of two dimensions."""
UNLIKE = 2.0
MOST_LOG = 1.4
"""Natural logarithm: sizes or contrasts four times apart are two objects."""
LEAST_CONTRAST = 1.0
TURNED = 4.0
"""Against what was dark and is bright: a drone that sinks from the sky before trees."""
UNUSUAL = 4.0
"""Sigmas of change that are nothing much: an object that differs from its scene four times as much is not what the scene always shows."""


class Places(NamedTuple):
    """Where things are: `middle` (n, 2) px, its `variance` (n) px2 on either axis; their `size` (n) px and `contrast` (n) in levels.

    `change` (n) is from what is usual there, in sigmas; None while nobody knows.
    """

    middle: Array
    variance: Array
    size: Array
    contrast: Array
    change: Array | None = None


def pairs(tracks_at: Places, found_at: Places) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of tracks and of the candidates that are theirs."""
    nothing = np.empty(0, np.intp)
    if not len(tracks_at.middle) or not len(found_at.middle):
        return nothing, nothing
    variance = tracks_at.variance[:, None] + found_at.variance[None, :]
    off = found_at.middle[None, :, :] - tracks_at.middle[:, None, :]
    distance = (off[:, :, 0] ** 2 + off[:, :, 1] ** 2) / variance
    one, other = np.nonzero(distance < GATE)
    size = np.abs(np.log(tracks_at.size[one] / found_at.size[other]))
    theirs, found = tracks_at.contrast[one], found_at.contrast[other]
    contrast = np.abs(np.log(np.maximum(np.abs(theirs), LEAST_CONTRAST) / np.maximum(np.abs(found), LEAST_CONTRAST)))
    unlike = UNLIKE * (size**2 + contrast**2) + TURNED * (np.sign(theirs) != np.sign(found))
    cost = distance[one, other] + 2 * np.log(variance[one, other]) + unlike
    fits = np.flatnonzero((size < MOST_LOG) & (contrast < MOST_LOG) & ~_is_scene(tracks_at, found_at, one, other))
    surest = fits[cost[fits].argsort(kind="stable")]
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for track, candidate in zip(one[surest].tolist(), other[surest].tolist(), strict=True):
        if track not in chosen and candidate not in taken:
            chosen[track] = candidate
            taken.add(candidate)
    return np.fromiter(chosen.keys(), np.intp, len(chosen)), np.fromiter(chosen.values(), np.intp, len(chosen))


def _is_scene(tracks_at: Places, found_at: Places, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether an object that stood out from its scene is to be found where the scene is as ever."""
    if tracks_at.change is None or found_at.change is None:
        return np.zeros(len(one), bool)
    return np.asarray(np.log((tracks_at.change[one] + UNUSUAL) / (found_at.change[other] + UNUSUAL)) > MOST_LOG)
