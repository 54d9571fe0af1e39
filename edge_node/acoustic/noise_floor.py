"""The power that is always there in each bin: minima over some seconds (Martin 2001), and what stands beside a bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

SMOOTHED_S = 0.3
WINDOW_S = 8.0
PARTS = 8
# What the mean of steady noise is above the smallest of its smoothed powers within the window, measured.
ABOVE_MINIMUM = 1.55
# A line that never moves is no noise: the floor is not above this times the middle of its neighbours.
NEIGHBOURS = 16
ABOVE_NEIGHBOURS = 1.6
LEAST_POWER = 1e-20


class NoiseFloor:
    """Follows powers (frames, bins), one frame each `hop_s`; sinks at once and rises within `WINDOW_S` seconds."""

    def __init__(self, bins: int, hop_s: float) -> None:
        self._keep = np.float32(np.exp(-hop_s / SMOOTHED_S))
        self._part_frames = max(1, round(WINDOW_S / PARTS / hop_s))
        self._minima = np.full((PARTS, bins), np.inf, np.float32)
        self._smooth: Real | None = None
        self._frames = 0

    def push(self, power: Real) -> Real:
        """Take powers (frames, bins) in; the floor (bins,) in the same unit, never below `LEAST_POWER`."""
        for frame in power:
            self._take(frame)
        return self.floor

    @property
    def floor(self) -> Real:
        """Of now (bins,); nothing but `LEAST_POWER` before the first frame."""
        lowest = self._minima.min(axis=0)
        lasting = np.where(np.isfinite(lowest), np.float32(ABOVE_MINIMUM) * lowest, np.float32(LEAST_POWER))
        bound = np.float32(ABOVE_NEIGHBOURS) * beside(lasting)
        return np.asarray(np.maximum(np.minimum(lasting, bound), np.float32(LEAST_POWER)))

    def _take(self, frame: Real) -> None:
        if self._smooth is None:
            self._smooth = frame.astype(np.float32)
        else:
            self._smooth += (1 - self._keep) * (frame - self._smooth)
        part, begun = divmod(self._frames, self._part_frames)
        row = self._minima[part % PARTS]
        if begun == 0:
            row[:] = self._smooth
        else:
            np.minimum(row, self._smooth, out=row)
        self._frames += 1


def beside(power: Real) -> Real:
    """The median of the bins about each, by groups of `NEIGHBOURS` and straight lines between."""
    whole = len(power) // NEIGHBOURS * NEIGHBOURS
    if not whole:
        return np.full_like(power, np.median(power))
    middles = np.median(power[:whole].reshape(-1, NEIGHBOURS), axis=1)
    at = np.arange(len(middles)) * NEIGHBOURS + (NEIGHBOURS - 1) / 2
    return np.interp(np.arange(len(power)), at, middles).astype(np.float32)
