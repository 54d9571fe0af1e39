"""How an array or a camera hangs on its mast: its own frame (x right, y ahead, z up) turned into east, north, up."""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Mounting:
    """Turns directions of one device into ENU and back: first roll about y, then tilt about x, then azimuth about z."""

    def __init__(self, azimuth_deg: float, tilt_deg: float, roll_deg: float) -> None:
        azimuth, tilt, roll = np.radians([azimuth_deg, tilt_deg, roll_deg])
        self._to_enu = _about_z(azimuth) @ _about_x(tilt) @ _about_y(roll)

    @property
    def up(self) -> Vector:
        """Where the sky is, as a unit vector in the device's own frame."""
        return np.asarray(self._to_enu[2])

    def to_enu(self, directions: Vector) -> Vector:
        """Unit vectors (..., 3) of the device's frame in ENU."""
        return np.asarray(directions @ self._to_enu.T)

    def to_device(self, directions: Vector) -> Vector:
        """ENU unit vectors (..., 3) in the device's frame."""
        return np.asarray(directions @ self._to_enu)


def _about_z(angle: float) -> Vector:
    """Clockwise as seen from above, as azimuths count."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _about_x(angle: float) -> Vector:
    """Y goes up."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _about_y(angle: float) -> Vector:
    """x, the right side, goes down."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def tangent_basis(direction: Iterable[float]) -> Vector:
    """Two unit vectors (2, 3) across a direction: along rising azimuth and along rising elevation; at the zenith azimuth is north's."""
    east, north, up = (float(part) for part in direction)
    across = hypot(east, north)
    if across < 1e-9:
        return np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]) if up > 0 else np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return np.array([[north / across, -east / across, 0.0], [-east * up / across, -north * up / across, across]])


def angles_deg(direction: Iterable[float]) -> tuple[float, float]:
    """Azimuth (0 <= a < 360) and elevation in degrees of an ENU vector."""
    east, north, up = (float(part) for part in direction)
    azimuth = degrees(atan2(east, north)) % 360.0
    return azimuth if azimuth < 360.0 else 0.0, degrees(atan2(up, hypot(east, north)))
