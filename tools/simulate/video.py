"""What a camera makes of its own pictures before it sends them: gain control, noise reduction over time, compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.simulate.fractal import Floats
from tools.simulate.outdoors import KELVIN_PER_COUNT
from tools.simulate.thermal import Counts

Grey = NDArray[np.uint8]
LEAST_SPREAD_K = 10.0
"""A gain control goes no further, lest it show noise alone."""


class GainControl:
    """Counts to grey as a core's own video has it; fed in order, it holds its gain until the scene has changed by `HOLD`, then jumps.

    `locality` from 0 to 1 is how much the surroundings' mean is taken out: 1 makes the halo along a hot horizon.
    """

    HOLD = 0.12

    def __init__(self, locality: float = 0.8, contrast: float = 1.0, middle: float = 110.0) -> None:
        self._locality, self._contrast, self._middle = locality, contrast, middle
        self._gain = self._level = 0.0

    def grey(self, counts: Counts) -> Grey:
        """One picture, uint8."""
        kelvin = counts.astype(np.float32) * np.float32(KELVIN_PER_COUNT)
        small = cv2.resize(kelvin, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        around = cv2.GaussianBlur(small, (0, 0), max(small.shape[1] / 10, 1.0))
        level, spread = float(np.median(small)), small - self._locality * around
        low, high = np.percentile(spread, [3, 97])
        gain = self._contrast * 190 / max(float(high - low), LEAST_SPREAD_K)
        if self._gain == 0 or abs(gain / self._gain - 1) > self.HOLD:
            self._gain, self._level = gain, level
        wide = cv2.resize(around, (kelvin.shape[1], kelvin.shape[0]), interpolation=cv2.INTER_LINEAR)
        base = np.float32(self._locality) * wide + np.float32((1 - self._locality) * self._level)
        kelvin -= base
        kelvin *= np.float32(self._gain)
        return np.asarray(np.clip(kelvin + np.float32(self._middle), 0, 255), np.uint8)


class Video:
    """What a camera's 8-bit video shows of its pictures, fed in order: gain control, noise reduction over time, compression."""

    STILL = 6.0

    def __init__(self, gain: GainControl | None, jpeg_quality: int = 0, calm: float = 0.5) -> None:
        """`calm` is the share of the picture before that is kept where nothing changes by more than `STILL` grey levels."""
        self._gain, self._quality, self._calm = gain, jpeg_quality, calm
        self._last: Counts | Grey | None = None
        self._before: Floats = np.empty(0, np.float32)
        self._shown: Grey = np.empty(0, np.uint8)

    def grey(self, picture: Counts | Grey) -> Grey:
        """One picture, uint8; a frozen one comes out as the one before."""
        if self._last is not None and np.array_equal(picture, self._last):
            return self._shown
        grey = self._gain.grey(np.asarray(picture, np.uint16)) if self._gain and picture.dtype == np.uint16 else picture
        now = grey.astype(np.float32)
        if self._last is not None:
            change = self._before - now
            now += np.float32(self._calm) * change * (np.abs(change) < self.STILL)
        self._last, self._before = picture, now
        self._shown = compressed(np.asarray(np.clip(now + 0.5, 0, 255), np.uint8), self._quality)
        return self._shown


def compressed(grey: Grey, jpeg_quality: int) -> Grey:
    """A picture as it comes out of a lossy coder; 0 leaves it as it is."""
    if jpeg_quality <= 0:
        return grey
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
