"""Whether nothing moves any more: an array that is plugged in and whose every microphone says one value again and again."""

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
