"""A waterfall that is made as IQ passes: every frequency of the receiver's band, and as many columns as a picture can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]
Array = NDArray[np.float32]

MOST_COLUMNS = 2_048
BINS = 512
BATCH = 64


class Waterfall:
    """The strongest power of each bin over each column's time; when the columns are full, every two become one.

    The strongest and not the mean: a burst is to be seen in an hour.
    """

    def __init__(self, sample_rate_hz: float) -> None:
        self._rate_hz = sample_rate_hz
        self._window = np.hanning(BINS).astype(np.float32)
        self._columns = np.zeros((MOST_COLUMNS, BINS), np.float32)
        self._every, self._count = 1, 0

    def add(self, samples: Complexes, first: int) -> None:
        """Take in samples of which the first is that many after the recording's first; those that make no whole row are left out."""
        rows = samples[: len(samples) // BINS * BINS].reshape(-1, BINS)
        if not len(rows) or first < 0:
            return
        while (first + rows.size) // (BINS * self._every) >= MOST_COLUMNS:
            self._halve()
        for k in range(0, len(rows), BATCH):
            batch = rows[k : k + BATCH]
            spectra = np.fft.fft(batch * self._window, axis=1)
            power = np.fft.fftshift(spectra.real**2 + spectra.imag**2, axes=1).astype(np.float32)
            places = (first + (k + np.arange(len(batch))) * BINS) // (BINS * self._every)
            np.maximum.at(self._columns, places, np.nan_to_num(power))
        self._count = max(self._count, int(places[-1]) + 1)

    def _halve(self) -> None:
        half = MOST_COLUMNS // 2
        self._columns[:half] = np.maximum(self._columns[::2], self._columns[1::2])
        self._columns[half:] = 0.0
        self._every, self._count = self._every * 2, (self._count + 1) // 2

    @property
    def seconds(self) -> float:
        """What the columns reach over."""
        return self._count * self._every * BINS / self._rate_hz

    def decibels(self) -> Array:
        """By (bin from the lowest, column); a tone of full scale has 0 within 2, what was not heard the least."""
        scale = np.float32(self._window.sum() ** 2)
        return np.asarray(10 * np.log10(self._columns[: self._count].T / scale + np.float32(1e-14)), np.float32)
