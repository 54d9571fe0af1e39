"""What a lens does to straight lines and back: Brown (1966) with k1 k2 p1 p2 k3, and Kannala and Brandt (2006) with k1 to k4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

MOST_STEPS = 20
CLOSE = 1e-9
"""Focal lengths: a thousandth of a thousandth of a pixel."""
BEHIND = 1e-3
"""Of a unit vector along the axis: what is less lies beside or behind a camera whose picture is a plane."""


class Distortion(Protocol):
    """Between unit vectors (n, 3) of the camera (x right, y ahead, z up) and places (n, 2) in focal lengths, right and down of its axis.

    What a lens cannot see, and a place where it shows nothing, is nan.
    """

    def places(self, directions: Numbers) -> Numbers:
        """Where directions (n, 3) show."""

    def directions(self, places: Numbers) -> Numbers:
        """What shows at places (n, 2)."""


class Brown:
    """A picture on a plane, bent along the radius and by a lens that sits askew; without coefficients a pinhole."""

    def __init__(self, coefficients: Sequence[float] = ()) -> None:
        self._k1, self._k2, self._p1, self._p2, self._k3 = (*coefficients, *[0.0] * 5)[:5]
        self._reach = _reach((self._k1, self._k2, self._k3))

    def places(self, directions: Numbers) -> Numbers:
        """Where directions show; nan behind the camera, and where the model folds back into the picture."""
        ahead = np.where(directions[:, 1] > BEHIND, directions[:, 1], np.nan)
        flat = np.stack((directions[:, 0] / ahead, -directions[:, 2] / ahead), axis=1)
        return self._bent(np.where(_square(flat) < self._reach, flat, np.nan))

    def directions(self, places: Numbers) -> Numbers:
        """By Newton's method from the bent place, which comes from one side and does not overshoot within the model's reach."""
        flat = places.astype(np.float64)
        with np.errstate(all="ignore"):
            for _ in range(MOST_STEPS):
                off = places - self._bent(flat)
                flat = flat + _solved(self._slopes(flat), off)
                if not np.any(np.abs(off) > CLOSE):
                    break
            good = (np.abs(places - self._bent(flat)).max(axis=1) <= 10 * CLOSE) & (_square(flat) < self._reach)
        flat = np.where(good[:, None], flat, np.nan)
        return _unit(np.stack((flat[:, 0], np.ones(len(flat)), -flat[:, 1]), axis=1))

    def _bent(self, flat: Numbers) -> Numbers:
        x, y, square = flat[:, 0], flat[:, 1], _square(flat)
        grown = 1 + square * (self._k1 + square * (self._k2 + square * self._k3))
        return np.stack(
            (
                x * grown + 2 * self._p1 * x * y + self._p2 * (square + 2 * x * x),
                y * grown + self._p1 * (square + 2 * y * y) + 2 * self._p2 * x * y,
            ),
            axis=1,
        )

    def _slopes(self, flat: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """The symmetric Jacobian of `_bent`: x by x, x by y, y by y."""
        x, y, square = flat[:, 0], flat[:, 1], _square(flat)
        grown = 1 + square * (self._k1 + square * (self._k2 + square * self._k3))
        growth = 2 * (self._k1 + square * (2 * self._k2 + square * 3 * self._k3))
        return (
            grown + x * x * growth + 2 * self._p1 * y + 6 * self._p2 * x,
            x * y * growth + 2 * self._p1 * x + 2 * self._p2 * y,
            grown + y * y * growth + 6 * self._p1 * y + 2 * self._p2 * x,
        )


class Fisheye:
    """A picture whose radius goes with the angle from the axis, so that a lens may see beside and behind itself."""

    def __init__(self, coefficients: Sequence[float] = ()) -> None:
        self._k = (*coefficients, *[0.0] * 4)[:4]
        self._most = min(np.sqrt(_reach(self._k)), np.pi)

    def places(self, directions: Numbers) -> Numbers:
        """Where directions show; nan beyond the angle at which the model turns back."""
        across = np.hypot(directions[:, 0], directions[:, 2])
        angle = np.arctan2(across, directions[:, 1])
        radius = self._radius(np.where(angle < self._most, angle, np.nan))
        scale = np.where(across > 0, radius / np.where(across > 0, across, 1.0), 0.0 * radius)
        return np.stack((directions[:, 0] * scale, -directions[:, 2] * scale), axis=1)

    def directions(self, places: Numbers) -> Numbers:
        """By Newton's method on the angle from the axis."""
        radius = np.hypot(places[:, 0], places[:, 1])
        angle = np.minimum(radius, self._most)
        with np.errstate(all="ignore"):
            for _ in range(MOST_STEPS):
                off = radius - self._radius(angle)
                angle = np.clip(angle + off / self._slope(angle), 0.0, self._most)
                if not np.any(np.abs(off) > CLOSE):
                    break
            good = (np.abs(radius - self._radius(angle)) <= 10 * CLOSE) & (angle < self._most)
        angle = np.where(good, angle, np.nan)
        scale = np.sin(angle) / np.where(radius > 0, radius, 1.0)
        return np.stack((places[:, 0] * scale, np.cos(angle), -places[:, 1] * scale), axis=1)

    def _radius(self, angle: Numbers) -> Numbers:
        square, (k1, k2, k3, k4) = angle * angle, self._k
        return np.asarray(angle * (1 + square * (k1 + square * (k2 + square * (k3 + square * k4)))))

    def _slope(self, angle: Numbers) -> Numbers:
        square, (k1, k2, k3, k4) = angle * angle, self._k
        return np.asarray(1 + square * (3 * k1 + square * (5 * k2 + square * (7 * k3 + square * 9 * k4))))


def _reach(coefficients: Sequence[float]) -> float:
    """The square of the radius up to which r (1 + k1 r^2 + k2 r^4 ...) grows; infinite where it never turns back."""
    slope = [(2 * power + 1) * k for power, k in reversed(list(enumerate(coefficients, start=1)))]
    roots = np.roots([*slope, 1.0])
    turning = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)]
    return float(turning.min()) if len(turning) else np.inf


def _square(flat: Numbers) -> Numbers:
    return np.asarray(flat[:, 0] ** 2 + flat[:, 1] ** 2)


def _solved(slopes: tuple[Numbers, Numbers, Numbers], off: Numbers) -> Numbers:
    """Symmetric 2x2 systems at once."""
    xx, xy, yy = slopes
    whole = xx * yy - xy * xy
    return np.stack((yy * off[:, 0] - xy * off[:, 1], xx * off[:, 1] - xy * off[:, 0]), axis=1) / whole[:, None]


def _unit(vectors: Numbers) -> Numbers:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
