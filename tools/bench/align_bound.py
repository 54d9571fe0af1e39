"""How well anybody could align by a simulated flight: the bound of Cramer and Rao, with the errors of places that the flight truly had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings, Pose, bearings_of
from edge_node.field.align.errors import RESTLESS_S, levers, own_spread
from edge_node.field.align.lines import LEAST_RANGE_M, Lines
from edge_node.field.align.path import Array, Path
from edge_node.field.align.search import jacobian, off_rad
from edge_node.messages import AcousticDetection, CameraDetection
from tools.bench.align_flights import BEGUN_NS
from tools.simulate.world import World

SHORTEST_S, LONGEST_S = 20.0, 600.0
"""Periods of the errors of the drone's receiver, of which each octave has as much: tools.simulate.telemetry."""
PERIODS = 32
ROUNDED_M = (0.1, 0.1, 0.15)
"""New with every fix, measured: rounding (altitude to 0.5 m) and gusts."""
ROUNDED_S = 0.029
"""Of a time in tenths of a second: with a fix every second all are rounded alike, so it looks as lateness."""
OF_IT_DEG = 1.0
"""What is nearer to the drone's true place is of the drone."""
EVERY_S, MOST = 0.2, 300
DRAWS = 4000


class Bound(NamedTuple):
    """Covariance (4, 4) that no unbiased estimate is below: turns about east, north and up (rad) and lateness (s); `of` detections."""

    covariance: Array
    of: int

    @property
    def mean_square_deg2(self) -> float:
        """About each axis, on average."""
        return float(np.mean(np.degrees(np.degrees(np.diag(self.covariance)[:3]))))

    def within(self, most_deg: float, most_s: float) -> float:
        """Share of flights like this in which the best estimate is within so much about each axis and in lateness."""
        off = np.random.default_rng(0).multivariate_normal(np.zeros(4), self.covariance, DRAWS)
        return float(np.mean((np.degrees(np.abs(off[:, :3])).max(axis=1) <= most_deg) & (np.abs(off[:, 3]) <= most_s)))


def bound(flown: World, said: Sequence[AcousticDetection | CameraDetection], true: Pose, told: Pose, path: Path) -> Bound:
    """Of what a camera said, on time, and what the drone claimed."""
    name = said[0].sensor
    bearings = bearings_of(said, {name: told})[name]
    line = truly(flown, bearings.t_s)
    of_it = np.flatnonzero(line.known & (off_rad(true.matrix(), bearings, line) < np.radians(OF_IT_DEG)))
    of_it = of_it[np.unique(np.floor(bearings.t_s[of_it] / EVERY_S), return_index=True)[1]]
    kept = np.zeros(len(bearings), dtype=np.bool_)
    kept[of_it[np.linspace(0, len(of_it) - 1, min(MOST, len(of_it))).astype(int)]] = True
    bearings, line = bearings.of(kept), line.of(kept)
    slope = jacobian(true.matrix(), bearings, line).reshape(-1, 4)
    information = slope.T @ np.linalg.solve(_covariance(true, bearings, line, path), slope)
    return Bound(np.linalg.inv(information) + np.diag([0.0, 0.0, 0.0, ROUNDED_S**2]), len(bearings))


def truly(flown: World, t_s: Array) -> Lines:
    """Lines of sight to where the drone truly was, as light tells."""
    drone, at_s = flown.scene.drone[0], t_s - BEGUN_NS / 1e9
    truths = [flown.truth_of(drone, float(one)) for one in at_s]
    places = np.array([(one.east_m, one.north_m, one.up_m) for one in truths])
    velocity = np.array([(one.velocity_east_mps, one.velocity_north_mps, one.velocity_up_mps) for one in truths])
    range_m = np.maximum(np.linalg.norm(places, axis=1), LEAST_RANGE_M)
    directions = places / range_m[:, None]
    turning = (velocity - np.sum(velocity * directions, axis=1)[:, None] * directions) / range_m[:, None]
    known: NDArray[np.bool_] = at_s >= drone.from_s
    return Lines(directions, range_m, turning, t_s, velocity, np.zeros(len(t_s)), known)


def _covariance(true: Pose, bearings: Bearings, line: Lines, path: Path) -> Array:
    """Of residuals (2n, 2n): the sensor's as it states them, independent, the node's place and the drone's wander."""
    own, n = own_spread(true.matrix(), bearings, line), len(bearings)
    covariance = np.zeros((n, 2, n, 2))
    covariance[np.arange(n), :, np.arange(n), :] = own
    periods = np.geomspace(SHORTEST_S, LONGEST_S, PERIODS)
    apart_s = np.abs(bearings.t_s[:, None] - bearings.t_s)
    alike = np.mean(np.cos(2 * np.pi * apart_s[..., None] / periods), axis=-1)
    lever, restless = levers(bearings, line), np.exp(-apart_s / RESTLESS_S)
    bend_m = path.at(bearings.t_s)[2]
    turns = np.outer(bend_m, bend_m)
    for axis in range(3):
        kernel = path.stand_sigma_m[axis] ** 2 + path.sigma_m[axis] ** 2 * alike + (ROUNDED_M[axis] ** 2 + turns) * restless
        covariance += np.einsum("ia,jb,ij->iajb", lever[:, :, axis], lever[:, :, axis], kernel)
    return np.asarray(covariance.reshape(2 * n, 2 * n))
