"""Detections that stand still while the drone goes on: a track has lost it and stays with what was behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings
from edge_node.field.align.errors import RESTLESS_M
from edge_node.field.align.lines import Lines, lines
from edge_node.field.align.path import Array, Path

WITHIN_S, MOST_PAIRS = 3.0, 120
"""Errors of places hardly change within this time; no sensor tells of one track more often than that."""
STILL = 0.25
"""Of the way that the drone made meanwhile."""
SURE_SIGMAS = 4.0
DRIFT_PER_S = 0.15
"""How much of its sigma a receiver's error changes in a second: the wander of half a minute."""
ROUGH_S = 0.15
"""How well lateness is known from a search."""


def still(path: Path, bearings: Bearings, late_s: float, sound: float) -> NDArray[np.bool_]:
    """Which of the detections (n,) are within a part of their track that stood still while the drone surely moved."""
    order = np.lexsort((bearings.t_s, bearings.tracks))
    told = bearings.of(order)
    line = lines(path, told, late_s, sound)
    n, changes, farthest = len(told), np.zeros(len(told) + 1, dtype=np.int64), np.zeros(len(told))
    for apart in range(1, min(n, MOST_PAIRS)):
        first, last = np.arange(n - apart), np.arange(apart, n)
        pairs = _comparable(told, line, first, last)
        if not pairs.any():
            break
        farthest = np.maximum(farthest[: n - apart], _way(told.directions, first, last))
        made, sigma = _way(line.directions, first, last), _sigma_rad(path, told, line, first, last)
        stood = pairs & (farthest < STILL * made) & (made * (1 - STILL) > SURE_SIGMAS * sigma)
        np.add.at(changes, first[stood], 1)
        np.add.at(changes, last[stood] + 1, -1)
    found = np.zeros(n, dtype=np.bool_)
    found[order] = np.cumsum(changes)[:n] > 0
    return found


def _comparable(told: Bearings, line: Lines, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Of one track, with an elevation, soon after each other, and while the drone's place is known."""
    known = line.known & told.raised
    near = (told.tracks[first] == told.tracks[last]) & (told.t_s[last] - told.t_s[first] <= WITHIN_S)
    return np.asarray(near & known[first] & known[last])


def _way(directions: Array, first: NDArray[np.intp], last: NDArray[np.intp]) -> Array:
    return np.asarray(np.linalg.norm(directions[last] - directions[first], axis=1))


def _sigma_rad(path: Path, told: Bearings, line: Lines, first: NDArray[np.intp], last: NDArray[np.intp]) -> Array:
    """What errors do to the way (m,) between two detections: the sensor's, the places', and a lateness that is roughly known."""
    own = np.trace(told.covariances[first] + told.covariances[last], axis1=1, axis2=2)
    drift_m = DRIFT_PER_S * path.sigma_m[0] * (told.t_s[last] - told.t_s[first])
    places_m2 = 2 * (2 * RESTLESS_M[0] ** 2 + drift_m**2) + line.bend_m[first] ** 2 + line.bend_m[last] ** 2
    turned = np.linalg.norm(line.turning[last] - line.turning[first], axis=1)
    return np.asarray(np.sqrt(own + places_m2 / np.minimum(line.range_m[first], line.range_m[last]) ** 2 + (ROUGH_S * turned) ** 2))
