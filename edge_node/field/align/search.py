"""Which way a sensor stands, to some degrees and tenths of a second: all ways tried, whatever else it detects, and the best made better."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings, Pose
from edge_node.field.align.lines import Lines, bases, lines, turned, vector_of
from edge_node.field.align.path import Array, Path

YAWS_DEG = np.arange(0.0, 360.0, 5.0)
TILTS_DEG = (-14.0, -7.0, 0.0, 7.0, 14.0)
ROLLS_DEG = (-20.0, -10.0, 0.0, 10.0, 20.0)
LATES_S = np.arange(-2.5, 3.01, 0.25)
SEARCHED = 120
"""So many detections are looked at while all ways are tried."""
COARSE_DEG = 7.0
FINER_DEG = (7.0, 4.0, 2.5, 1.5)
ROUNDS = 5
STARTS = 10
APART_DEG, APART_S = 8.0, 0.6
YAW_PRIOR_DEG, LEAN_PRIOR_DEG, LATE_PRIOR_S = 40.0, 8.0, 2.0
"""A technician knows north roughly, and what is level better."""
MOST_TRAVEL_DEG, MOST_TRAVEL_S = 12.0, 0.5


class Fit(NamedTuple):
    """A way that a sensor may stand: its frame to east, north, up (3, 3), how late it is, and how much of what it says that explains."""

    rotation: Array
    late_s: float
    gain: float


def fits(path: Path, bearings: Bearings, sound: float) -> list[Fit]:
    """The ways that explain most, best first, each unlike the others; none where nothing was detected while the drone flew."""
    few = bearings.of(np.unique(np.linspace(0, len(bearings) - 1, min(SEARCHED, len(bearings))).astype(np.intp)))
    found = [_finer(path, bearings, start, sound) for start in _starts(path, few, sound)]
    found = [fit for fit in found if fit.gain > 0]
    apart: list[Fit] = []
    for fit in sorted(found, key=lambda fit: -fit.gain):
        if not any(_alike(fit, other) for other in apart):
            apart.append(fit)
    return apart


def off_rad(rotation: Array, bearings: Bearings, line: Lines) -> Array:
    """How far each detection (n,) is from the drone; along the horizon alone where it has no elevation."""
    return np.asarray(np.linalg.norm(residuals(rotation, bearings, line), axis=1))


def residuals(rotation: Array, bearings: Bearings, line: Lines) -> Array:
    """Detections less the drone, (n, 2) rad along azimuth and elevation; the second is 0 where there is no elevation."""
    seen = bearings.directions @ rotation.T
    flat = np.einsum("nij,nj->ni", bases(line.directions), seen)
    ahead = np.sum(seen * line.directions, axis=1)
    across = np.linalg.norm(flat, axis=1)
    off = flat * (np.arctan2(across, ahead) / np.maximum(across, 1e-12))[:, None]
    off[:, 1] = np.where(bearings.raised, off[:, 1], 0.0)
    return np.asarray(off)


def _starts(path: Path, few: Bearings, sound: float) -> list[Fit]:
    """The best of a grid of yaw, tilt, roll and lateness, by a cost that no outlier rules."""
    yaws = np.radians(YAWS_DEG)
    cos, sin = np.cos(yaws)[:, None], np.sin(yaws)[:, None]
    yaw_cost = (((YAWS_DEG + 180) % 360 - 180) / YAW_PRIOR_DEG) ** 2
    scored: list[tuple[float, float, float, float, float]] = []
    tilts, rolls = (TILTS_DEG, ROLLS_DEG) if few.raised.any() else ((0.0,), (0.0,))
    leaning = {(tilt, roll): _leant(few.pose, tilt, roll) for tilt in tilts for roll in rolls}
    for late_s in LATES_S:
        line = lines(path, few, float(late_s), sound)
        known = line.known
        if not known.any():
            continue
        flat = ~few.raised[known]
        east, north, up = _level(line.directions[known], flat)
        for (tilt, roll), rotation in leaning.items():
            x, y, z = (few.directions[known] @ rotation.T).T
            z = np.where(flat, 0.0, z)
            agree = cos * (east * x + north * y) + sin * (north * x - east * y) + up * z
            cost = np.minimum(2 * (1 - agree) / np.radians(COARSE_DEG) ** 2, 1.0).sum(axis=1) + np.count_nonzero(~known)
            cost = cost + yaw_cost + (tilt / LEAN_PRIOR_DEG) ** 2 + (roll / LEAN_PRIOR_DEG / 2) ** 2 + (late_s / LATE_PRIOR_S) ** 2
            scored += [(float(cost[k]), float(YAWS_DEG[k]), tilt, roll, float(late_s)) for k in np.argsort(cost)[:2]]
    starts: list[Fit] = []
    for cost, yaw, tilt, roll, late_s in sorted(scored):
        start = Fit(turned(leaning[tilt, roll], np.array([0.0, 0.0, np.radians(yaw)])), late_s, len(few) - cost)
        if len(starts) < STARTS and not any(_alike(start, other) for other in starts):
            starts.append(start)
    return starts


def _level(directions: Array, flat: NDArray[np.bool_]) -> Array:
    """Directions (n, 3) as (3, n), those that are `flat` laid on the horizon."""
    level = directions * np.where(flat[:, None], (1.0, 1.0, 0.0), 1.0)
    return np.asarray((level / np.maximum(np.linalg.norm(level, axis=1, keepdims=True), 1e-6)).T)


def _leant(pose: Pose, tilt_deg: float, roll_deg: float) -> Array:
    return Pose(pose.azimuth_deg, pose.tilt_deg + tilt_deg, pose.roll_deg + roll_deg).matrix()


def _alike(one: Fit, other: Fit) -> bool:
    apart = np.degrees(np.linalg.norm(vector_of(one.rotation @ other.rotation.T)))
    return bool(apart < APART_DEG and abs(one.late_s - other.late_s) < APART_S)


def _finer(path: Path, bearings: Bearings, start: Fit, sound: float) -> Fit:
    """Geman and McClure's weights, narrower step by step, in Gauss-Newton's steps."""
    rotation, late_s = start.rotation, start.late_s
    told = bearings.pose.matrix()
    prior = np.diag([*np.radians([2 * LEAN_PRIOR_DEG, 2 * LEAN_PRIOR_DEG, YAW_PRIOR_DEG]) ** -2.0, LATE_PRIOR_S**-2.0])
    gain = 0.0
    for width in np.radians(FINER_DEG):
        for _ in range(ROUNDS):
            line = lines(path, bearings, late_s, sound)
            off = residuals(rotation, bearings, line)
            weight = np.where(line.known, width**2 / (width**2 + np.sum(off**2, axis=1)), 0.0) ** 2 / width**2
            slope = jacobian(rotation, bearings, line)
            pull = prior @ np.array([*vector_of(rotation @ told.T), late_s])
            normal = np.einsum("nij,n,nik->jk", slope, weight, slope) + prior
            step = -np.linalg.solve(normal, np.einsum("nij,n,ni->j", slope, weight, off) + pull)
            step[:3] *= min(1.0, np.radians(MOST_TRAVEL_DEG) / max(float(np.linalg.norm(step[:3])), 1e-12))
            rotation, late_s = turned(rotation, step[:3]), late_s + float(np.clip(step[3], -MOST_TRAVEL_S, MOST_TRAVEL_S))
    line = lines(path, bearings, late_s, sound)
    off = off_rad(rotation, bearings, line)
    width = np.radians(FINER_DEG[-1])
    gain = float(np.sum(np.where(line.known, 1 / (1 + (off / width) ** 2), 0.0)))
    return Fit(rotation, late_s, gain)


def jacobian(rotation: Array, bearings: Bearings, line: Lines) -> Array:
    """How residuals (n, 2) move with a turn about east, north and up (rad) and lateness (s), (n, 2, 4); azimuths alone show no lean."""
    seen = bearings.directions @ rotation.T
    basis = bases(line.directions)
    slopes = np.empty((len(bearings), 2, 4))
    slopes[:, :, :3] = np.cross(seen[:, None, :], basis)
    slopes[:, :, 3] = np.einsum("nij,nj->ni", basis, line.turning)
    slopes[:, 1] *= bearings.raised[:, None]
    if not bearings.raised.any():
        slopes[:, :, :2] = 0.0
    return slopes
