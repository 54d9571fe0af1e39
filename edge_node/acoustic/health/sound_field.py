"""Whether channels hear one sound field as microphones at these places would: the evidence of a Gaussian process over directions.

Sound from all around makes the coherence of two microphones a function of the vector between them alone. Power is taken to come
from everywhere, mostly from about the horizon, with any unevenness (what is uneven below 2 kHz is uneven in the same way above);
the covariance of coherences under that belief follows from the places, and scores any reading of the channels.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

HORIZON_SHARE = 0.9
HORIZON_DEG = (-8.0, 0.0, 8.0)
SAME_FOR_ALL_BANDS = 0.7
UNEXPLAINED = 0.07
PLACE_SIGMA_M = 0.0012
MOST_NUMBERS = 300


class SoundField:
    """Scores coherences (bands, pairs) of microphones at places (channels, 3); `up` (3,) is where the sky is.

    Bands that are near each other are judged together, as many as keep the matrices small.
    """

    def __init__(self, positions_m: Vector, up: Vector, freqs_hz: Vector, speed_mps: float, *, most_numbers: int = MOST_NUMBERS) -> None:
        self.channels = len(positions_m)
        self.freqs_hz = freqs_hz
        self.pairs = np.triu_indices(self.channels, 1)
        between_m = positions_m[self.pairs[1]] - positions_m[self.pairs[0]]
        together = max(1, most_numbers // len(between_m))
        count = ceil(len(freqs_hz) / together)
        self._parts = np.array_split(np.arange(len(freqs_hz)), count)
        self._precision = [_precision(between_m, 2 * np.pi * freqs_hz[part] / speed_mps, up) for part in self._parts]

    def score(self, coherences: Complex) -> Vector:
        """(readings,): log evidence of coherences (readings, bands, pairs), up to a constant, whatever the loudness."""
        total = np.zeros(len(coherences))
        for part, (even, odd) in zip(self._parts, self._precision, strict=True):
            numbers = coherences[:, part].reshape(len(coherences), -1)
            misfit = np.einsum("hn,hn->h", numbers.real @ even, numbers.real) + np.einsum("hn,hn->h", numbers.imag @ odd, numbers.imag)
            total -= 0.5 * len(part) * self.channels * np.log(np.maximum(misfit, 1e-20))
        return total


def _precision(between_m: Vector, wavenumbers: Vector, up: Vector) -> tuple[Real, Real]:
    """Inverse covariances of the real and of the imaginary parts of all pairs at all bands."""
    turns = (wavenumbers[:, None, None] * between_m).reshape(-1, 3)
    band = np.repeat(np.arange(len(wavenumbers)), len(between_m))
    same = SAME_FOR_ALL_BANDS + (1 - SAME_FOR_ALL_BANDS) * (band[:, None] == band)
    even, odd = _everywhere(turns)
    even_ring, odd_ring, mean_ring = _horizon(turns, up)
    even = (1 - HORIZON_SHARE) * even + HORIZON_SHARE * even_ring
    odd = (1 - HORIZON_SHARE) * odd + HORIZON_SHARE * odd_ring
    mean = np.sinc(np.linalg.norm(turns, axis=1) / np.pi)
    level = (np.outer(mean, mean) + np.outer(mean_ring, mean_ring)) * (0.5 + 0.5 * (band[:, None] == band))
    rest = np.diag(UNEXPLAINED**2 + (np.repeat(wavenumbers, len(between_m)) * PLACE_SIGMA_M) ** 2)
    return np.linalg.inv(even * same + level + rest).astype(np.float32), np.linalg.inv(odd * same + rest).astype(np.float32)


def _everywhere(turns: Vector) -> tuple[Vector, Vector]:
    """Covariances of cosines and of sines of phases when directions are spread evenly over the sphere."""
    products, squares = turns @ turns.T, np.einsum("nx,nx->n", turns, turns)
    lengths = squares[:, None] + squares
    apart = np.sinc(np.sqrt(np.maximum(lengths - 2 * products, 0.0)) / np.pi)
    along = np.sinc(np.sqrt(np.maximum(lengths + 2 * products, 0.0)) / np.pi)
    return 0.5 * (apart + along), 0.5 * (apart - along)


def _horizon(turns: Vector, up: Vector) -> tuple[Vector, Vector, Vector]:
    """The same for directions about the horizon, and the mean of the cosines."""
    ring = around(up, 4 * ceil(float(np.linalg.norm(turns, axis=1).max()) + 8))
    phases = turns @ ring.T
    cosines, sines = np.cos(phases), np.sin(phases)
    return cosines @ cosines.T / len(ring), sines @ sines.T / len(ring), cosines.mean(axis=1)


def around(up: Vector, count: int) -> Vector:
    """Unit vectors (n, 3) in `count` azimuths at some elevations about the horizon."""
    side = np.cross(up, np.eye(3)[int(np.argmin(np.abs(up)))])
    side /= np.linalg.norm(side)
    ahead = np.cross(up, side)
    azimuths = 2 * np.pi * np.arange(count)[:, None] / count
    level = np.cos(azimuths) * side + np.sin(azimuths) * ahead
    elevations = np.radians(HORIZON_DEG)
    return np.concatenate([np.cos(elevation) * level + np.sin(elevation) * up for elevation in elevations])
