"""Harmonic combs: which fundamental, of those that rotors have, explains the lines of a spectrum, and how it moves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOWEST_HZ, OCTAVES, STEPS_AN_OCTAVE = 60.0, 4, 48
CANDIDATES = OCTAVES * STEPS_AN_OCTAVE
DRIFT_STEPS, DRIFT_STEP = 6, 2  # of the grid, over one window, either way: +-9 % a second
TURN_STEPS = 5  # from one frame to the next, either way
TURN_COST = 0.15  # of the path's score, times the square of those steps


class Comb(Struct, frozen=True):
    """The best fundamental of one window.

    `score` is teeth minus gaps in units of what unit noise in each bin would make of it; `track_hz` (frames,) is the fundamental
    in each frame, and `scattered` how far, in steps of the grid, frames lie off a steady drift. `octave` is how well twice the
    track fits, over how well the track does: about a half where all lines are there.
    """

    fundamental_hz: float
    rate_hz_s: float
    score: float
    track_hz: Floats
    scattered: float
    octave: float = 0.0


@lru_cache
def fundamentals_hz() -> Floats:
    """Candidate fundamentals (candidates,), evenly spaced in their logarithm."""
    return np.float32(LOWEST_HZ) * np.exp2(np.arange(CANDIDATES, dtype=np.float32) / STEPS_AN_OCTAVE)


def bank(bins: int, bin_hz: float, band_hz: tuple[float, float], least_width_hz: float, relative_width: float) -> Floats:
    """Kernels (bins, candidates) of unit norm: narrow teeth at all harmonics within a band minus what lies between them.

    A tooth is `least_width_hz` wide and grows by `relative_width` of its frequency, as lines of several rotors part.
    """
    hz = np.arange(bins, dtype=np.float64) * bin_hz
    kernels = np.zeros((bins, CANDIDATES))
    inside = (hz >= band_hz[0]) & (hz <= band_hz[1])
    for column, f0 in enumerate(fundamentals_hz().astype(np.float64)):
        order = np.round(hz / f0)
        away = np.abs(hz - order * f0) / np.hypot(least_width_hz, relative_width * hz)
        tooth = np.exp(-0.5 * away**2) * (order > 0) * inside / np.sqrt(np.maximum(order, 1))
        gap = np.cos(2 * np.pi * hz / f0).clip(max=0) * inside * (hz > 0.5 * f0) / np.sqrt(np.maximum(hz / f0, 1))
        kernel = tooth / max(tooth.sum(), 1e-9) + gap / max(-gap.sum(), 1e-9)
        kernels[:, column] = kernel / max(float(np.sqrt(np.sum(kernel**2))), 1e-9)
    return kernels.astype(np.float32)


@lru_cache
def _drifts(frames: int) -> NDArray[np.intp]:
    """Flat places (drifts, frames, candidates) in padded scores, along which a fundamental of constant rate lies."""
    slopes = np.arange(-DRIFT_STEPS, DRIFT_STEPS + 1, DRIFT_STEP)
    steps = np.round(slopes[:, None] * np.linspace(-0.5, 0.5, frames)).astype(np.intp)
    places = np.clip(np.arange(CANDIDATES) + steps[:, :, None], 0, CANDIDATES - 1)
    return np.asarray(places + np.arange(frames)[:, None] * CANDIDATES)


def follow(scores: Floats) -> Comb:
    """The candidate and drift with the highest mean of `scores` (frames, candidates), and the best path through all frames."""
    frames = len(scores)
    drifts = _drifts(frames)
    along = scores.ravel()[drifts].mean(axis=1)
    drift, best = np.unravel_index(int(along.argmax()), along.shape)
    steps = drifts[drift, :, best] % CANDIDATES
    path = _path(scores)
    fine = _between(scores, path)
    hz = float(fundamentals_hz()[best])
    rate_hz_s = hz * (2.0 ** (float(DRIFT_STEP * drift - DRIFT_STEPS) / STEPS_AN_OCTAVE) - 1)
    track_hz = (LOWEST_HZ * np.exp2(fine / STEPS_AN_OCTAVE)).astype(np.float32)
    scattered, octave = float(np.std(fine - steps)), _octave(scores, path)
    return Comb(float(np.median(track_hz)), rate_hz_s, float(along[drift, best]), track_hz, scattered, octave)


def _octave(scores: Floats, path: NDArray[np.intp]) -> float:
    above, frames = path + STEPS_AN_OCTAVE, np.arange(len(scores))
    if above.max() >= CANDIDATES:
        return 0.0
    return float(scores[frames, above].mean() / max(float(scores[frames, path].mean()), 1e-3))


@lru_cache
def _turns() -> tuple[NDArray[np.intp], Floats]:
    """Places (candidates, turns) in padded scores that a path may come from, and the cost (turns,) of each turn."""
    turns = np.arange(2 * TURN_STEPS + 1)
    return np.arange(CANDIDATES)[:, None] + turns, (TURN_COST * (turns - TURN_STEPS) ** 2).astype(np.float32)


def _path(scores: Floats) -> NDArray[np.intp]:
    """Steps (frames,) of the path with the highest sum of scores less the cost of its turns (Viterbi 1967)."""
    places, cost = _turns()
    everyone = np.arange(CANDIDATES)
    padded = np.full(CANDIDATES + 2 * TURN_STEPS, -np.inf, dtype=np.float32)
    came = np.empty(scores.shape, dtype=np.intp)
    best = scores[0]
    for frame in range(1, len(scores)):
        padded[TURN_STEPS:-TURN_STEPS] = best
        ways = padded[places] - cost
        came[frame] = ways.argmax(axis=1)
        best = scores[frame] + ways[everyone, came[frame]]
    steps = np.empty(len(scores), dtype=np.intp)
    steps[-1] = best.argmax()
    for frame in range(len(scores) - 1, 0, -1):
        steps[frame - 1] = steps[frame] + came[frame, steps[frame]] - TURN_STEPS
    return steps


def _between(scores: Floats, steps: NDArray[np.intp]) -> NDArray[np.float64]:
    """Steps (frames,) moved to between steps of the grid, by a parabola through scores that are smoothed along the path."""
    at = np.clip(steps, 1, CANDIDATES - 2)
    here = scores[np.arange(len(scores))[:, None], at[:, None] + np.arange(-1, 2)]
    smooth = here.copy()
    smooth[1:-1] += 0.7 * (here[:-2] + here[2:])
    before, middle, after = smooth.T
    bend = np.minimum(before - 2 * middle + after, -1e-6)
    return np.asarray(at + np.clip(0.5 * (before - after) / bend, -0.5, 0.5), dtype=np.float64)
