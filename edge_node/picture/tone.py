"""Pictures of any depth in 256 greys, for people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DARKEST, BRIGHTEST = 1.0, 99.7
"""Percentiles of a picture that become black and white."""
EVERY = 4
"""Rows and columns of which one is looked at: percentiles of a sixteenth of the pixels are good enough."""
FOLLOWS = 0.1
"""How much one picture moves the scale: it must not flicker."""


class ToneMap:
    """Greys of one camera's pictures after each other."""

    def __init__(self) -> None:
        self._ends: NDArray[np.float64] | None = None

    def grey(self, picture: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
        """(rows, columns) uint8; what is 8 bits deep stays as it is."""
        if picture.dtype == np.uint8:
            return np.asarray(picture, np.uint8)
        ends = np.percentile(picture[::EVERY, ::EVERY], (DARKEST, BRIGHTEST))
        self._ends = ends if self._ends is None else self._ends + FOLLOWS * (ends - self._ends)
        low, high = self._ends
        return np.asarray(np.clip((picture - low) * (255.0 / max(high - low, 1.0)), 0, 255), np.uint8)
