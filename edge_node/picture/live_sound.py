"""What one microphone hears, as columns of a spectrogram, eight a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AnyBlock, AudioBlock
from edge_node.picture.live_column import COLUMNS_A_SECOND, Column, steps
from edge_node.picture.spectrogram import HIGHEST_HZ, LOWEST_HZ, WINDOW_S, bands

BANDS = 128


class LiveSound:
    """Of the first channel; begins anew where the rate changes or sound was lost."""

    def __init__(self) -> None:
        self._rate_hz = 0
        self._next = -1
        self._rest = np.zeros(0, np.float32)

    def take(self, block: AnyBlock) -> list[bytes]:
        """The columns that this block completes."""
        if not isinstance(block, AudioBlock) or not block.samples.size:
            return []
        if block.sample_rate_hz != self._rate_hz:
            self._prepare(block.sample_rate_hz)
        kept = self._rest if block.sequence == self._next else self._rest[:0]
        self._next = block.sequence + len(block.samples)
        sound = np.concatenate((kept, block.samples[:, 0]))
        starts = range(0, len(sound) - self._size + 1, self._hop)
        self._rest = sound[len(starts) * self._hop :]
        return [self._column(sound[start : start + self._size]) for start in starts]

    def _prepare(self, rate_hz: int) -> None:
        self._rate_hz, self._rest = rate_hz, np.zeros(0, np.float32)
        self._size, self._hop = 1 << max(round(np.log2(rate_hz * WINDOW_S)), 4), max(rate_hz // COLUMNS_A_SECOND, 1)
        self._window = np.hanning(self._size).astype(np.float32)
        self._high_hz = min(HIGHEST_HZ, rate_hz / 2)
        self._low_hz = min(LOWEST_HZ, self._high_hz / 2)
        edges_hz = np.geomspace(self._low_hz, self._high_hz, BANDS + 1)
        self._bands = bands(edges_hz, np.asarray(np.fft.rfftfreq(self._size, 1 / rate_hz), np.float64))

    def _column(self, sound: NDArray[np.float32]) -> bytes:
        spectrum = np.fft.rfft(sound * self._window)
        scale = np.float32(self._window.sum() ** 2 / 4)
        power = self._bands @ np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32) / scale
        said = Column(low_hz=self._low_hz, high_hz=self._high_hz, octaves=True, seconds=self._hop / self._rate_hz, levels=steps(power))
        return said.encoded()
