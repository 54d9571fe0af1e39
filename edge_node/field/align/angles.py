"""A rotation as the three angles of node.toml, and what an error of it is in each of them."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np

from edge_node.field.align.bearings import Pose
from edge_node.field.align.lines import turned
from edge_node.field.align.path import Array

STEP_RAD = 1e-5
UPRIGHT = 0.25
"""Cosine of a tilt near 90 degrees, where azimuth and roll turn about one axis and only both together say something."""


def pose_of(rotation: Array, near: Pose) -> Pose:
    """The angles of a rotation (3, 3) of a sensor's frame to east, north, up; of the two ways to say it, that next to `near`."""
    east, north, up = (float(part) for part in rotation[:, 1])
    tilt = atan2(up, hypot(east, north))
    azimuth = atan2(east, north) if hypot(east, north) > 1e-9 else radians(near.azimuth_deg)
    across = np.array([cos(azimuth), -sin(azimuth), 0.0])
    over = np.cross(across, rotation[:, 1])
    roll = atan2(float(across @ rotation[:, 2]), float(over @ rotation[:, 2]))
    told = degrees(azimuth) % 360, degrees(tilt), degrees(roll)
    other = (told[0] + 180) % 360, within_180(180 - told[1]), within_180(told[2] + 180)
    least = min((told, other), key=lambda one: abs(within_180(one[1] - near.tilt_deg)) + abs(within_180(one[2] - near.roll_deg)))
    return Pose(*least)


def sigmas_deg(rotation: Array, covariance: Array, near: Pose) -> tuple[float, float, float]:
    """1 sigma of azimuth, tilt and roll, from a covariance (3, 3) of turns about east, north and up, rad.

    Of what stands upright they are of turns about the vertical, the sensor's x axis and the horizon beneath its front.
    """
    axes = gradients(rotation, near)
    if abs(cos(radians(pose_of(rotation, near).tilt_deg))) < UPRIGHT:
        x = rotation[:, 0]
        axes = np.stack([np.array([0.0, 0.0, -1.0]), x, np.cross(x, [0.0, 0.0, 1.0])])
    spread = np.degrees(np.sqrt(np.einsum("ki,ij,kj->k", axes, covariance, axes)))
    return float(spread[0]), float(spread[1]), float(spread[2])


def gradients(rotation: Array, near: Pose) -> Array:
    """How azimuth, tilt and roll move with turns about east, north and up: (3, 3)."""
    here = _as_array(pose_of(rotation, near))
    rows = [_as_array(pose_of(turned(rotation, STEP_RAD * axis), near)) - here for axis in np.eye(3)]
    return np.asarray((((np.radians(rows) + np.pi) % (2 * np.pi)) - np.pi).T / STEP_RAD)


def within_180(angle_deg: float) -> float:
    """The same angle from -180 to 180."""
    return (angle_deg + 180) % 360 - 180


def _as_array(pose: Pose) -> Array:
    return np.array([pose.azimuth_deg, pose.tilt_deg, pose.roll_deg])
