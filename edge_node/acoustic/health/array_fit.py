"""Places and delays of microphones from when the sound of a source that walks around them met each: a joint least squares fit.

Each block of sound has its own unknown direction, range and instant; these are eliminated, so that what is left to solve is small.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.acoustic.health.arrival_times import ArrivalTimes

Vector = NDArray[np.float64]

PLACE_SIGMA_M = 0.004
# Microphones of a board are in its plane; heights are told by a source high above only.
FLAT_SIGMA_M = 0.0001
FLAT_M = 0.01
HIGHEST_RAD = np.radians(85.0)
# At the horizon itself a small change of elevation changes nothing in a plane, and the fit would stay there.
LOWEST_RAD, FIRST_RAD = np.radians(0.05), np.radians(4.0)
DELAY_SIGMA_S = 3e-4
LEVEL_SIGMA_RAD = np.radians(12.0)
CURVATURE_PER_M, CURVATURE_SIGMA_PER_M = 0.2, 0.15
FLOOR_M = 1e-4
ROUNDS = 25
SETTLED_M = 1e-6


class ArrayFit(Struct, frozen=True):
    """What fits best: places (channels, 3), delays (channels,), the covariance of both (4 channels square, x y z and metres of delay).

    `azimuths_rad`, `elevations_rad` (blocks,) are where the source was, in the array's frame; `residual_m` (blocks, channels).
    """

    positions_m: Vector
    delays_s: Vector
    covariance: Vector
    azimuths_rad: Vector
    elevations_rad: Vector
    residual_m: Vector


class _Walk:
    """The source's directions and how the wave bends, block by block, for microphones at places that are still moving."""

    def __init__(self, late_m: Vector, positions_m: Vector) -> None:
        self.lowest_rad = LOWEST_RAD if flat(positions_m) else -HIGHEST_RAD
        known = positions_m[:, :2] if flat(positions_m) else positions_m
        slopes, *_ = np.linalg.lstsq(known, -late_m.T, rcond=1e-3)
        level = np.linalg.norm(slopes[:2], axis=0)
        up = np.sqrt(np.maximum(1 - level**2, 0.0)) if flat(positions_m) else slopes[2]
        self.azimuth = np.arctan2(slopes[0], slopes[1])
        self.elevation = np.clip(np.arctan2(up, level), FIRST_RAD if flat(positions_m) else -HIGHEST_RAD, HIGHEST_RAD)
        self.curvature = np.full(len(late_m), CURVATURE_PER_M)
        self.offset = np.zeros(len(late_m))

    def model(self, positions_m: Vector, delays_m: Vector) -> tuple[Vector, Vector, Vector]:
        """How late in metres (blocks, channels), its slopes by places (blocks, channels, 3) and by the walk (blocks, channels, 4)."""
        sa, ca, se, ce = np.sin(self.azimuth), np.cos(self.azimuth), np.sin(self.elevation), np.cos(self.elevation)
        zero = np.zeros_like(sa)
        towards = np.stack([sa * ce, ca * ce, se], axis=1)
        by_azimuth = np.stack([ca * ce, -sa * ce, zero], axis=1) @ positions_m.T
        by_elevation = np.stack([-sa * se, -ca * se, ce], axis=1) @ positions_m.T
        along = towards @ positions_m.T
        across = np.sum(positions_m**2, axis=1) - along**2
        bent = self.curvature[:, None]
        late = -along + 0.5 * bent * across + delays_m + self.offset[:, None]
        by_place = -towards[:, None, :] + bent[..., None] * (positions_m[None] - along[..., None] * towards[:, None, :])
        turning = -(1 + bent * along)
        walk = np.stack([turning * by_azimuth, turning * by_elevation, 0.5 * across, np.ones_like(late)], axis=2)
        return late, by_place, walk

    def step(self, change: Vector) -> None:
        """Move by (blocks, 4)."""
        self.azimuth = self.azimuth + np.clip(change[:, 0], -0.3, 0.3)
        self.elevation = np.clip(self.elevation + np.clip(change[:, 1], -0.2, 0.2), self.lowest_rad, HIGHEST_RAD)
        self.curvature = np.clip(self.curvature + change[:, 2], 0.0, 1.0)
        self.offset = self.offset + change[:, 3]

    @property
    def prior(self) -> tuple[Vector, Vector]:
        """Weights (blocks, 4) of what is believed of the walk, and how far it is off: level with the array unless it sounds otherwise."""
        level = 1 / (LEVEL_SIGMA_RAD**2 + self.elevation**2)
        bend = np.full_like(level, CURVATURE_SIGMA_PER_M**-2)
        nothing = np.full_like(level, 1e-9)
        off = np.stack([0 * level, -self.elevation, CURVATURE_PER_M - self.curvature, 0 * level], axis=1)
        return np.stack([nothing, level, bend, nothing], axis=1), off


