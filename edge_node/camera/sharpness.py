"""How much fine detail each part of a still scene holds against coarse: what drops, a web, ice or dirt before the lens change.

A mean over a minute leaves what stands still: no noise, no rain, no cloud that passes. Fine and coarse are bends of brightness over a
hundredth and a tenth of the picture's width; light and haze change both alike, and gradients bend nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Camera, Frame
from edge_node.camera.levels import noise_of

WIDTH_PX = 160
"""Of the picture that is looked at: what is out of focus is larger than its pixels by far."""
FINE_PX, COARSE_PX = 2, 16
PARTS = 8
LOOK_NS = 1_000_000_000
OVER_LOOKS, FEWEST_LOOKS = 60, 30
RESIDUE = 2.0 / (2 * OVER_LOOKS - 1)
"""Of the noise's power, what the mean leaves; a bend is of three pixels, of which the middle one counts twice: six times that."""
BEND = 6.0
FLOOR, LEAST_NOISE = 0.1, 0.5
"""Of the noise's power, what counts as nothing; noise is at least half a step."""
STILL = 0.3
"""So much of the fine detail of one picture is left in the mean of a camera that stands still."""

Plane = NDArray[np.float32]


class Sharpness:
    """Follows one camera's pictures, once a second."""

    def __init__(self) -> None:
        self._mean: Plane = np.empty((0, 0), np.float32)
        self._last = self._mean
        self._looks, self._looked_ns = 0, 0
        self._camera: Camera | None = None

    def see(self, frame: Frame) -> None:
        """Take a picture, if it is time for one; another camera or size begins anew."""
        if self._looks and 0 <= frame.t_mono_ns - self._looked_ns < LOOK_NS:
            return
        height, width = frame.picture.shape
        small = (WIDTH_PX, max(1, round(height * WIDTH_PX / width))) if width > WIDTH_PX else (width, height)
        shown = cv2.resize(frame.picture, small, interpolation=cv2.INTER_AREA).astype(np.float32)
        if frame.camera != self._camera or shown.shape != self._mean.shape:
            self._camera, self._mean, self._looks = frame.camera, shown.copy(), 0
        self._looks, self._looked_ns, self._last = self._looks + 1, frame.t_mono_ns, shown
        self._mean += (shown - self._mean) * np.float32(max(1.0 / self._looks, 1.0 / OVER_LOOKS))

    def parts_db(self) -> NDArray[np.float64] | None:
        """(PARTS, PARTS): fine detail over coarse; None while too little was seen, or where the camera does not stand still."""
        if self._looks < FEWEST_LOOKS or min(self._mean.shape) <= 2 * COARSE_PX + PARTS:
            return None
        return fine_over_coarse_db(self._mean, self._last)


def fine_over_coarse_db(mean: Plane, last: Plane) -> NDArray[np.float64] | None:
    """(PARTS, PARTS) of the mean of a minute's pictures and the last of them; None where they differ by more than noise."""
    noise = max(noise_of(last), LEAST_NOISE) ** 2
    fine, once = bends(mean, FINE_PX), bends(last, FINE_PX)
    if fine.mean() < STILL * (once.mean() - BEND * noise):
        return None
    coarse = bends(mean, COARSE_PX)
    left, floor = BEND * RESIDUE * noise, FLOOR * noise
    return np.asarray(10.0 * np.log10((np.maximum(fine - left, 0.0) + floor) / (np.maximum(coarse - left, 0.0) + floor)))


def bends(picture: Plane, lag_px: int) -> NDArray[np.float64]:
    """(PARTS, PARTS): mean square of how much brightness bends over `lag_px` along rows."""
    bent = 2 * picture[:, lag_px:-lag_px] - picture[:, : -2 * lag_px] - picture[:, 2 * lag_px :]
    squares = bent * bent
    rows, columns = (np.linspace(0, side, PARTS, endpoint=False).astype(np.intp) for side in squares.shape)
    sums = np.add.reduceat(np.add.reduceat(squares, rows, axis=0, dtype=np.float64), columns, axis=1)
    counts = np.outer(np.diff(np.append(rows, squares.shape[0])), np.diff(np.append(columns, squares.shape[1])))
    return np.asarray(sums / counts)
