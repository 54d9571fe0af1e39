"""One channel of a piece of stream, at another rate, by way of its spectrum: exact for rates of any ratio."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.quick_length import quick_length
from edge_node.radio.resample import placed

Complexes = NDArray[np.complex64]
MOST_PARTS = 4096
"""Rates are taken for a ratio of whole numbers up to this; the error is below 0.1 ppm."""
MOST_FINER = 20
EDGE = 0.08
"""A channel's edge falls off over this share of its width."""
LOUDEST = 1e6


class Band:
    """The spectrum of samples (n,) at `rate_hz`, cut so that channels come out at `to_hz` exactly, MOST_FINER times as many at most."""

    def __init__(self, samples: Complexes, rate_hz: float, to_hz: float) -> None:
        finer = to_hz / rate_hz
        ratio = Fraction(finer if finer < MOST_FINER else 0).limit_denominator(MOST_PARTS)
        self._rate_hz, self.to_hz = rate_hz, to_hz
        length = ratio.denominator * quick_length(ceil(len(samples) / ratio.denominator))
        self._out, self._kept = length * ratio.numerator // ratio.denominator, int(len(samples) * ratio)
        self._spectrum = np.fft.fft(_sound(samples), length).astype(np.complex64, copy=False)

    def channel(self, offset_hz: float, width_hz: float) -> tuple[Complexes, float]:
        """Samples about the bin that is nearest to `offset_hz`, nothing beyond `width_hz`, and that bin's offset.

        None at all where the piece is shorter than one of them, or they are too many.
        """
        if not self._kept:
            return np.zeros(0, dtype=np.complex64), offset_hz
        count = len(self._spectrum)
        bin_hz = self._rate_hz / count
        middle = round(offset_hz / bin_hz)
        half = min(ceil(width_hz / 2 / bin_hz), (self._out - 1) // 2, (count - 1) // 2)
        around = np.arange(-half, half + 1)
        edge = np.clip((half + 1 - np.abs(around)) / max(1.0, EDGE * half), 0, 1)
        inside = np.abs(around + middle) <= count // 2
        shape = (edge * inside * (self._out / count)).astype(np.float32)
        return np.fft.ifft(placed(self._spectrum, middle, shape, self._out))[: self._kept].astype(np.complex64, copy=False), middle * bin_hz


def _sound(samples: Complexes) -> Complexes:
    """The same, with zeros for what is no number or beyond any receiver's full scale."""
    parts = np.ascontiguousarray(samples, dtype=np.complex64).view(np.float32)
    fine = np.abs(parts) < LOUDEST
    return samples if fine.all() else np.where(fine, parts, np.float32(0)).view(np.complex64)
