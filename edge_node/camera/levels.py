"""Pictures of any depth as 256 levels in which small things keep their contrast."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

NOISE_LEVELS = 1.0
"""What the spread of noise (1 sigma) of a 16-bit picture becomes."""
WIDE_PX = 65
MIDDLE = 128.0
LEAST_NOISE = 0.25
NOISE_STEP = 0.05
LAPLACE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""Blind to edges and gradients; its response to white noise is six sigmas (Immerkaer 1996)."""
LAPLACE_SIGMAS = 6.0
MEDIAN_TO_SIGMA = 1.4826


class Levels:
    """8-bit pictures stay as they are; of 16 bits the wide gradients are taken out and noise sets the scale, followed slowly."""

    def __init__(self) -> None:
        self._noise: float | None = None
        self._deep = False

    @property
    def unit(self) -> float:
        """How much of the picture's own units one level is."""
        return self._noise / NOISE_LEVELS if self._deep and self._noise else 1.0

    def of(self, picture: NDArray[np.uint8] | NDArray[np.uint16]) -> Grey:
        """The picture in 256 levels."""
        self._deep = picture.dtype != np.uint8
        if not self._deep:
            return np.ascontiguousarray(picture, np.uint8)
        counts = picture.astype(np.float32)
        here = max(noise_of(counts), LEAST_NOISE)
        self._noise = here if self._noise is None else self._noise + NOISE_STEP * (here - self._noise)
        wide = cv2.blur(counts, (WIDE_PX, WIDE_PX))
        scaled = (counts - wide) * (NOISE_LEVELS / self._noise) + MIDDLE
        return np.asarray(np.clip(scaled, 0.0, 255.0), np.uint8)


def noise_of(picture: NDArray[np.float32]) -> float:
    """1 sigma of white noise in the picture's own units, from its finest detail."""
    detail = cv2.filter2D(picture[::2], cv2.CV_32F, LAPLACE)[1:-1:2, 1:-1:2]
    return float(np.median(np.abs(detail))) * MEDIAN_TO_SIGMA / LAPLACE_SIGMAS
