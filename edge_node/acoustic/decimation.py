"""Every so manyth sample of many channels, without what would fold back: a low-pass at half the new rate, as matrix products."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Samples = NDArray[np.float32]

# So many samples of the new rate to each side and 60 dB make the band flat up to 0.89 of what it could be (Kaiser 1974).
REACH = 16
BETA = 5.65
TILE = 16


class Decimator:
    """Takes samples (n, channels) in and gives whole tiles of each `factor`th, times `factor`: (channels, m), late by `late` samples."""

    def __init__(self, channels: int, factor: int) -> None:
        self.factor, self._channels = factor, channels
        taps = 2 * REACH * factor + 1
        self.late = taps // 2 - (factor - 1) if factor > 1 else 0
        offsets = np.arange(taps) - taps // 2
        impulse = np.sinc(offsets / factor) * np.kaiser(taps, BETA)
        impulse *= factor / impulse.sum()
        self._steps = factor * TILE
        self._matrix = np.zeros((self._steps + taps - factor, TILE), np.float32)
        for k in range(TILE):
            self._matrix[k * factor : k * factor + taps, k] = impulse
        self.reset()

    def reset(self) -> None:
        """Forget what was pushed: silence was before."""
        self._held = np.zeros((len(self._matrix) - self._steps, self._channels), np.float32)

    def push(self, samples: Samples) -> Samples:
        """The tiles that samples complete; a factor of 1 leaves them as they are."""
        if self.factor == 1:
            return samples.T
        held = np.concatenate([self._held, samples])
        tiles = (len(held) - len(self._matrix) + self._steps) // self._steps
        self._held = held[tiles * self._steps :].copy()
        if not tiles:
            return np.empty((self._channels, 0), np.float32)
        row, column = held.strides
        shape = tiles, self._channels, len(self._matrix)
        windows = as_strided(held, shape, (self._steps * row, column, row), writeable=False)
        return np.asarray((windows @ self._matrix).transpose(1, 0, 2).reshape(self._channels, -1))
