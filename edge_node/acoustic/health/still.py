"""What shows at once of an array as a whole: that every microphone says one value again and again, or that some are far too loud."""

from __future__ import annotations

import numpy as np

from drivers.blocks import AudioBlock

STILL_S, MOVES_S = 1.0, 0.5
FEW = 64
"""Samples that are looked at first: where they differ nothing else need be."""


class Still:
    """Told of every block."""

    def __init__(self) -> None:
        self._still_s = self._moved_s = 0.0
        self.holds = False

    def take(self, block: AudioBlock) -> None:
        """No microphone is so quiet that it says the very same for a second."""
        seconds = len(block.samples) / block.sample_rate_hz
        first = block.samples[0]
        few = block.samples[:: max(1, len(block.samples) // FEW)]
        moves = bool(np.any(few != first)) or bool(np.any(block.samples != first))
        self._still_s, self._moved_s = (0.0, self._moved_s + seconds) if moves else (self._still_s + seconds, 0.0)
        self.holds = self._moved_s < MOVES_S if self.holds else self._still_s >= STILL_S


CLIPPED_AT, CLIPPED_SHARE, CLEAR_SHARE, OVER_S = 0.99, 0.03, 0.005, 2.0
"""Of full scale, and of the samples over some two seconds; a gust does not last so long."""


class Saturated:
    """Told of every block."""

    def __init__(self) -> None:
        self._share = np.zeros(0)
        self._clipped = np.zeros(0, np.bool_)

    def take(self, block: AudioBlock) -> None:
        """Few samples are looked at where none of them is near full scale."""
        step = max(1, len(block.samples) // (8 * FEW))
        here = np.mean(np.abs(block.samples[::step]) >= CLIPPED_AT, axis=0)
        if len(self._share) != len(here):
            self._share, self._clipped = np.zeros(len(here)), np.zeros(len(here), np.bool_)
        self._share += (here - self._share) * min(1.0, len(block.samples) / block.sample_rate_hz / OVER_S)
        self._clipped = np.where(self._clipped, self._share > CLEAR_SHARE, self._share > CLIPPED_SHARE)

    def words(self) -> str:
        """How many, and for how much of the time; empty where none is."""
        count = int(np.count_nonzero(self._clipped))
        if not count:
            return ""
        of = f"{count} of {len(self._clipped)} microphones"
        return f"{of} at full scale {self._share.max():.0%} of the time: turn the gain down, or shield them from wind"
