"""Noise without a seam whose spectrum is a power law: clouds, meadows and hills are made of it; and how textures are looked up."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NO_MAP: Any = None
"""An empty array, as the stubs of OpenCV want it, makes OpenCV 5.0 read what is not there."""


def fractal(rng: np.random.Generator, rows: int, columns: int, slope: float, stretch: float = 1.0) -> Floats:
    """(rows, columns) of zero mean and unit variance, its amplitude falling as frequency to `-slope`, longer by `stretch` along rows."""
    fy = np.fft.fftfreq(rows)[:, None] * max(rows, columns)
    fx = np.fft.rfftfreq(columns)[None, :] * max(rows, columns) * stretch
    fall = np.maximum(np.hypot(fx, fy), 1.0) ** -slope
    fall[0, 0] = 0.0
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((rows, columns))) * fall, (rows, columns))
    return np.asarray(field / field.std(), np.float32)


def profile(rng: np.random.Generator, columns: int, slope: float) -> Floats:
    """(columns,) of zero mean and unit variance that closes on itself."""
    frequency = np.maximum(np.fft.rfftfreq(columns) * columns, 1.0)
    line = np.fft.irfft(np.fft.rfft(rng.standard_normal(columns)) * frequency**-slope, columns)
    line -= line.mean()
    return np.asarray(line / line.std(), np.float32)


def looked_up(texture: Floats, places: Floats, *, border: int = cv2.BORDER_CONSTANT, nearest: bool = False, outside: float = 0.0) -> Floats:
    """A texture's values at columns and rows (..., 2), between texels too, or at the nearest."""
    between = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    return np.asarray(cv2.remap(texture, places, NO_MAP, between, borderMode=border, borderValue=outside), np.float32)
