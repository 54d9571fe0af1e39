"""Whether a piece may hold a frame at all, for a fifth of what a search costs: what fills a band all the time is mostly no frame.

A frame's first Zadoff-Chu symbol falls through 9 MHz at an even pace. Times a sweep that rises as fast it is a tone, wherever in the band
it lies, and stands out of the spectrum of a window; what noise, Wi-Fi and LTE become has no lines.
"""

from __future__ import annotations

from math import floor, log2

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from edge_node.radio.droneid.waveform import CARRIERS, RATE_HZ, SPACING_HZ, SYMBOL, Complexes
from edge_node.radio.spectrum.fourier import Fourier, short_buffers

Reals = NDArray[np.float32]

SYMBOL_S = SYMBOL / RATE_HZ
PACE_HZ_S = (CARRIERS + 1) * SPACING_HZ / SYMBOL_S
# A window may be a little longer than the symbol, as at 15 MS/s.
LONGER = 1.05
BLOCK, AROUND = 64, 5
# Against the mean of so many blocks of bins a frame at -5 dB has 60 and more, with three strong echoes 36; noise, Wi-Fi, LTE, C-V2X and
# OcuSync's own video 19 at the most.
LEAST = 24.0
BATCH = 32


class Sweep:
    """For pieces at one rate: half overlapped windows as long as the symbol, or up to half of it shorter."""

    def __init__(self, rate_hz: float) -> None:
        self.row = 1 << floor(log2(rate_hz * SYMBOL_S * LONGER))
        self.hop = self.row // 2
        t_s = np.arange(self.row) / rate_hz
        self._rising = (np.hanning(self.row + 1)[:-1] * np.exp(1j * np.pi * PACE_HZ_S * t_s**2)).astype(np.complex64)
        self._fourier = Fourier(BATCH, self.row)
        self._both, self._block = np.ones(2, np.float32), np.ones(BLOCK, np.float32)
        count = self.row // BLOCK
        apart = np.abs(np.arange(count)[:, None] - np.arange(count))
        near = np.minimum(apart, count - apart) <= AROUND // 2
        self._limits = (near * (LEAST / (AROUND * BLOCK))).astype(np.float32)

    def may_hold_a_frame(self, samples: Complexes) -> bool:
        """Whether one of these samples' windows has a line."""
        count = (len(samples) - self.row) // self.hop + 1
        if count <= 0:
            return False
        samples = np.ascontiguousarray(samples)
        windows = as_strided(samples, (count, self.row), (self.hop * samples.itemsize, samples.itemsize), writeable=False)
        with short_buffers():
            return any(self._has_line(windows[k : k + BATCH]) for k in range(0, count, BATCH))

    def _has_line(self, windows: Complexes) -> bool:
        np.multiply(windows, self._rising, out=self._fourier.given[: len(windows)])
        parts = self._fourier.run(len(windows)).view(np.float32)
        np.multiply(parts, parts, out=parts)
        powers: Reals = np.matmul(parts.reshape(-1, self.row, 2), self._both).reshape(len(windows), -1, BLOCK)
        limits = np.matmul(np.matmul(powers, self._block), self._limits)
        return bool(np.any(powers > limits[:, :, None]))
