"""What of a bearing's distance from a claimed place is error, and whose: the sensor's, the drone's receiver's, the node's own place's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edge_node.field.align.bearings import Bearings
from edge_node.field.align.lines import Lines, bases
from edge_node.field.align.path import Array, Path

RESTLESS_M, RESTLESS_S = (0.2, 0.2, 0.25), 1.0
"""What is new with every fix: rounding (altitude to 0.5 m), the receiver's noise, what a spline makes of a turn."""

ECHO_DEG, ECHO_BELOW_DEG, ECHO_ALIKE_S = 2.5, 12.0, 4.0
"""What the ground's echo does at most to the elevation of a sound at the horizon, and above which elevation it does nothing."""


class Habit(NamedTuple):
    """How a sensor errs beside what it says itself: `scale` times its sigmas, a share of that alike within `alike_s` on one track."""

    scale: float = 1.0
    share: float = 0.0
    alike_s: float = 1.0


class Drift(NamedTuple):
    """How a drone's GNSS errs: `scale` times the sigma that it states."""

    scale: float = 1.0


Placed = tuple[Bearings, Lines]
HABITS = tuple(
    Habit(scale, share, alike_s)
    for scale in (0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0)
    for share, alike_s in ((0.0, 1.0), (0.5, 1.0), (0.5, 4.0), (0.9, 1.0), (0.9, 4.0))
)
DRIFTS = tuple(Drift(scale) for scale in (0.3, 0.5, 0.7, 1.0, 1.4, 2.0))
ALIKE_S = np.geomspace(6.0, 200.0, 9)
"""Errors of GNSS have no time of their own: reflections, ionosphere and orbits change within seconds, minutes and hours, and each octave of
these has about as much (flicker noise; Williams et al. 2004). What is slower than this stays for a flight."""
STAYS = 0.7
"""How much of the sigma that a drone states may stay the same for a whole flight: the share of its error that is slower than a minute."""
LEAST_DRIFT_M = 0.5
"""What is stated to be better is not: nobody's antenna is that well placed."""


def own_spread(rotation: Array, bearings: Bearings, line: Lines) -> Array:
    """A sensor's own covariances (n, 2, 2), rad^2, by what it says, along azimuth and elevation of the drone."""
    turn = bases(line.directions) @ rotation
    spread = turn @ bearings.covariances @ np.swapaxes(turn, 1, 2)
    return np.asarray(spread + 1e-10 * np.eye(2))


def echo_rad(bearings: Bearings, line: Lines) -> Array:
    """1 sigma (n,) of elevation by the ground's echo, rad."""
    elevation = np.degrees(np.arcsin(np.clip(line.directions[:, 2], -1, 1)))
    low = np.clip(1 - elevation / ECHO_BELOW_DEG, 0, 1) if bearings.sense == "sound" else np.zeros(len(bearings))
    return np.asarray(np.radians(ECHO_DEG) * low * bearings.raised)


def echo_covariance(bearings: Bearings, line: Lines) -> Array:
    """What the ground's echo does to residuals (2n, 2n)."""
    echo, apart_s = echo_rad(bearings, line), np.abs(bearings.t_s[:, None] - bearings.t_s)
    covariance = np.zeros((2 * len(bearings), 2 * len(bearings)))
    covariance[1::2, 1::2] = np.outer(echo, echo) * np.exp(-apart_s / ECHO_ALIKE_S)
    return covariance


def sensor_covariance(habit: Habit, roots: Array, bearings: Bearings) -> Array:
    """Of all residuals together (2n, 2n), from roots (n, 2, 2) of the sensor's own covariances."""
    apart_s = np.abs(bearings.t_s[:, None] - bearings.t_s)
    same = bearings.tracks[:, None] == bearings.tracks
    alike = habit.share * same * np.exp(-apart_s / habit.alike_s) + (1 - habit.share) * np.eye(len(bearings))
    blocks = np.einsum("iab,jcb,ij->iajc", roots, roots, alike * habit.scale**2)
    return np.asarray(blocks.reshape(2 * len(bearings), -1))


def place_covariance(path: Path, drift: Drift, one: Placed, other: Placed | None = None) -> Array:
    """What errors of places do to residuals (2n, 2n), or between them and those of other detections (2n, 2m)."""
    (bearings, line), (across, to) = one, other or one
    apart_s = np.abs(line.began_s[:, None] - to.began_s)
    drifts, restless = flicker(apart_s), np.exp(-apart_s / RESTLESS_S)
    drift_m = np.maximum(drift.scale * path.sigma_m, LEAST_DRIFT_M)
    lever, another = levers(bearings, line), levers(across, to)
    covariance = np.zeros((2 * len(bearings), 2 * len(across)))
    for axis in range(3):
        kernel = (
            path.stand_sigma_m[axis] ** 2
            + drift_m[axis] ** 2 * drifts
            + (RESTLESS_M[axis] ** 2 + np.outer(line.bend_m, to.bend_m)) * restless
        )
        covariance += _both(kernel) * np.outer(lever[:, :, axis], another[:, :, axis])
    early, late = (path.jitter_s * np.einsum("nij,nj->ni", arms, each.velocity_mps) for arms, each in ((lever, line), (another, to)))
    return covariance + _both(restless) * np.outer(early, late)


def flicker(apart_s: Array) -> Array:
    """How alike a receiver's errors are so far apart: of each octave of times as much, each Matern's of 3/2."""
    near = np.sqrt(3) * apart_s[..., None] / ALIKE_S
    return np.asarray(np.mean((1 + near) * np.exp(-near), axis=-1))


def stays_m2(path: Path) -> Array:
    """Variances (3,) of what stays wrong of the places of node and drone for a whole flight."""
    return np.asarray(path.stand_sigma_m**2 + (STAYS * path.sigma_m) ** 2)


def levers(bearings: Bearings, line: Lines) -> Array:
    """Radians along azimuth and elevation of a metre east, north, up: (n, 2, 3)."""
    arms = bases(line.directions) / line.range_m[:, None, None]
    arms[:, 1] *= bearings.raised[:, None]
    return arms


def _both(kernel: Array) -> Array:
    """A kernel of detections (n, m) as one of azimuths and elevations (2n, 2m)."""
    return np.repeat(np.repeat(kernel, 2, axis=0), 2, axis=1)
