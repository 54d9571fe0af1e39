"""The newest samples of a stream, in one piece of memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]


class Ring:
    """Keeps at least the last `least` samples, numbered as in their stream, and about twice as many at most: they are moved but seldom."""

    def __init__(self, least: int, most_added: int) -> None:
        self._least, self.most_added = least, most_added
        self._samples = np.zeros(2 * least + most_added, np.complex64)
        self.restart(0)

    def restart(self, number: int) -> None:
        """Forget all; the next sample has this number."""
        self._count, self.start = 0, number

    @property
    def stop(self) -> int:
        """The number of the next sample."""
        return self.start + self._count

    def add(self, samples: Complexes) -> None:
        """What follows, at most `most_added`."""
        if self._count + len(samples) > len(self._samples):
            kept = min(self._least, self._count)
            gone = self._count - kept
            self._samples[:kept] = self._samples[gone : self._count]
            self.start, self._count = self.start + gone, kept
        self._samples[self._count : self._count + len(samples)] = samples
        self._count += len(samples)

    def view(self, first: int, end: int) -> Complexes:
        """Those of these numbers that are there; valid until more are added."""
        return self._samples[max(0, first - self.start) : max(0, min(end, self.stop) - self.start)]
