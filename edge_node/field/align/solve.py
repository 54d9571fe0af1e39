"""A sensor's pose and lateness by generalised least squares: correlated errors weigh as what they are, so sigmas are honest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings
from edge_node.field.align.errors import DRIFTS, HABITS, Drift, Habit, echo_covariance, echo_rad, own_spread, place_covariance, sensor_covariance
from edge_node.field.align.lines import Lines, lines, turned, vector_of
from edge_node.field.align.path import Array, Path
from edge_node.field.align.search import Fit, jacobian, residuals

PRIOR_DEG, PRIOR_S = (15.0, 15.0, 60.0), 3.0
"""Sigmas of what is known before: turns about east, north and up, and lateness. They only keep steps finite."""
ROUNDS, STEPS = 4, 4
NEAR_DEG, NEAR_SIGMAS = 4.0, 4.0
LEAST_SIGMA_DEG = 0.12
MEDIAN_OF_TWO = 1.386
"""Of chi squared with two degrees of freedom."""
LEAST_USED = 6
TURNS = 2


class Noise(NamedTuple):
    """How a sensor and the drone's receiver err."""

    habit: Habit
    drift: Drift


class Solution(NamedTuple):
    """A pose (3, 3), its lateness, and their covariance (4, 4): turns about east, north, up in rad, then s.

    `used` (n,) are the detections that are of the drone, `off` (n, 2) rad what is left of them once errors of places are taken out,
    `bias_m` (3,) how far the drone seems to be from where it claims, and `sure` is `covariance` as it were without errors of places.
    """

    rotation: Array
    late_s: float
    covariance: Array
    sure: Array
    used: NDArray[np.bool_]
    off: Array
    noise: Noise
    bias_m: Array


class _Weighed(NamedTuple):
    """Residuals of detections that are used, what they move with, and the inverse of their covariance."""

    off: Array
    slope: Array
    inverse: Array
    log_det: float


def solve(path: Path, bearings: Bearings, start: Fit, sound: float) -> Solution | None:
    """From a rough fit; None where too little is of the drone."""
    rotation, late_s, noise = start.rotation, start.late_s, Noise(Habit(), Drift())
    line = lines(path, bearings, late_s, sound)
    used = _near(path, bearings, rotation, line)
    told = bearings.pose.matrix()
    prior = np.diag([*(np.radians(PRIOR_DEG) ** -2.0), PRIOR_S**-2.0])
    for _ in range(ROUNDS):
        if np.count_nonzero(used) < LEAST_USED:
            return None
        part = bearings.of(used)
        noise = _noise(path, part, rotation, lines(path, part, late_s, sound), noise, prior)
        for _ in range(STEPS):
            weighed = _weigh(path, part, rotation, lines(path, part, late_s, sound), noise)
            normal = weighed.slope.T @ weighed.inverse @ weighed.slope + prior
            pull = prior @ np.array([*vector_of(rotation @ told.T), late_s])
            step = -np.linalg.solve(normal, weighed.slope.T @ weighed.inverse @ weighed.off + pull)
            rotation, late_s = turned(rotation, step[:3]), late_s + float(step[3])
        line = lines(path, bearings, late_s, sound)
        used, kept = _gated(path, bearings, rotation, line, used, noise), used
        if np.array_equal(used, kept):
            break
    if np.count_nonzero(used) < LEAST_USED:
        return None
    return _told(path, bearings, Fit(rotation, late_s, start.gain), line, used, noise, prior)


def information(path: Path, bearings: Bearings, rotation: Array, line: Lines, noise: Noise) -> Array:
    """What detections tell of the four unknowns, (4, 4), prior left out."""
    weighed = _weigh(path, bearings, rotation, line, noise)
    return np.asarray(weighed.slope.T @ weighed.inverse @ weighed.slope)


def _near(path: Path, bearings: Bearings, rotation: Array, line: Lines) -> NDArray[np.bool_]:
    """Detections that may be the drone's for a rough pose."""
    off = np.linalg.norm(residuals(rotation, bearings, line), axis=1)
    place_m = float(np.linalg.norm(np.hypot(path.sigma_m, np.minimum(path.stand_sigma_m, 5.0))))
    return np.asarray(line.known & (off < np.radians(NEAR_DEG) + 2 * place_m / line.range_m))


def _weigh(path: Path, bearings: Bearings, rotation: Array, line: Lines, noise: Noise) -> _Weighed:
    roots = np.linalg.cholesky(own_spread(rotation, bearings, line))
    own, places = sensor_covariance(noise.habit, roots, bearings), place_covariance(path, noise.drift, bearings, line)
    return _weighed(bearings, rotation, line, own + places + echo_covariance(bearings, line))


def _weighed(bearings: Bearings, rotation: Array, line: Lines, covariance: Array) -> _Weighed:
    slope = jacobian(rotation, bearings, line).reshape(-1, 4)
    off = residuals(rotation, bearings, line).reshape(-1)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    return _Weighed(off, slope, root.T @ root, -2 * float(np.sum(np.log(np.diag(root)))))


