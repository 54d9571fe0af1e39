"""How wide a signal is, from its mean power in each bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.edges import plateau

Reals = NDArray[np.float32]

SPREAD = 0.005
"""Of the power is beyond either edge of the bandwidth."""
CLEAR = 6.0
"""Excess over its own spread above which 99 % of the power can be told; below, edges are where half of it is."""
PAD_BINS = 3
SMOOTHED_BINS, SEEN = 5, 3.0
PEAK_BINS = 21


def band_of(powers: Reals, level: Reals, low: int, high: int, independent: float) -> tuple[int, int]:
    """Lowest and highest bin of what stands over the floor (bins,) in mean powers (bins,), of `independent` ones, near `low` to `high`."""
    low, high = max(0, low - PAD_BINS), min(len(level) - 1, high + PAD_BINS)
    floor = level[low : high + 1]
    ratios = powers[low : high + 1] / floor - 1
    spread = 1 / float(np.sqrt(independent))
    first, end = plateau(ratios, 0.0, max(float(_smoothed(ratios, PEAK_BINS).max()), spread / 4))
    if float(ratios[first:end].mean()) < CLEAR * spread:
        return low + first, low + end - 1
    smooth = _smoothed(ratios, SMOOTHED_BINS)
    seen = smooth > SEEN * spread / np.sqrt(SMOOTHED_BINS / 2)
    seen[first:end] = True
    shares = np.cumsum(np.where(seen, np.maximum(ratios, 0), 0) * floor, dtype=np.float64)
    edges = np.searchsorted(shares, np.array([SPREAD, 1 - SPREAD]) * shares[-1])
    return low + int(edges[0]), low + int(min(edges[1], len(ratios) - 1))


def _smoothed(ratios: Reals, bins: int) -> Reals:
    bins = min(bins, len(ratios))
    return np.convolve(ratios, np.full(bins, 1 / bins, np.float32), mode="same").astype(np.float32)
