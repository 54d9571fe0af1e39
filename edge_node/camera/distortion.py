"""What a lens does to straight lines and back: Brown (1966) with k1 k2 p1 p2 k3, and Kannala and Brandt (2006) with k1 to k4."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, inf, isfinite, pi, sin, sqrt
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Triple = tuple[float, float, float]
Ray = tuple[Triple, Triple, Triple]
"""A unit vector, and how it moves with its place to the right and down, per focal length."""
F = TypeVar("F", float, Numbers)

MOST_STEPS = 20
CLOSE = 1e-9
"""Focal lengths: a thousandth of a thousandth of a pixel."""
BEHIND = 1e-3
"""Of a unit vector along the axis: what is less lies beside or behind a camera whose picture is a plane."""


class Distortion(Protocol):
    """Between unit vectors of the camera (x right, y ahead, z up) and places in focal lengths, right and down of its axis.

    What a lens cannot see, and a place where it shows nothing, is nan, or None of a single one.
    """

    def places(self, directions: Numbers) -> Numbers:
        """Where directions (n, 3) show, (n, 2)."""

    def directions(self, places: Numbers) -> Numbers:
        """What shows at places (n, 2), (n, 3)."""

    def ray(self, x: float, y: float) -> Ray | None:
        """What shows at one place, twenty times faster than `directions` of one."""


class Brown:
    """A picture on a plane, bent along the radius and by a lens that sits askew; without coefficients a pinhole."""

    def __init__(self, coefficients: Sequence[float] = ()) -> None:
        self._k1, self._k2, self._p1, self._p2, self._k3 = (*map(float, coefficients), *[0.0] * 5)[:5]
        self._reach = _reach((self._k1, self._k2, self._k3))

    def places(self, directions: Numbers) -> Numbers:
        """Where directions show; nan behind the camera, and where the model folds back into the picture."""
        ahead = np.where(directions[:, 1] > BEHIND, directions[:, 1], np.nan)
        x, y = directions[:, 0] / ahead, -directions[:, 2] / ahead
        seen = x * x + y * y < self._reach
        return np.stack(self._bent(np.where(seen, x, np.nan), np.where(seen, y, np.nan)), axis=1)

    def directions(self, places: Numbers) -> Numbers:
        """By Newton's method from the bent place, which comes from one side and does not overshoot within the model's reach."""
        x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
        with np.errstate(all="ignore"):
            for _ in range(MOST_STEPS):
                off = self._off(places[:, 0], places[:, 1], x, y)
                x, y = _stepped(x, y, (off[0], off[1]), self._slopes(x, y))
                if not np.any(np.abs(off) > CLOSE):
                    break
            left = np.abs(self._off(places[:, 0], places[:, 1], x, y)).max(axis=0)
            good = (left <= 10 * CLOSE) & (x * x + y * y < self._reach)
        flat = np.stack((x, np.ones_like(x), -y), axis=1)
        return np.where(good[:, None], flat, np.nan) / np.sqrt(x * x + y * y + 1.0)[:, None]

    def ray(self, x: float, y: float) -> Ray | None:
        """The same of one place, with the inverse of the model's own Jacobian."""
        at_x, at_y = x, y
        for _ in range(MOST_STEPS):
            bent_x, bent_y = self._bent(at_x, at_y)
            off, slopes = (x - bent_x, y - bent_y), self._slopes(at_x, at_y)
            xx, xy, yy = slopes
            if not isfinite(at_x * at_y) or xx * yy - xy * xy <= 0 or at_x * at_x + at_y * at_y >= self._reach:
                return None
            if abs(off[0]) <= CLOSE and abs(off[1]) <= CLOSE:
                return _flat_ray(at_x, at_y, slopes)
            at_x, at_y = _stepped(at_x, at_y, off, slopes)
        return None

    def _off(self, to_x: Numbers, to_y: Numbers, x: Numbers, y: Numbers) -> Numbers:
        bent_x, bent_y = self._bent(x, y)
        return np.stack((to_x - bent_x, to_y - bent_y))

    def _bent(self, x: F, y: F) -> tuple[F, F]:
        square = x * x + y * y
        grown = 1 + square * (self._k1 + square * (self._k2 + square * self._k3))
        return (
            x * grown + 2 * self._p1 * x * y + self._p2 * (square + 2 * x * x),
            y * grown + self._p1 * (square + 2 * y * y) + 2 * self._p2 * x * y,
        )

    def _slopes(self, x: F, y: F) -> tuple[F, F, F]:
        """The symmetric Jacobian of `_bent`: x by x, x by y, y by y."""
        square = x * x + y * y
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
        self._k = (*map(float, coefficients), *[0.0] * 4)[:4]
        self._most = min(sqrt(_reach(self._k)), pi)

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

    def ray(self, x: float, y: float) -> Ray | None:
        """The same of one place."""
        radius = hypot(x, y)
        if not isfinite(radius):
            return None
        angle = min(radius, self._most)
        for _ in range(MOST_STEPS):
            off = radius - self._radius(angle)
            if abs(off) <= CLOSE:
                return None if angle >= self._most else _round_ray(x, y, radius, angle, 1 / self._slope(angle))
            slope = self._slope(angle)
            angle = min(max(angle + off / slope, 0.0), self._most) if slope > 0 else inf
            if angle == inf:
                return None
        return None

    def _radius(self, angle: F) -> F:
        square, (k1, k2, k3, k4) = angle * angle, self._k
        return angle * (1 + square * (k1 + square * (k2 + square * (k3 + square * k4))))

    def _slope(self, angle: F) -> F:
        square, (k1, k2, k3, k4) = angle * angle, self._k
        return 1 + square * (3 * k1 + square * (5 * k2 + square * (7 * k3 + square * 9 * k4)))


