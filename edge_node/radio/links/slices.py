"""A few channels of a stream at a lower rate, piece by piece without a seam: overlapping transforms of which the middles are kept."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.quick_length import quick_length

Complexes = NDArray[np.complex64]
FINEST = 4096
"""Of a ratio of rates: the error is below 0.1 ppm."""
GUARD = 96
"""Samples of a channel at both ends of a transform that its filter's ringing spoils."""
LENGTH = 6144
"""Samples of a channel in one transform, at least: more cost less and come later."""
EDGE = 0.08
"""A channel's edge falls off over this share of its width."""


class Slices:
    """Channels about `offsets_hz` of a stream of `rate_hz`, at `to_hz` and no wider than `width_hz`; `middles_hz` are the exact ones."""

    def __init__(self, rate_hz: float, to_hz: float, offsets_hz: Sequence[float], width_hz: float, length: int = LENGTH) -> None:
        ratio = Fraction(to_hz / rate_hz).limit_denominator(FINEST)
        times = quick_length(ceil(length / ratio.numerator))
        self._taken, self._given = times * ratio.denominator, times * ratio.numerator
        guard = ceil(GUARD / ratio.numerator)
        self._guard, self._kept_guard = guard * ratio.denominator, guard * ratio.numerator
        self._hop = self._taken - 2 * self._guard
        bin_hz = rate_hz / self._taken
        self._bins = [round(one / bin_hz) for one in offsets_hz]
        self.middles_hz = [one * bin_hz for one in self._bins]
        half = min(ceil(width_hz / 2 / bin_hz), (self._given - 1) // 2, (self._taken - 1) // 2)
        self._around = np.arange(-half, half + 1)
        edge = np.clip((half + 1 - np.abs(self._around)) / max(1.0, EDGE * half), 0, 1) * (self._given / self._taken)
        self._edge = edge.astype(np.float32)
        self._left = np.zeros(0, dtype=np.complex64)
        self._at = 0

    @property
    def lead(self) -> int:
        """The first sample that comes out is so many of the stream's after the first that came in."""
        return self._guard

    def add(self, samples: Complexes) -> list[Complexes]:
        """What samples (n,) of the stream add to each channel."""
        self._left = np.concatenate((self._left, samples))
        parts: list[list[Complexes]] = [[] for _ in self._bins]
        begin = 0
        while len(self._left) - begin >= self._taken:
            spectrum = np.fft.fft(self._left[begin : begin + self._taken]).astype(np.complex64, copy=False)
            for part, middle in zip(parts, self._bins, strict=True):
                part.append(self._channel(spectrum, middle))
            begin, self._at = begin + self._hop, (self._at + self._hop) % self._taken
        self._left = self._left[begin:].copy()
        return [np.concatenate(part) if part else np.zeros(0, dtype=np.complex64) for part in parts]

    def _channel(self, spectrum: Complexes, middle: int) -> Complexes:
        """The middle of a transform, turned on by as much as its beginning is later than the first one's."""
        wide = np.zeros(self._given, dtype=np.complex64)
        inside = np.abs(self._around + middle) <= self._taken // 2
        turn = np.exp(-2j * pi * (middle * self._at % self._taken) / self._taken)
        wide[self._around] = spectrum[(self._around + middle) % self._taken] * (self._edge * inside) * np.complex64(turn)
        made = np.fft.ifft(wide).astype(np.complex64, copy=False)
        return made[self._kept_guard : self._given - self._kept_guard]
