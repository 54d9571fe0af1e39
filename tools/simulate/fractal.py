"""Noise without a seam whose spectrum is a power law: clouds, meadows and hills are made of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


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