def _flat_ray(x: float, y: float, slopes: Triple) -> Ray:
    """Through (x, y) of the unbent plane; `slopes` say how the bent place goes with it."""
    size = sqrt(x * x + y * y + 1.0)
    right, ahead, up = x / size, 1.0 / size, -y / size
    by_x = ((1 - right * right) / size, -right * ahead / size, -right * up / size)
    by_y = (up * right / size, up * ahead / size, (up * up - 1) / size)
    xx, xy, yy = slopes
    whole = xx * yy - xy * xy
    return (
        (right, ahead, up),
        _sum(yy / whole, by_x, -xy / whole, by_y),
        _sum(-xy / whole, by_x, xx / whole, by_y),
    )


def _round_ray(x: float, y: float, radius: float, angle: float, turn: float) -> Ray:
    """At (x, y), `radius` from the middle and `angle` from the axis, which goes by `turn` with the radius."""
    if radius < CLOSE:
        return (0.0, 1.0, 0.0), (turn, 0.0, 0.0), (0.0, 0.0, -turn)
    scale, ahead = sin(angle) / radius, cos(angle)
    growth, fall = (ahead * turn - scale) / radius, -sin(angle) * turn
    east, south = x / radius, y / radius
    return (
        (x * scale, ahead, -y * scale),
        (scale + x * growth * east, fall * east, -y * growth * east),
        (x * growth * south, fall * south, -(scale + y * growth * south)),
    )


def _sum(a: float, one: Triple, b: float, other: Triple) -> Triple:
    return a * one[0] + b * other[0], a * one[1] + b * other[1], a * one[2] + b * other[2]


def _stepped(x: F, y: F, off: tuple[F, F], slopes: tuple[F, F, F]) -> tuple[F, F]:
    """One step of Newton's method with a symmetric Jacobian."""
    xx, xy, yy = slopes
    whole = xx * yy - xy * xy
    return x + (yy * off[0] - xy * off[1]) / whole, y + (xx * off[1] - xy * off[0]) / whole


def _reach(coefficients: Sequence[float]) -> float:
    """The square of the radius up to which r (1 + k1 r^2 + k2 r^4 ...) grows; infinite where it never turns back."""
    slope = [(2 * power + 1) * k for power, k in reversed(list(enumerate(coefficients, start=1)))]
    roots = np.roots([*slope, 1.0])
    turning = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)]
    return float(turning.min()) if len(turning) else inf
