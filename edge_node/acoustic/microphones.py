"""What follows from where microphones are: which directions they tell apart, up to which frequency, and which pairs hear the same."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

ASSUMED_TEMPERATURE_C = 15.0
HIGHEST_HZ = 8_000.0
LEAST_HIGHEST_HZ = 1_000.0
# Above the frequency at which neighbours are half a wavelength apart, single bins alias; many bins together do not, up to here.
ALIASING_BORNE = 1.6
FLATNESS = 0.1
SMALLEST_M = 0.002
SAME_BASELINE_M = 0.012


def speed_of_sound_mps(temperature_c: float | None) -> float:
    """In dry air; 15 degrees are assumed when nobody measured it."""
    return 331.3 * sqrt(1.0 + (ASSUMED_TEMPERATURE_C if temperature_c is None else temperature_c) / 273.15)


class Microphones:
    """Places (channels, 3) in metres, centred; `dimensions` is 0 for one place, 1 for a line, 2 for a plane, 3 for more."""

    def __init__(self, positions_m: Vector) -> None:
        self.positions_m = positions_m - positions_m.mean(axis=0)
        _, spread, axes = np.linalg.svd(np.concatenate([self.positions_m, np.zeros((3, 3))]))
        self.dimensions = int(np.sum(spread > max(FLATNESS * spread[0], SMALLEST_M)))
        self.axes = axes
        pairs = np.triu_indices(len(positions_m), 1)
        self.first, self.second = pairs
        self.differences_m = self.positions_m[pairs[1]] - self.positions_m[pairs[0]]

    @property
    def channels(self) -> int:
        return len(self.positions_m)

    @property
    def aperture_m(self) -> float:
        """The largest distance between two."""
        return float(np.linalg.norm(self.differences_m, axis=1).max(initial=0.0))

    @property
    def spacing_m(self) -> float:
        """The middle one of the distances from each to its next."""
        apart = np.linalg.norm(self.positions_m[:, None] - self.positions_m[None], axis=2)
        np.fill_diagonal(apart, np.inf)
        return float(np.median(apart.min(axis=1))) if self.channels > 1 else 0.0

    def aliasing_hz(self, speed_mps: float) -> float:
        """Above it neighbours are more than half a wavelength apart, and one bin alone has several directions."""
        return speed_mps / (2 * self.spacing_m) if self.spacing_m else HIGHEST_HZ

    def useful_hz(self, speed_mps: float) -> float:
        """Up to which frequency bins help to tell directions."""
        return float(np.clip(ALIASING_BORNE * self.aliasing_hz(speed_mps), LEAST_HIGHEST_HZ, HIGHEST_HZ))

    def facing(self, up: Vector) -> Vector | None:
        """Unit normal of a plane's side that sees the sky (its front where it stands upright); None when they are not in a plane."""
        if self.dimensions != 2:
            return None
        normal: Vector = self.axes[2]
        towards = normal @ up if abs(normal @ up) > 0.05 else normal @ np.array([0.0, 1.0, 0.0])
        return normal if towards >= 0 else -normal


class Baselines:
    """Pairs of microphones merged where they lie equally apart and alike: `differences_m` (baselines, 3) and which pairs are in each."""

    def __init__(self, microphones: Microphones) -> None:
        toward = _upward(microphones.differences_m)
        self.flipped = np.any(toward != microphones.differences_m, axis=1)
        self.first = np.where(self.flipped, microphones.second, microphones.first)
        self.second = np.where(self.flipped, microphones.first, microphones.second)
        member = _grouped(toward)
        order = np.argsort(member, kind="stable")
        self.first, self.second, member = self.first[order], self.second[order], member[order]
        self.starts = np.flatnonzero(np.diff(member, prepend=-1))
        self.counts = np.diff(self.starts, append=len(member))
        self.differences_m = np.add.reduceat(toward[order], self.starts, axis=0) / self.counts[:, None]


def _upward(differences: Vector) -> Vector:
    """Each vector or its negative, whichever has its first component that is not about nothing positive."""
    rounded = np.where(np.abs(differences) < SAME_BASELINE_M / 2, 0.0, differences)
    leading = np.take_along_axis(rounded, np.argmax(rounded != 0, axis=1)[:, None], axis=1)
    return np.where(leading < 0, -differences, differences)


def _grouped(differences: Vector) -> NDArray[np.intp]:
    """Which group each vector is in: that of the first vector within `SAME_BASELINE_M` of it."""
    member = np.empty(len(differences), np.intp)
    heads: list[Vector] = []
    for k, difference in enumerate(differences):
        near = [g for g, head in enumerate(heads) if np.linalg.norm(head - difference) < SAME_BASELINE_M]
        member[k] = near[0] if near else len(heads)
        if not near:
            heads.append(difference)
    return member


def corrections(array: MicrophoneArray, freqs_hz: Real) -> Complex:
    """(channels, bins) that spectra are multiplied by so that all channels are equally loud and none is late."""
    channels = len(array.positions_m)
    gains = np.asarray(array.gains or np.ones(channels))
    delays_s = np.asarray(array.delays_s or np.zeros(channels))
    return np.asarray(gains[:, None] * np.exp(2j * np.pi * delays_s[:, None] * freqs_hz), np.complex64)
