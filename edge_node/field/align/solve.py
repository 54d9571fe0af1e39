"""A sensor's pose and lateness by generalised least squares: correlated errors weigh as what they are, so sigmas are honest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.astray import MEDIAN_OF_TWO, kept
from edge_node.field.align.bearings import Bearings
from edge_node.field.align.errors import DRIFTS, Drift, Habit, echo_rad, levers, own_spread, place_covariance, stays_m2
from edge_node.field.align.lines import turned
from edge_node.field.align.path import Array, Path
from edge_node.field.align.ridge import ridge
from edge_node.field.align.search import Fit, residuals
from edge_node.field.align.weighing import Noise, Posed, Weighed, likeliest, posed, weighed, with_noise

ROUNDS, STEPS = 4, 4
NEAR_DEG, NEAR_SIGMAS = 4.0, 4.0
LEAST_SIGMA_DEG = 0.12
MOST_PLACE_M = 5.0
LEAST_USED = 6
SURE_S = 0.03
"""Lateness that is surer than this shows itself in many places of a flight; else it is tried whether it shows itself at all."""


class Solution(NamedTuple):
    """A pose (3, 3), its lateness, and their covariance (4, 4): turns about east, north, up in rad, then s.

    `used` (n,) are the detections that are of the drone, `off` (n, 2) rad how far they are from where it claims to be,
    and `bias_m` (3,) how far the drone seems to be from where it claims, all the time.
    """

    rotation: Array
    late_s: float
    covariance: Array
    used: NDArray[np.bool_]
    off: Array
    noise: Noise
    bias_m: Array


def solve(path: Path, bearings: Bearings, start: Fit, sound: float) -> Solution | None:
    """From a rough fit; None where too little is of the drone."""
    at, noise = posed(path, bearings, start.rotation, start.late_s, sound), Noise(Habit(), Drift())
    used = kept(at, _near(at))
    for _ in range(ROUNDS):
        if np.count_nonzero(used) < LEAST_USED:
            return None
        noise = likeliest(at.of(used), noise)
        for _ in range(STEPS):
            part = at.of(used)
            step = _step(part, with_noise(part, noise))
            at = posed(path, bearings, turned(at.rotation, step[:3]), at.late_s + float(step[3]), sound)
        before, used = used, _gated(at, used, noise)
        if np.array_equal(before, used):
            break
    return _told(at, used, noise, sound) if np.count_nonzero(used) >= LEAST_USED else None


def _step(at: Posed, by: Weighed) -> Array:
    """Gauss and Newton's (4,)."""
    return np.asarray(-np.linalg.solve(by.normal(), by.slope.T @ by.off + at.pull()))


def may_be(path: Path, bearings: Bearings, way: Fit, sound: float) -> NDArray[np.bool_]:
    """Which detections (n,) may be the drone's for a rough fit."""
    return _near(posed(path, bearings, way.rotation, way.late_s, sound))


def _near(at: Posed) -> NDArray[np.bool_]:
    """Detections that may be the drone's for a rough pose."""
    off = np.linalg.norm(residuals(at.rotation, at.bearings, at.line), axis=1)
    place_m = float(np.linalg.norm(np.minimum(np.hypot(at.path.sigma_m, at.path.stand_sigma_m), MOST_PLACE_M)))
    return np.asarray(at.line.known & (off < np.radians(NEAR_DEG) + 2 * place_m / at.line.range_m))


def _freed(at: Posed, used: NDArray[np.bool_], noise: Noise) -> Array:
    """Residuals (n, 2) of all detections less what errors of places, as those that are used show them, make of them."""
    part = at.of(used)
    by = with_noise(part, noise)
    between = place_covariance(at.path, noise.drift, (at.bearings, at.line), (part.bearings, part.line))
    return np.asarray(residuals(at.rotation, at.bearings, at.line) - (between @ by.weights()).reshape(-1, 2))


def _gated(at: Posed, used: NDArray[np.bool_], noise: Noise) -> NDArray[np.bool_]:
    """Which detections are as far off as most of them are."""
    off, spread = _freed(at, used, noise), own_spread(at.rotation, at.bearings, at.line)
    usual = np.median(_squares(off, spread)[used]) / MEDIAN_OF_TWO
    spread = usual * spread + np.eye(2) * np.radians(LEAST_SIGMA_DEG) ** 2
    spread[:, 1, 1] += echo_rad(at.bearings, at.line) ** 2
    return np.asarray(at.line.known & (_squares(off, spread) < NEAR_SIGMAS**2))


def _squares(off: Array, spread: Array) -> Array:
    return np.asarray(np.einsum("ni,nij,nj->n", off, np.linalg.inv(spread), off))


def _told(at: Posed, used: NDArray[np.bool_], noise: Noise, sound: float) -> Solution:
    """The mean over all drifts that may be, each as likely as it is, for one minute tells little of how a receiver drifts."""
    part = at.of(used)
    own = part.own(noise.habit)
    cases = [weighed(part, own + part.around(drift)) for drift in DRIFTS]
    chances = np.array([each.likelihood() for each in cases])
    weights = np.exp(chances - chances.max())
    weights /= weights.sum()
    covariances = np.array([np.linalg.inv(each.normal()) for each in cases])
    steps = np.array([_step(part, each) for each in cases])
    mean = weights @ steps
    spread = steps - mean
    covariance = np.einsum("k,kij->ij", weights, covariances) + np.einsum("k,ki,kj->ij", weights, spread, spread)
    if covariance[3, 3] > SURE_S**2:
        covariance += ridge(part, np.diag(own + part.around(noise.drift)), sound)
    return Solution(
        rotation=turned(at.rotation, mean[:3]),
        late_s=at.late_s + float(mean[3]),
        covariance=covariance,
        used=used,
        off=residuals(part.rotation, part.bearings, part.line),
        noise=noise,
        bias_m=_bias_m(part, cases[int(np.argmax(chances))]),
    )


def _bias_m(at: Posed, by: Weighed) -> Array:
    """The likeliest lasting error of the places of node and drone, east, north, up."""
    return np.asarray(stays_m2(at.path) * (levers(at.bearings, at.line).reshape(-1, 3).T @ by.weights()))
