"""Whether a flight tells a turn from lateness at all: what local sigmas cannot show, as both may slide along together without end."""

from __future__ import annotations

import numpy as np

from edge_node.field.align.lines import turned, vector_of
from edge_node.field.align.path import Array
from edge_node.field.align.search import jacobian, residuals
from edge_node.field.align.weighing import PRIOR, Posed, posed

SLID_S = 0.5
STEPS = 6
LEAST_RISE = 1.3
"""A sensor that is so much later must fit so much worse, or nobody knows how late it is."""
UNKNOWN_S = 1.0


def ridge(at: Posed, spread: Array, sound: float) -> Array:
    """What is to be added to the covariance (4, 4) of turns about east, north, up (rad) and lateness (s): 0 where the flight tells them.

    `spread` (2n,) are the variances of all errors of each residual, rad^2.
    """
    weight = 1 / spread.reshape(-1, 2)
    slid = [_settled(posed(at.path, at.bearings, at.rotation, at.late_s + sign * SLID_S, sound), weight, sound) for sign in (-1, 1)]
    best, sign = min(zip(slid, (-1, 1), strict=True), key=lambda one: _misfit(one[0], weight))
    if _misfit(best, weight) > LEAST_RISE**2 * _misfit(_settled(at, weight, sound), weight):
        return np.zeros((4, 4))
    way = np.array([*(sign * vector_of(best.rotation @ at.rotation.T) / SLID_S), 1.0]) * UNKNOWN_S
    return np.outer(way, way)


def _settled(at: Posed, weight: Array, sound: float) -> Posed:
    """Turned to where it fits best, as late as it is."""
    for _ in range(STEPS):
        slope, off = jacobian(at.rotation, at.bearings, at.line)[:, :, :3], residuals(at.rotation, at.bearings, at.line)
        normal = np.einsum("nij,ni,nik->jk", slope, weight, slope) + PRIOR[:3, :3]
        step = np.asarray(-np.linalg.solve(normal, np.einsum("nij,ni,ni->j", slope, weight, off)), np.float64)
        at = posed(at.path, at.bearings, turned(at.rotation, step), at.late_s, sound)
    return at


def _misfit(at: Posed, weight: Array) -> float:
    """Mean square of what is known at this lateness, in sigmas."""
    square = np.sum(weight * residuals(at.rotation, at.bearings, at.line) ** 2, axis=1)[at.line.known]
    return float(np.mean(square)) if len(square) else np.inf
