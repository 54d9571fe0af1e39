"""Residuals of an assumed pose, weighed by the covariance of all their errors, and which errors are the likeliest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings
from edge_node.field.align.errors import (
    DRIFTS,
    HABITS,
    Drift,
    Habit,
    echo_covariance,
    own_spread,
    place_covariance,
    sensor_covariance,
)
from edge_node.field.align.lines import Lines, lines, vector_of
from edge_node.field.align.path import Array, Path
from edge_node.field.align.search import jacobian, residuals

TURNS = 2
PRIOR_DEG, PRIOR_S = (15.0, 15.0, 60.0), 3.0
"""Sigmas of what is known before: turns about east, north and up, and lateness. They only keep steps finite."""
PRIOR = np.diag([*(np.radians(PRIOR_DEG) ** -2.0), PRIOR_S**-2.0])


class Noise(NamedTuple):
    """How a sensor and the drone's receiver err."""

    habit: Habit
    drift: Drift


class Posed(NamedTuple):
    """Detections of one sensor, if it stands so (3, 3) and is so late."""

    path: Path
    bearings: Bearings
    rotation: Array
    late_s: float
    line: Lines

    def of(self, kept: NDArray[np.bool_]) -> Posed:
        """Some of the detections."""
        return self._replace(bearings=self.bearings.of(kept), line=self.line.of(kept))

    def pull(self) -> Array:
        """How the prior draws back (4,) to what node.toml says and no lateness."""
        return np.asarray(PRIOR @ np.array([*vector_of(self.rotation @ self.bearings.pose.matrix().T), self.late_s]))

    def roots(self) -> Array:
        """Of the sensor's own covariances (n, 2, 2)."""
        return np.linalg.cholesky(own_spread(self.rotation, self.bearings, self.line)).astype(np.float64)

    def own(self, habit: Habit) -> Array:
        """Covariance (2n, 2n) of the sensor's errors."""
        return sensor_covariance(habit, self.roots(), self.bearings)

    def around(self, drift: Drift) -> Array:
        """Covariance (2n, 2n) of what places and the ground do."""
        return place_covariance(self.path, drift, (self.bearings, self.line)) + echo_covariance(self.bearings, self.line)


def posed(path: Path, bearings: Bearings, rotation: Array, late_s: float, sound: float) -> Posed:
    """With the lines of sight that go with it."""
    return Posed(path, bearings, rotation, late_s, lines(path, bearings, late_s, sound))


class Weighed(NamedTuple):
    """Residuals (2n,) and how they move with the unknowns (2n, 4), both made white; by what (2n, 2n), and its logarithmic determinant."""

    off: Array
    slope: Array
    whitener: Array
    log_det: float

    def normal(self) -> Array:
        """Information on the unknowns with the prior's, (4, 4)."""
        return np.asarray(self.slope.T @ self.slope + PRIOR)

    def weights(self) -> Array:
        """Inverse covariance times residuals, (2n,)."""
        return np.asarray(self.whitener.T @ self.off)

    def likelihood(self) -> float:
        """Restricted by the unknowns, in natural logarithm, but for a constant (Patterson and Thompson 1971)."""
        normal, pull = self.normal(), self.slope.T @ self.off
        misfit = self.off @ self.off - pull @ np.linalg.solve(normal, pull)
        return float(0.5 * (self.log_det - np.linalg.slogdet(normal)[1] - misfit))


def weighed(at: Posed, covariance: Array) -> Weighed:
    """With any covariance (2n, 2n)."""
    slope = jacobian(at.rotation, at.bearings, at.line).reshape(-1, 4)
    off = residuals(at.rotation, at.bearings, at.line).reshape(-1)
    whitener = np.linalg.inv(np.linalg.cholesky(covariance))
    return Weighed(whitener @ off, whitener @ slope, whitener, 2 * float(np.sum(np.log(np.diag(whitener)))))


def with_noise(at: Posed, noise: Noise) -> Weighed:
    """With all errors."""
    return weighed(at, at.own(noise.habit) + at.around(noise.drift))


def likeliest(at: Posed, noise: Noise) -> Noise:
    """The likeliest habit of the sensor and drift of the drone, in turns."""
    own = {habit: at.own(habit) for habit in HABITS}
    around = {drift: at.around(drift) for drift in DRIFTS}
    for _ in range(TURNS):
        habit = max(HABITS, key=lambda one: weighed(at, own[one] + around[noise.drift]).likelihood())
        drift = max(DRIFTS, key=lambda one: weighed(at, own[habit] + around[one]).likelihood())
        if (habit, drift) == noise:
            break
        noise = Noise(habit, drift)
    return noise
