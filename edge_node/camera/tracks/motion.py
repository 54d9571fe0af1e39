"""Constant-velocity Kalman filters of many tracks at once; both axes of a picture share one covariance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ACCELERATION = 0.5
"""Of the picture's width a second squared, 1 sigma: what a drone does nearby, and a bird further off."""
FIRST_SPEED = 0.25
"""Of the picture's width a second, 1 sigma: of what is seen for the first time."""
MEASURED_PX = 0.7
MEASURED_SHARE = 0.08
"""1 sigma of a box's middle: pixels, and that share of its longer side."""


class Motion:
    """`state` (n, 2, 2): place and velocity of each axis, in scene pixels and scene pixels a second; `covariance` (n, 2, 2) of one axis."""

    def __init__(self, width_px: int) -> None:
        self._acceleration = (ACCELERATION * width_px) ** 2
        self._speed = (FIRST_SPEED * width_px) ** 2
        self.state: Array = np.empty((0, 2, 2))
        self.covariance: Array = np.empty((0, 2, 2))

    @property
    def place(self) -> Array:
        """(n, 2)."""
        return self.state[:, :, 0]

    @property
    def velocity(self) -> Array:
        """(n, 2)."""
        return self.state[:, :, 1]

    def predict(self, elapsed_s: float) -> None:
        """Carry all on; white acceleration over the time between."""
        step = np.array([[1.0, elapsed_s], [0.0, 1.0]])
        noise = self._acceleration * np.array([[elapsed_s**4 / 4, elapsed_s**3 / 2], [elapsed_s**3 / 2, elapsed_s**2]])
        self.state = self.state @ step.T
        self.covariance = step @ self.covariance @ step.T + noise

    def update(self, which: NDArray[np.intp], measured: Array, variance: Array) -> None:
        """Take in one place (m, 2) of each of some tracks, with its variance (m) on either axis."""
        covariance = self.covariance[which]
        gain = covariance[:, :, 0] / (covariance[:, 0, 0] + variance)[:, None]
        off = measured - self.state[which, :, 0]
        self.state[which] += off[:, :, None] * gain[:, None, :]
        self.covariance[which] = covariance - gain[:, :, None] * covariance[:, None, 0, :]

    def add(self, places: Array, variance: Array) -> None:
        """Tracks that begin, of unknown velocity."""
        state = np.zeros((len(places), 2, 2))
        state[:, :, 0] = places
        covariance = np.zeros((len(places), 2, 2))
        covariance[:, 0, 0], covariance[:, 1, 1] = variance, self._speed
        self.state = np.concatenate([self.state, state])
        self.covariance = np.concatenate([self.covariance, covariance])

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Drop all others."""
        self.state, self.covariance = self.state[which], self.covariance[which]


def variance_of(boxes: NDArray[np.float32]) -> Array:
    """How well the middle of a box (n, 4) is known, px2 on either axis."""
    sigma = np.hypot(MEASURED_PX, MEASURED_SHARE * np.maximum(boxes[:, 2], boxes[:, 3]).astype(np.float64))
    return np.asarray(sigma**2)
