"""Samples to averaged power spectra, one each `TICK_S`, whatever the rate (Welch 1967)."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.spectrum.fourier import Fourier, short_buffers

Complexes = NDArray[np.complex64]
Reals = NDArray[np.float32]

TICK_S = 213e-6
"""As short as the shortest packets that matter (0.39 ms) can bear."""
FINEST_HZ, LEAST_BINS, MOST_BINS = 4.7e3, 64, 1024
OVERLAPPED_BELOW_HZ = 5e6
"""Half overlapped windows find 1.5 dB fainter signals for twice the work: what a narrow receiver can afford."""
MANY = 64
BATCH = 32_768
"""Samples of windows at once: they fit into the second-level cache, and pocketfft has rows to go across."""


class Psd:
    """Spectra of `bins` bins of `bin_hz`, the lowest frequency first; the powers of one add up to the mean of abs(sample) ** 2.

    A tick is `tick` samples: its spectrum is the mean of `rows` windows of `bins` samples, `hop` samples apart. The last of them reaches
    `beyond` samples into the next tick.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.bins = min(MOST_BINS, max(LEAST_BINS, 1 << round(log2(rate_hz / FINEST_HZ))))
        self.bin_hz = rate_hz / self.bins
        self.hop = self.bins // 2 if rate_hz < OVERLAPPED_BELOW_HZ else self.bins
        self.rows = max(1, round(TICK_S * rate_hz / self.hop))
        self.tick, self.tick_s = self.rows * self.hop, self.rows * self.hop / rate_hz
        self.beyond = self.bins - self.hop
        window = np.hanning(self.bins + 1)[:-1]
        self._window = (window / np.sqrt(self.bins * self.rows * np.sum(window**2))).astype(np.float32)
        self._in_tick = self.independent(MANY, 1) / MANY
        self._turned = (self._window * np.resize([1, -1], self.bins)).astype(np.float32).repeat(2)
        self._all_rows, self._both = np.ones((1, self.rows), np.float32), np.ones(2, np.float32)
        self._ticks = max(1, BATCH // self.bins // self.rows)
        self._fourier = Fourier(self._ticks * self.rows, self.bins)
        self._given = self._fourier.given.view(np.float32)
        self._squares = np.empty((self._ticks, 1, 2 * self.bins), np.float32)

    def powers(self, samples: Complexes, out: Reals | None = None) -> Reals:
        """Spectra (ticks, bins) of as many ticks as `samples` (n,) hold, with what the last reaches beyond; into `out` if there is one."""
        ticks = max(0, (len(samples) - self.beyond) // self.tick)
        made = np.empty((ticks, self.bins), np.float32) if out is None else out[:ticks]
        samples = np.ascontiguousarray(samples)
        with short_buffers():
            for first in range(0, ticks, self._ticks):
                count = min(self._ticks, ticks - first)
                self._some(samples[first * self.tick :], made[first : first + count])
        return made

    def _some(self, samples: Complexes, out: Reals) -> None:
        """A window of alternating sign puts the lowest frequency first, and sums are products with ones, which BLAS is quick at."""
        rows, parts = len(out) * self.rows, samples.view(np.float32)
        strides = 2 * self.hop * parts.itemsize, parts.itemsize
        given: Reals = np.ndarray((rows, 2 * self.bins), np.float32, parts, strides=strides)
        np.multiply(given, self._turned, out=self._given[:rows])
        squares = made = self._fourier.run(rows).view(np.float32).reshape(len(out), self.rows, 2 * self.bins)
        np.multiply(made, made, out=made)
        if self.rows > 1:
            squares = np.matmul(self._all_rows, made, out=self._squares[: len(out)])
        np.matmul(squares.reshape(len(out), self.bins, 2), self._both, out=out)

    def in_bin(self, ticks: int) -> float:
        """How many independent powers so many ticks of one bin are worth, about."""
        return ticks * self._in_tick

    def independent(self, ticks: int, bins: int) -> float:
        """How many independent powers the sum over so many ticks and bins is worth: windows overlap, and leak into their neighbours."""
        rows = ticks * self.rows
        return float(rows * bins / self._repeated(rows, bins))

    def _repeated(self, rows: int, bins: int) -> float:
        """The sum of squared correlations of one power with all others."""
        squares, total = self._window.astype(np.float64), 0.0
        reach = min(rows - 1, ceil(self.bins / self.hop) - 1)
        for apart in range(reach + 1):
            shifted = squares[: self.bins - apart * self.hop] * squares[apart * self.hop :]
            alike = np.abs(np.fft.fft(shifted, self.bins)) ** 2 / np.sum(squares**2) ** 2
            away = np.minimum(np.arange(self.bins), self.bins - np.arange(self.bins))
            weights = np.clip(1 - away / bins, 0, None) * (1 - apart / rows)
            total += float(np.sum(alike * weights)) * (2 if apart else 1)
        return total

    def frequency_hz(self, bin_: float) -> float:
        """From the middle of the band."""
        return (bin_ - self.bins // 2) * self.bin_hz
