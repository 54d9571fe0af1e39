"""Where nothing is looked for: what the technician drew, and the ground."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Camera

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS = 64
"""Along the longer side: elevation is worked out so often and goes straight between, where a fisheye's horizon bends by a pixel at most."""
FARTHEST_PX = 30_000.0
"""As far outside a corner may lie; what fills polygons counts in fixed point."""


def mask_of(camera: Camera, shape: tuple[int, int], up: Callable[[Numbers], Numbers] | None = None) -> Mask:
    """(rows, columns) of `shape`, True where nothing is looked for; `up` gives the sine of the elevation of points (n, 2), nan where none.

    Without `up`, where lens or azimuth are unknown, `lowest_elevation_deg` masks nothing.
    """
    masked = _drawn(camera, shape)
    if camera.lowest_elevation_deg is not None and up is not None:
        masked |= _too_low(shape, up, float(np.sin(np.radians(camera.lowest_elevation_deg))))
    return masked


def _drawn(camera: Camera, shape: tuple[int, int]) -> Mask:
    """The polygons, each filled by itself, so that where two lie over each other both count, in the size that they were drawn in."""
    filled = np.zeros((camera.height, camera.width), np.uint8)
    for polygon in camera.masks:
        corners = np.nan_to_num(np.array(polygon, np.float64).reshape(-1, 2))
        if len(corners) >= 3:
            cv2.fillPoly(filled, [np.rint(np.clip(corners, -FARTHEST_PX, FARTHEST_PX)).astype(np.int32)], 1)
    return cv2.resize(filled, shape[::-1], interpolation=cv2.INTER_NEAREST).astype(np.bool_)


def _too_low(shape: tuple[int, int], up: Callable[[Numbers], Numbers], lowest: float) -> Mask:
    """What a fisheye shows beside its picture has no elevation, and is masked as well."""
    step = max(-(-max(shape) // STEPS), 1)
    rows, columns = (np.arange(0, size + step, step, dtype=np.float64) for size in shape)
    x, y = np.meshgrid(columns, rows)
    sines = up(np.stack((x.ravel(), y.ravel()), axis=1)).reshape(x.shape)
    nearest = np.where(np.isnan(sines), -1.0, sines).astype(np.float32)
    whole = _between(shape[0], step) @ nearest @ _between(shape[1], step).T
    return np.asarray(whole < lowest)


def _between(size: int, step: int) -> NDArray[np.float32]:
    """(size, grid): how much each point of the grid counts at each pixel."""
    grid = np.arange(0, size + step, step)
    return np.asarray(np.maximum(1.0 - np.abs(np.arange(size)[:, None] - grid) / step, 0.0), np.float32)
