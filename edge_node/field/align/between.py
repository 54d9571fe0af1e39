"""Where a drone was between two fixes: of a turn within them nobody knows how sharp it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Way = tuple[Array, Array]
"""Places and velocities, (n, 3) each."""

LEAST_TURN_MPS = 1.0
"""Velocities that differ by no more than they err do not say when it turned: in the middle, then."""
SOONEST = 0.05
"""Of the time between two fixes, the least that is left before and after a turn, so that its legs have a speed."""
MOST_AMISS_MPS = 1.5
"""Velocities that differ more from the way between fixes, usually, are not those of the flight: what places say is as good."""


def steady(x: Array, h: Array, ends: tuple[Way, Way]) -> Way:
    """At shares x (n, 1) of h (n, 1) seconds between two ends, if it turned all the time: cubic Hermite splines."""
    (a, u), (b, v) = ends
    u, v = h * u, h * v
    place = a + x * u + x**2 * (3 * (b - a) - 2 * u - v) + x**3 * (2 * (a - b) + u + v)
    return place, (u + 2 * x * (3 * (b - a) - 2 * u - v) + 3 * x**2 * (2 * (a - b) + u + v)) / h


def sharp(x: Array, h: Array, ends: tuple[Way, Way]) -> Way:
    """If it went straight on, turned at once, and went straight on: when is what velocities and places agree on best."""
    (a, u), (b, v) = ends
    turn = u - v
    along = np.sum((b - a - v * h) * turn, axis=1, keepdims=True) + LEAST_TURN_MPS**2 * h / 2
    turned_s = along / (np.sum(turn**2, axis=1, keepdims=True) + LEAST_TURN_MPS**2)
    turned_s = np.clip(turned_s, SOONEST * h, (1 - SOONEST) * h)
    corner = (a + u * turned_s + b - v * (h - turned_s)) / 2
    into, out, t_s = (corner - a) / turned_s, (b - corner) / (h - turned_s), x * h
    before = t_s < turned_s
    return np.where(before, a + into * t_s, b - out * (h - t_s)), np.where(before, into, out)


def between(x: Array, h: Array, ends: tuple[Way, Way], share: Array) -> tuple[Array, Array, Array]:
    """Places and velocities (n, 3) a `share` (n,) of the way from steady to sharp, and 1 sigma (n,), m: none or twice that may be true."""
    (place, velocity), (corner, speed) = steady(x, h, ends), sharp(x, h, ends)
    each = share[:, None]
    return place + each * (corner - place), velocity + each * (speed - velocity), share * np.linalg.norm(corner - place, axis=1)


def sharpness(velocities_mps: Array) -> Array:
    """For every two of n fixes (n - 1,): 0 where a turn also was before or went on after, 1/2 where it was within them, however sharp."""
    turns = np.linalg.norm(np.diff(velocities_mps, axis=0), axis=1)
    beside = np.pad(turns, 1)
    return np.asarray(0.5 * np.clip(1 - np.maximum(beside[:-2], beside[2:]) / np.maximum(turns, 1e-9), 0.0, 1.0))


def bends_m(t_s: Array, places_m: Array) -> Array:
    """1 sigma of a spline between two of n fixes (n - 1,), m, where places alone are known: a turn may have been anywhere between."""
    step = np.diff(t_s)
    speeds = np.diff(places_m, axis=0) / step[:, None]
    turns = np.pad(np.linalg.norm(np.diff(speeds, axis=0), axis=1), 1)
    return np.asarray(np.maximum(turns[1:], turns[:-1]) * step / 8)


def agree(t_s: Array, places_m: Array, velocities_mps: Array) -> bool:
    """Whether velocities (n, 3) are those of the way between fixes, but for its turns."""
    made = np.diff(places_m, axis=0) / np.diff(t_s)[:, None]
    return float(np.median(np.linalg.norm(made - (velocities_mps[1:] + velocities_mps[:-1]) / 2, axis=1))) < MOST_AMISS_MPS
