"""One source's direction over time: a constant-velocity Kalman filter on the tangent plane of the unit sphere, carried along with it."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.acoustic.whence import Whence
from edge_node.mounting import Vector, angles_deg, tangent_basis

Matrix = NDArray[np.float64]

ACCELERATION = 0.12
"""Root of the power of the angular acceleration, rad/s^1.5: a drone that passes at 25 m and 12 m/s, or turns."""
FIRST_RATE = 0.5
"""Sigma of a new source's angular rate, rad/s."""
LEAST_SIGMA = np.radians(0.3)
LATEST = 0.15
"""How much one look counts in the share of looks in which a source was heard."""
LEAST_COSINE = 0.02
"""Of elevation: nearer to the zenith an azimuth says nothing."""


class BearingTrack:
    """State: a unit vector in ENU and, in the two directions across it, an angle of 0 and its rate; P is 4x4 (angles, rates), rad and s."""

    def __init__(self, number: int, t_s: float, direction: Vector, covariance: Matrix) -> None:
        self.number = number
        self.t_s = self.heard_s = self.born_s = t_s
        self.direction = direction
        self.hits, self.share = 1, 1.0
        self._basis = tangent_basis(direction)
        self._rate = np.zeros(2)
        self._p = np.zeros((4, 4))
        self._p[:2, :2] = _floored(covariance)
        self._p[2:, 2:] = np.eye(2) * FIRST_RATE**2

    def predict(self, t_s: float) -> None:
        """Move on to `t_s`, which is not before the last."""
        dt = t_s - self.t_s
        self.t_s = t_s
        self.share -= LATEST * self.share
        step = np.eye(4)
        step[0, 2] = step[1, 3] = dt
        self._p = step @ self._p @ step.T
        for k in (0, 1):
            self._p[k::2, k::2] += np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]) * ACCELERATION**2
        self._move(self._rate * dt)

    def at(self, t_s: float) -> Vector:
        """The direction extrapolated to another time nearby."""
        return _unit(self.direction + (self._rate * (t_s - self.t_s)) @ self._basis)

    def distance(self, direction: Vector, covariance: Matrix) -> float:
        """Squared Mahalanobis distance, 2 degrees of freedom, of a direction heard now; infinite behind."""
        if direction @ self.direction <= 0.2:
            return np.inf
        off = self._off(direction)
        return float(off @ np.linalg.solve(self._innovation(direction, covariance), off))

    def update(self, direction: Vector, covariance: Matrix) -> None:
        """Take in a direction (3,) with its covariance (2, 2) in the tangent basis of its own azimuth and elevation, rad^2."""
        gain = np.linalg.solve(self._innovation(direction, covariance), self._p[:2]).T
        change = gain @ self._off(direction)
        self._p -= gain @ self._p[:2]
        self._p = (self._p + self._p.T) / 2
        self._rate = self._rate + change[2:]
        self._move(change[:2])
        self.heard_s = self.t_s
        self.hits += 1
        self.share += LATEST

    def whence(self, snr_db: float, *, has_elevation: bool = True) -> Whence:
        """Azimuth and elevation with rates and sigmas in degrees, and the correlation of the two errors."""
        azimuth_deg, elevation_deg = angles_deg(self.direction)
        turn = tangent_basis(self.direction) @ self._basis.T
        p = turn @ self._p[:2, :2] @ turn.T
        along_azimuth, along_elevation = (float(part) for part in np.degrees(turn @ self._rate))
        sigmas = np.degrees(np.sqrt(np.diag(p)))
        shrink = max(float(np.hypot(*self.direction[:2])), LEAST_COSINE)
        flat = Whence(
            snr_db=snr_db,
            azimuth_deg=azimuth_deg,
            sigma_azimuth_deg=min(float(sigmas[0]) / shrink, 180.0),
            azimuth_rate_dps=along_azimuth / shrink,
        )
        if not has_elevation:
            return flat
        return replace(
            flat,
            elevation_deg=elevation_deg,
            sigma_elevation_deg=float(sigmas[1]),
            elevation_rate_dps=along_elevation,
            correlation=float(p[0, 1] / np.sqrt(p[0, 0] * p[1, 1])),
        )

    def _off(self, direction: Vector) -> Vector:
        """Where a direction lies on the tangent plane, rad along the basis (gnomonic, its radius made an angle)."""
        flat = self._basis @ direction
        across = float(np.hypot(*flat))
        return flat * (np.arctan2(across, direction @ self.direction) / across) if across > 1e-12 else flat

    def _innovation(self, direction: Vector, covariance: Matrix) -> Matrix:
        turn = self._basis @ tangent_basis(direction).T
        return np.asarray(self._p[:2, :2] + turn @ _floored(covariance) @ turn.T)

    def _move(self, angles: Vector) -> None:
        """Turn direction and basis together along a great circle, so that rate and P keep their meaning (parallel transport)."""
        angle = float(np.hypot(*angles))
        if angle < 1e-12:
            return
        heading = (angles / angle) @ self._basis
        turned = self.direction * np.cos(angle) + heading * np.sin(angle)
        bend = heading * np.cos(angle) - self.direction * np.sin(angle) - heading
        self._basis = self._basis + np.outer(angles / angle, bend)
        self.direction = _unit(turned)


def _floored(covariance: Matrix) -> Matrix:
    return np.asarray(covariance + np.eye(2) * LEAST_SIGMA**2)


def _unit(direction: Vector) -> Vector:
    return np.asarray(direction / np.linalg.norm(direction))
