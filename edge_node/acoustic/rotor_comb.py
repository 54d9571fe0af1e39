"""Harmonic combs: which fundamental, of those that rotors have, explains the lines of a spectrum, and how it moves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOWEST_HZ, HIGHEST_HZ, STEPS_AN_OCTAVE = 60.0, 480.0, 48
DRIFT_STEPS = 6  # of the grid, over one window, either way: +-9 % a second


class Comb(Struct, frozen=True):
    """The best fundamental of one window: `score` is teeth minus gaps in nats; `steps` (frames,) is where each frame has it."""

    fundamental_hz: float
    rate_hz_s: float
    score: float
    steps: NDArray[np.intp]


@lru_cache
def fundamentals_hz() -> Floats:
    """Candidate fundamentals (candidates,), evenly spaced in their logarithm."""
    count = round(np.log2(HIGHEST_HZ / LOWEST_HZ) * STEPS_AN_OCTAVE) + 1
    return np.float32(LOWEST_HZ) * np.exp2(np.arange(count, dtype=np.float32) / STEPS_AN_OCTAVE)


@lru_cache
def bank(bins: int, bin_hz: float, from_hz: float, to_hz: float, least_width_hz: float, relative_width: float) -> Floats:
    """Kernels (bins, candidates) of unit gain: narrow teeth at all harmonics within a band minus what lies between them.

    A tooth is `least_width_hz` wide and grows by `relative_width` of its frequency, as lines of several rotors part.
    """
    hz = np.arange(bins, dtype=np.float64) * bin_hz
    kernels = np.zeros((bins, len(fundamentals_hz())))
    inside = (hz >= from_hz) & (hz <= to_hz)
    for column, f0 in enumerate(fundamentals_hz().astype(np.float64)):
        order = np.round(hz / f0)
        away = np.abs(hz - order * f0) / np.hypot(least_width_hz, relative_width * hz)
        tooth = np.exp(-0.5 * away**2) * (order > 0) * inside / np.sqrt(np.maximum(order, 1))
        gap = np.cos(2 * np.pi * hz / f0).clip(max=0) * inside * (hz > 0.5 * f0) / np.sqrt(np.maximum(hz / f0, 1))
        kernels[:, column] = tooth / max(tooth.sum(), 1e-9) + gap / max(-gap.sum(), 1e-9)
    return kernels.astype(np.float32)


@lru_cache
def _shears(frames: int) -> NDArray[np.intp]:
    """Grid steps to add (slopes, frames) so that a fundamental which moves at constant rate is summed along its way."""
    slopes = np.arange(-DRIFT_STEPS, DRIFT_STEPS + 1)
    return np.round(slopes[:, None] * np.linspace(-0.5, 0.5, frames)).astype(np.intp)


def follow(scores: Floats) -> Comb:
    """The candidate and drift with the highest mean of `scores` (frames, candidates), and where each frame has it nearby."""
    frames, candidates = scores.shape
    shears = _shears(frames)
    places = np.clip(np.arange(candidates) + shears[:, :, None], 0, candidates - 1)
    along = scores[np.arange(frames)[None, :, None], places].mean(axis=1)
    slope, best = np.unravel_index(int(along.argmax()), along.shape)
    hz = float(fundamentals_hz()[best])
    octaves = float(slope - DRIFT_STEPS) / STEPS_AN_OCTAVE
    return Comb(hz, hz * (2.0**octaves - 1), float(along[slope, best]), _nearby(scores, best + shears[slope]))


def _nearby(scores: Floats, centres: NDArray[np.intp]) -> NDArray[np.intp]:
    around = np.clip(centres[:, None] + np.arange(-4, 5), 0, scores.shape[1] - 1)
    rows = np.arange(len(scores))
    return around[rows, scores[rows[:, None], around].argmax(axis=1)]
