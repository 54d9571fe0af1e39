"""Which bearings of two nodes cross at all: in front of both, within range, steeply enough, and at one height; for every two at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, radians, tan

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.geometry import MEAN_RADIUS_M, LocalFrame, to_ecef
from tools.c2.triangulation import Array, Sight, Vantage, axes

LEAST_RANGE_M = 10.0
LEAST_ANGLE_DEG = 6.0
ANGLE_SIGMAS = 3.0
LOOSE_CHI_SQUARE = 16.0


class Pair(Struct, frozen=True):
    """Two bearings that cross, roughly: the place in ECEF metres, its sigma, and how badly their heights agree."""

    sights: tuple[Sight, Sight]
    ecef: tuple[float, float, float]
    sigma_m: float
    chi_square: float


def pairs(ours: Sequence[Sight], theirs: Sequence[Sight], most_range_m: float) -> Iterator[Pair]:
    """All that bearings of one node and of another may have in common."""
    frame = LocalFrame(ours[0].latitude_deg, ours[0].longitude_deg, ours[0].altitude_wgs84_m)
    other = Vantage(theirs[0], frame)
    apart = other.origin[:2]
    if not 0 < float(np.hypot(*apart)) <= 2 * most_range_m:
        return
    here, there = _directions(ours, np.eye(3))[:, None], _directions(theirs, other.turn.T)[None]
    sine = _cross(here, there)
    with np.errstate(divide="ignore", invalid="ignore"):
        our_m, their_m = _cross(apart, there) / sine, _cross(apart, here) / sine
    good = (np.abs(sine) >= _least_sine(ours, theirs)) & _within(our_m, most_range_m) & _within(their_m, most_range_m)
    for i, j in np.argwhere(good):
        yield from _pair((ours[i], theirs[j]), (float(our_m[i, j]), float(their_m[i, j])), float(abs(sine[i, j])), here[i, 0])


def _directions(sights: Sequence[Sight], turn: Array) -> Array:
    """Unit vectors along the ground of the frame that `turn` leads to."""
    azimuths = np.radians([sight.azimuth_deg for sight in sights])
    flat = (np.stack([np.sin(azimuths), np.cos(azimuths), np.zeros_like(azimuths)], axis=1) @ turn.T)[:, :2]
    return np.asarray(flat / np.linalg.norm(flat, axis=1, keepdims=True))


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _least_sine(ours: Sequence[Sight], theirs: Sequence[Sight]) -> Array:
    """Below it the errors of two bearings could make them parallel."""
    noise_deg = np.hypot([[sight.sigma_azimuth_deg] for sight in ours], [sight.sigma_azimuth_deg for sight in theirs])
    return np.asarray(np.sin(np.radians(np.clip(ANGLE_SIGMAS * noise_deg, LEAST_ANGLE_DEG, 90.0))))


def _within(range_m: Array, most_range_m: float) -> NDArray[np.bool_]:
    return np.asarray((range_m >= LEAST_RANGE_M) & (range_m <= most_range_m))


def _pair(sights: tuple[Sight, Sight], ranges_m: tuple[float, float], sine: float, direction: Array) -> Iterator[Pair]:
    """The two as a pair, unless their elevations speak of different heights."""
    across_m = [
        hypot(range_m * radians(sight.sigma_azimuth_deg), sight.sigma_place_m) for sight, range_m in zip(sights, ranges_m, strict=True)
    ]
    heights = [_height(sights[0], ranges_m[0], across_m[1] / sine), _height(sights[1], ranges_m[1], across_m[0] / sine)]
    known = [height for height in heights if height]
    chi_square = (known[0][0] - known[1][0]) ** 2 / (known[0][1] ** 2 + known[1][1] ** 2) if len(known) == 2 else 0.0
    if chi_square <= LOOSE_CHI_SQUARE:
        first, along_m = sights[0], ranges_m[0]
        altitude_m = min(known, key=lambda height: height[1])[0] if known else first.altitude_wgs84_m
        up_m = altitude_m - first.altitude_wgs84_m - along_m**2 / (2 * MEAN_RADIUS_M)
        place = np.array([*(direction * along_m), up_m]) @ axes(first.latitude_deg, first.longitude_deg)
        x, y, z = map(float, place + to_ecef(first.latitude_deg, first.longitude_deg, first.altitude_wgs84_m))
        yield Pair(sights, (x, y, z), hypot(*across_m) / sine, chi_square)


def _height(sight: Sight, range_m: float, sigma_range_m: float) -> tuple[float, float] | None:
    """Altitude of what is seen at that range, and its sigma; None without an elevation."""
    if sight.elevation_deg is None or sight.sigma_elevation_deg is None:
        return None
    elevation = radians(sight.elevation_deg)
    altitude_m = sight.altitude_wgs84_m + range_m * tan(elevation) + range_m**2 / (2 * MEAN_RADIUS_M)
    sigma_m = range_m * radians(sight.sigma_elevation_deg) / max(cos(elevation), 1e-3) ** 2
    return altitude_m, max(hypot(sigma_m, sigma_range_m * tan(elevation)), 1.0)


def nearest(ecef: Array, sigmas_m: Array, sights: Sequence[Sight]) -> tuple[list[int], list[float]]:
    """For each place (n x 3, with its sigma) that bearing of one node which points to it best, and its loose chi-square."""
    first = sights[0]
    own = (ecef - np.array(to_ecef(first.latitude_deg, first.longitude_deg, first.altitude_wgs84_m))) @ axes(
        first.latitude_deg, first.longitude_deg
    ).T
    along_m = np.maximum(np.hypot(own[:, 0], own[:, 1]), LEAST_RANGE_M)
    azimuths = np.radians([sight.azimuth_deg for sight in sights])
    misses = (np.arctan2(own[:, :1], own[:, 1:2]) - azimuths + np.pi) % (2 * np.pi) - np.pi
    noise = np.hypot(np.radians([sight.sigma_azimuth_deg for sight in sights]), (sigmas_m / along_m)[:, None])
    loose = (misses / noise) ** 2
    best = loose.argmin(axis=1)
    return best.tolist(), loose[np.arange(len(loose)), best].tolist()