def _noise(path: Path, bearings: Bearings, rotation: Array, line: Lines, noise: Noise, prior: Array) -> Noise:
    """The likeliest habit of the sensor and drift of the drone, in turns (restricted maximum likelihood: Patterson and Thompson 1971)."""
    roots, echo = np.linalg.cholesky(own_spread(rotation, bearings, line)), echo_covariance(bearings, line)
    for _ in range(TURNS):
        places = echo + place_covariance(path, noise.drift, bearings, line)
        own = {habit: sensor_covariance(habit, roots, bearings) for habit in HABITS}
        habit = max(HABITS, key=lambda one: _likelihood(_weighed(bearings, rotation, line, own[one] + places), prior))
        drifts = {drift: echo + place_covariance(path, drift, bearings, line) for drift in DRIFTS}
        drift = max(DRIFTS, key=lambda one: _likelihood(_weighed(bearings, rotation, line, own[habit] + drifts[one]), prior))
        if (habit, drift) == noise:
            break
        noise = Noise(habit, drift)
    return noise


def _likelihood(weighed: _Weighed, prior: Array) -> float:
    """Natural logarithm, but for a constant."""
    shared = weighed.inverse @ weighed.slope
    normal = weighed.slope.T @ shared + prior
    pull = shared.T @ weighed.off
    misfit = weighed.off @ weighed.inverse @ weighed.off - pull @ np.linalg.solve(normal, pull)
    return float(-0.5 * (weighed.log_det + np.linalg.slogdet(normal)[1] + misfit))


def _freed(path: Path, bearings: Bearings, rotation: Array, line: Lines, used: NDArray[np.bool_], noise: Noise) -> Array:
    """Residuals (n, 2) of all detections less what errors of places, as those that are used show them, make of them."""
    part, part_line = bearings.of(used), Lines(*(each[used] for each in line))
    weighed = _weigh(path, part, rotation, part_line, noise)
    between = place_covariance(path, noise.drift, bearings, line, (part, part_line))
    expected = between @ (weighed.inverse @ weighed.off)
    return np.asarray(residuals(rotation, bearings, line) - expected.reshape(-1, 2))


def _gated(
    path: Path, bearings: Bearings, rotation: Array, line: Lines, used: NDArray[np.bool_], noise: Noise
) -> NDArray[np.bool_]:
    """Which detections are as far off as a sensor of this habit may be."""
    off = _freed(path, bearings, rotation, line, used, noise)
    spread = own_spread(rotation, bearings, line)
    usual = np.median(np.einsum("ni,nij,nj->n", off, np.linalg.inv(spread), off)[used]) / MEDIAN_OF_TWO
    spread = usual * spread + np.eye(2) * np.radians(LEAST_SIGMA_DEG) ** 2
    spread[:, 1, 1] += echo_rad(bearings, line) ** 2
    distance = np.einsum("ni,nij,nj->n", off, np.linalg.inv(spread), off)
    return np.asarray(line.known & (distance < NEAR_SIGMAS**2))


def _told(
    path: Path, bearings: Bearings, fit: Fit, line: Lines, used: NDArray[np.bool_], noise: Noise, prior: Array
) -> Solution:
    """The mean over all drifts that may be, each as likely as it is, for one minute tells little of how a receiver drifts."""
    part, part_line = bearings.of(used), Lines(*(each[used] for each in line))
    roots = np.linalg.cholesky(own_spread(fit.rotation, part, part_line))
    own = sensor_covariance(noise.habit, roots, part)
    pull = prior @ np.array([*vector_of(fit.rotation @ bearings.pose.matrix().T), fit.late_s])
    echo = echo_covariance(part, part_line)
    cases = [_weighed(part, fit.rotation, part_line, own + echo + place_covariance(path, drift, part, part_line)) for drift in DRIFTS]
    chances = np.array([_likelihood(each, prior) for each in cases])
    weights = np.exp(chances - chances.max()) / np.sum(np.exp(chances - chances.max()))
    covariances = np.array([np.linalg.inv(each.slope.T @ each.inverse @ each.slope + prior) for each in cases])
    steps = np.array([-cov @ (each.slope.T @ each.inverse @ each.off + pull) for cov, each in zip(covariances, cases, strict=True)])
    mean = weights @ steps
    covariance = np.einsum("k,kij->ij", weights, covariances) + np.einsum("k,ki,kj->ij", weights, steps - mean, steps - mean)
    bare = _weighed(part, fit.rotation, part_line, own)
    sure = np.linalg.inv(bare.slope.T @ bare.inverse @ bare.slope + prior)
    off = _freed(path, bearings, fit.rotation, line, used, noise)[used]
    bias_m = _bias_m(path, part, part_line, cases[int(np.argmax(chances))])
    return Solution(turned(fit.rotation, mean[:3]), fit.late_s + float(mean[3]), covariance, sure, used, off, noise, bias_m)


def _bias_m(path: Path, bearings: Bearings, line: Lines, weighed: _Weighed) -> Array:
    """The likeliest constant error of the node's place, east, north, up."""
    from edge_node.field.align.lines import bases

    levers = (bases(line.directions) / line.range_m[:, None, None]) * np.where(bearings.raised[:, None, None], 1.0, [[[1.0], [0.0]]])
    return np.asarray(path.stand_sigma_m**2 * (levers.reshape(-1, 3).T @ (weighed.inverse @ weighed.off)))
