"""Lines of sight from the node to where a drone was when what a sensor tells of it began its way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings
from edge_node.field.align.path import Array, Path

SOUND_AT_0_C_MPS, MPS_A_KELVIN = 331.3, 0.606
WAY_ROUNDS = 4
"""A drone of 20 m/s moves the time at which its sound began by a factor of 0.06 a round."""
LEAST_RANGE_M = 3.0


class Lines(NamedTuple):
    """For n detections: unit vectors (n, 3) east, north, up; ranges (n,); how fast these turn as time goes on (n, 3), 1/s; which are known.

    `began_s` (n,) is when light or sound left the drone, `bend_m` (n,) how far from the path's spline it may have been.
    """

    directions: Array
    range_m: Array
    turning: Array
    began_s: Array
    velocity_mps: Array
    bend_m: Array
    known: NDArray[np.bool_]

    def of(self, kept: NDArray[np.bool_]) -> Lines:
        """Some of them."""
        directions, range_m, turning, began_s, velocity_mps, bend_m, known = self
        return Lines(*(directions[kept], range_m[kept], turning[kept], began_s[kept]), velocity_mps[kept], bend_m[kept], known[kept])


def sound_mps(temperature_c: float) -> float:
    """Speed of sound in air."""
    return SOUND_AT_0_C_MPS + MPS_A_KELVIN * temperature_c


def lines(path: Path, bearings: Bearings, late_s: float, sound: float) -> Lines:
    """Where the drone was for each detection, if the sensor's times are `late_s` late."""
    happened_s = bearings.t_s - late_s
    began_s = happened_s
    places, velocity, bend_m, known = path.at(began_s)
    if bearings.sense == "sound":
        for _ in range(WAY_ROUNDS):
            began_s = happened_s - np.linalg.norm(places, axis=1) / sound
            places, velocity, bend_m, known = path.at(began_s)
    range_m = np.maximum(np.linalg.norm(places, axis=1), LEAST_RANGE_M)
    directions = places / range_m[:, None]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    along = np.sum(velocity * directions, axis=1)
    turning = (velocity - along[:, None] * directions) / range_m[:, None]
    if bearings.sense == "sound":
        turning /= np.maximum(1 + along / sound, 0.5)[:, None]
    return Lines(directions, range_m, turning, began_s, velocity, bend_m, known)


def bases(directions: Array) -> Array:
    """Two unit vectors (n, 2, 3) across each direction (n, 3): along rising azimuth and rising elevation."""
    east, north, up = directions.T
    across = np.maximum(np.hypot(east, north), 1e-6)
    flat = np.zeros_like(east)
    aside = np.stack([north / across, -east / across, flat], axis=1)
    above = np.stack([-east * up / across, -north * up / across, across], axis=1)
    return np.stack([aside, above], axis=1)


def turned(rotation: Array, vector: Array) -> Array:
    """A rotation (3, 3) turned further by a rotation vector (3,) of east, north, up (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return rotation
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray((np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross) @ rotation)


def vector_of(rotation: Array) -> Array:
    """The rotation vector (3,) of a rotation (3, 3)."""
    angle = float(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1)))
    skew = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]]) / 2
    if angle < 1e-9:
        return np.asarray(skew)
    if angle > np.pi - 1e-3:
        axis = np.sqrt(np.maximum((np.diag(rotation) + 1) / 2, 0))
        return np.asarray(angle * axis * np.where(skew < 0, -1, 1))
    return np.asarray(skew * angle / np.sin(angle))
