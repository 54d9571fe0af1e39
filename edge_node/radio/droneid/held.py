"""The newest samples of a stream, by their number from its start: what a block brought, and the little before that is still needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]


class Held:
    """Samples from `start` up to `stop`; a block is not copied while it is looked at, only what is kept of it."""

    def __init__(self) -> None:
        self.start = self.stop = 0
        self._kept = self._block = np.empty(0, np.complex64)

    @property
    def _border(self) -> int:
        return self.stop - len(self._block)

    def add(self, block: Complexes) -> None:
        """What follows; `keep` comes between two of these."""
        self._block = block
        self.stop += len(block)

    def take(self, start: int, stop: int) -> Complexes:
        """Samples (stop - start,), not to be written to; zeros where there are none."""
        if start >= self._border and stop <= self.stop:
            return self._block[start - self._border : stop - self._border]
        taken = np.zeros(stop - start, np.complex64)
        for first, samples in ((self.start, self._kept), (self._border, self._block)):
            low, high = max(start, first), min(stop, first + len(samples))
            if low < high:
                taken[low - start : high - start] = samples[low - first : high - first]
        return taken

    def keep(self, start: int) -> None:
        """Forget what is before, and copy what is not."""
        start = min(max(start, self.start), self.stop)
        self._kept = self.take(start, self.stop).copy()
        self.start, self._block = start, np.empty(0, np.complex64)
