"""What a receiver hears, as columns of a waterfall, eight a second: samples of the spectrum, not all of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AnyBlock, IqBlock
from edge_node.picture.live_column import COLUMNS_A_SECOND, Column, steps

BINS = 512
ROWS = 256
LOOKS = 16
"""Spectra of each block, spread over it: the detector sees all of them, a person needs a few of a hundred."""
CARRIER_BINS = 1
"""Beside the middle: a receiver's own direct current is no signal."""


class LiveRadio:
    """The strongest of each frequency while a column lasts; a column ends where the receiver is tuned to something else."""

    def __init__(self) -> None:
        self._window = np.hanning(BINS).astype(np.float32)
        self._power = np.zeros(BINS, np.float32)
        self._band: tuple[float, float] | None = None
        self._samples = 0

    def take(self, block: AnyBlock) -> list[bytes]:
        """The columns that end with this block, or before it."""
        if not isinstance(block, IqBlock) or len(block.samples) < BINS:
            return []
        band = block.center_hz or 0.0, block.sample_rate_hz
        ended = [self._column()] if self._samples and band != self._band else []
        self._band = band
        np.maximum(self._power, self._strongest(block.samples), out=self._power)
        self._samples += len(block.samples)
        if self._samples >= block.sample_rate_hz / COLUMNS_A_SECOND:
            ended.append(self._column())
        return ended

    def _strongest(self, samples: NDArray[np.complex64]) -> NDArray[np.float32]:
        starts = np.linspace(0, len(samples) - BINS, LOOKS).astype(int)
        looks = np.stack([samples[start : start + BINS] for start in starts])
        spectra = np.fft.fftshift(np.fft.fft(looks * self._window, axis=1), axes=1)
        return np.asarray((spectra.real**2 + spectra.imag**2).max(axis=0), np.float32)

    def _column(self) -> bytes:
        center_hz, rate_hz = self._band or (0.0, 1.0)
        middle = slice(BINS // 2 - CARRIER_BINS, BINS // 2 + CARRIER_BINS + 1)
        self._power[middle] = np.minimum(self._power[middle], self._power[BINS // 2 + CARRIER_BINS + 1])
        rows = self._power.reshape(ROWS, -1).max(axis=1) / np.float32(self._window.sum() ** 2)
        seconds, self._samples = self._samples / rate_hz, 0
        self._power[:] = 0.0
        low_hz, high_hz = center_hz - rate_hz / 2, center_hz + rate_hz / 2
        return Column(low_hz=low_hz, high_hz=high_hz, octaves=False, seconds=seconds, levels=steps(rows)).encoded()
