"""Whether a flight tells a turn from lateness at all: what local sigmas cannot show, as both may slide along together without end."""

from __future__ import annotations

import numpy as np

from edge_node.field.align.lines import turned, vector_of
from edge_node.field.align.path import Array
from edge_node.field.align.search import jacobian, residuals
from edge_node.field.align.weighing import PRIOR, Posed, posed

SLID_S = 0.5
STEPS = 6
LEAST_RISE = 1.5
"""A sensor that is so much later must fit so much worse, or nobody knows how late it is."""
UNKNOWN_S = 1.0


def ridge(at: Posed, sound: float) -> Array:
    """What is to be added to the covariance (4, 4) of turns about east, north, up (rad) and lateness (s): 0 where the flight tells them."""
    before = _rms(at)
    slid = [_settled(posed(at.path, at.bearings, at.rotation, at.late_s + sign * SLID_S, sound), sound) for sign in (-1, 1)]
    best, sign = min(zip(slid, (-1, 1), strict=True), key=lambda one: _rms(one[0]))
    if _rms(best) > LEAST_RISE * before:
        return np.zeros((4, 4))
    way = np.array([*(sign * vector_of(best.rotation @ at.rotation.T) / SLID_S), 1.0]) * UNKNOWN_S
    return np.outer(way, way)


def _settled(at: Posed, sound: float) -> Posed:
    """Turned to where it fits best, as late as it is."""
    for _ in range(STEPS):
        slope, off = jacobian(at.rotation, at.bearings, at.line)[:, :, :3].reshape(-1, 3), residuals(at.rotation, at.bearings, at.line)
        weight = 1 / max(_rms(at), 1e-4) ** 2
        step = np.asarray(-np.linalg.solve(weight * slope.T @ slope + PRIOR[:3, :3], weight * slope.T @ off.reshape(-1)), np.float64)
        at = posed(at.path, at.bearings, turned(at.rotation, step), at.late_s, sound)
    return at


def _rms(at: Posed) -> float:
    """Of what is known at this lateness."""
    off = residuals(at.rotation, at.bearings, at.line)[at.line.known]
    return float(np.sqrt(np.mean(np.sum(off**2, axis=1)))) if len(off) else np.inf