def fit_array(nominal_m: Vector, times: ArrivalTimes, speed_mps: float, *, with_delays: bool) -> ArrayFit:
    """Fit places near the nominal ones (channels, 3), and delays unless they are taken to be none."""
    channels = len(nominal_m)
    late_m, sigma_m = times.late_s * speed_mps, times.sigma_s * speed_mps
    delays_m = _middle(late_m) if with_delays else np.zeros(channels)
    walk = _Walk(late_m - delays_m, nominal_m)
    positions_m = nominal_m.copy()
    believed = np.diag(_beliefs(nominal_m, DELAY_SIGMA_S * speed_mps if with_delays else 1e-9))
    for _ in range(ROUNDS):
        late, by_place, by_walk = walk.model(positions_m, delays_m)
        off = late_m - late
        weights = _weights(off, sigma_m)
        prior, prior_off = walk.prior
        by_known = np.concatenate([by_place, np.ones((*by_place.shape[:2], 1))], axis=2)
        inner = np.linalg.inv(np.einsum("tmk,tm,tml->tkl", by_walk, weights, by_walk) + prior[:, :, None] * np.eye(4))
        pull = np.einsum("tmk,tm->tk", by_walk, weights * off) + prior * prior_off
        mixed = np.einsum("tma,tm,tmk->tmak", by_known, weights, by_walk)
        matrix = _blocks(np.einsum("tma,tm,tmb->mab", by_known, weights, by_known))
        matrix -= np.einsum("tmak,tkl,tnbl->manb", mixed, inner, mixed, optimize=True).reshape(matrix.shape)
        slope = np.einsum("tma,tm->ma", by_known, weights * off) - np.einsum("tmak,tkl,tl->ma", mixed, inner, pull, optimize=True)
        belief_off = np.concatenate([nominal_m - positions_m, -delays_m[:, None]], axis=1)
        covariance = np.linalg.inv(matrix + believed)
        change = (covariance @ (slope.ravel() + believed @ belief_off.ravel())).reshape(channels, 4)
        walk.step(np.einsum("tkl,tl->tk", inner, pull - np.einsum("tmak,ma->tk", mixed, change)))
        positions_m, delays_m = positions_m + change[:, :3], delays_m + change[:, 3]
        if float(np.abs(change).max()) < SETTLED_M:
            break
    return ArrayFit(
        positions_m,
        delays_m / speed_mps,
        np.asarray(covariance, np.float64),
        walk.azimuth,
        walk.elevation,
        np.asarray(off - off.mean(axis=1, keepdims=True)),
    )


def _middle(late_m: Vector) -> Vector:
    """About how late each channel is whatever the direction: the middle between earliest and latest, as a walk around has it."""
    return np.asarray(0.5 * (np.percentile(late_m, 2, axis=0) + np.percentile(late_m, 98, axis=0)))


def _beliefs(nominal_m: Vector, delay_sigma_m: float) -> Vector:
    height_sigma_m = FLAT_SIGMA_M if flat(nominal_m) else PLACE_SIGMA_M
    return np.tile(np.array([PLACE_SIGMA_M, PLACE_SIGMA_M, height_sigma_m, delay_sigma_m]) ** -2, len(nominal_m))


def flat(positions_m: Vector) -> bool:
    """Whether all are in the array's x-y plane."""
    return bool(np.ptp(positions_m[:, 2]) < FLAT_M)


def _weights(off: Vector, sigma_m: Vector) -> Vector:
    """One over the variance; a block that does not fit counts little (Cauchy)."""
    variance = sigma_m**2 + FLOOR_M**2
    strange = np.mean((np.asarray(off - off.mean(axis=1, keepdims=True))) ** 2 / variance, axis=1, keepdims=True)
    return np.asarray(1 / variance / (1 + strange / (4 + np.median(strange))))


def _blocks(each: Vector) -> Vector:
    """(channels, 4, 4) as one matrix with these on its diagonal."""
    channels, size = each.shape[:2]
    whole = np.zeros((channels, size, channels, size))
    whole[np.arange(channels), :, np.arange(channels), :] = each
    return whole.reshape(channels * size, channels * size)
