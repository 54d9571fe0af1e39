"""A spectrogram that is made as sound passes: bands of equal width in octaves, and as many columns as a page can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Numbers = NDArray[np.float64]

MOST_COLUMNS = 2_000
BANDS = 240
LOWEST_HZ, HIGHEST_HZ = 40.0, 8_000.0
WINDOW_S = 0.16


class Spectrogram:
    """One channel's power over time and frequency; when the columns are full, every two become one that lasts twice as long."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._size = 1 << max(round(np.log2(sample_rate_hz * WINDOW_S)), 4)
        self._step_s = self._size / 2 / sample_rate_hz
        self._window = np.hanning(self._size).astype(np.float32)
        highest_hz = min(HIGHEST_HZ, sample_rate_hz / 2)
        self.edges_hz: Numbers = np.geomspace(min(LOWEST_HZ, highest_hz / 2), highest_hz, BANDS + 1)
        self._bands = bands(self.edges_hz, np.asarray(np.fft.rfftfreq(self._size, 1 / sample_rate_hz), np.float64))
        self._columns = np.zeros((MOST_COLUMNS, BANDS), np.float32)
        self._sum = np.zeros(BANDS, np.float32)
        self._every, self._summed, self._count = 1, 0, 0
        self._rest = np.zeros(0, np.float32)

    def add(self, samples: Array) -> None:
        """Take in sound, in its order."""
        samples = np.concatenate((self._rest, samples))
        half = self._size // 2
        starts = range(0, len(samples) - self._size + 1, half)
        for start in starts:
            spectrum = np.fft.rfft(samples[start : start + self._size] * self._window)
            self._add_power(self._bands @ np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32))
        self._rest = samples[len(starts) * half :]

    def _add_power(self, power: Array) -> None:
        self._sum += power
        self._summed += 1
        if self._summed < self._every:
            return
        self._columns[self._count] = self._sum / self._summed
        self._sum[:], self._summed = 0.0, 0
        self._count += 1
        if self._count == MOST_COLUMNS:
            self._columns[: MOST_COLUMNS // 2] = (self._columns[::2] + self._columns[1::2]) / 2
            self._count, self._every = MOST_COLUMNS // 2, self._every * 2

    @property
    def columns(self) -> int:
        """How many there are to be drawn."""
        return self._count

    def decibels(self) -> tuple[Numbers, Array]:
        """Where columns begin and end (s), and dB by (band, column); a tone of full scale has 0 within 3."""
        edges_s = np.arange(self._count + 1) * self._every * self._step_s
        scale = np.float32(self._window.sum() ** 2 / 4)
        return edges_s, 10 * np.log10(self._columns[: self._count].T / scale + np.float32(1e-14))


def bands(edges_hz: Numbers, bins_hz: Numbers) -> Array:
    """Weights (bands, bins) that sum the power of a band, so that a tone is as loud in a wide band as in a narrow one."""
    middles, width_hz = np.sqrt(edges_hz[1:] * edges_hz[:-1]), np.maximum(np.diff(edges_hz), bins_hz[1])
    return np.asarray(np.maximum(1 - np.abs(bins_hz[None] - middles[:, None]) / width_hz[:, None], 0.0), np.float32)
