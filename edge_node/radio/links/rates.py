"""A burst at the rate that its kind is measured at, by one Fourier transform there and one back."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.quick_length import quick_length
from edge_node.radio.resample import placed

Complexes = NDArray[np.complex64]
FINEST = 4096
"""Of a ratio of rates: what is left is below 0.03 % and no sum over a burst notices."""
SPUR = 25.0
"""Times the median power about it that a tone has at least: one bin of noise in 30 million is as strong."""
NEIGHBOURHOODS = 24
"""Parts of the band that have a median of their own; the highest of three counts, as a signal's edge may fall into one."""
ENOUGH = 400
"""Bins of one that its median is taken of, at least."""
COARSEST = 4


class Spectrum:
    """Of samples (n,) at another rate: what is above half the lower of both is left out, and so is every tone.

    A tone stands `spur` times above the median of the spectrum about it.
    """

    def __init__(self, samples: Complexes, rate_hz: float, wanted_hz: float, spur: float = inf) -> None:
        ratio = Fraction(wanted_hz / rate_hz).limit_denominator(FINEST)
        taken = quick_length(-(-len(samples) // (ratio.denominator * COARSEST))) * ratio.denominator * COARSEST
        given = taken // ratio.denominator * ratio.numerator
        spectrum = np.asarray(np.fft.fft(samples, taken), np.complex64)
        kept = _resized(spectrum, min(taken, given))
        _silence_tones(kept, spur)
        kept *= np.float32(given / taken)
        self._placed = _resized(kept, given)
        self._count = int(len(samples) * ratio)

    def samples(self, part: int = 1) -> Complexes:
        """At the wanted rate (about n * wanted / rate,), or at a rate that is so many times lower: 1 or a power of two to COARSEST."""
        size = len(self._placed) // part
        cut = self._placed if part == 1 else _resized(self._placed, size) * np.float32(1 / part)
        return np.asarray(np.fft.ifft(cut), np.complex64)[: self._count // part]


def at_rate(samples: Complexes, rate_hz: float, wanted_hz: float, spur: float = inf) -> Complexes:
    """Samples (n,) at another rate, as Spectrum has them."""
    if not len(samples) or (wanted_hz == rate_hz and spur == inf):
        return samples
    return Spectrum(samples, rate_hz, wanted_hz, spur).samples()


def _resized(spectrum: Complexes, size: int) -> Complexes:
    """With its highest frequencies left out, or nothing above them."""
    if size == len(spectrum):
        return spectrum
    return placed(spectrum, 0, np.ones(min(size, len(spectrum)) // 2 * 2, np.float32), size)


def _silence_tones(spectrum: Complexes, spur: float) -> None:
    near = len(spectrum) // NEIGHBOURHOODS
    if spur == inf or not near:
        return
    power = spectrum.real**2 + spectrum.imag**2
    medians = np.median(power[: near * NEIGHBOURHOODS].reshape(NEIGHBOURHOODS, near)[:, :: max(1, near // ENOUGH)], axis=1)
    highest = np.maximum(medians, np.maximum(np.roll(medians, 1), np.roll(medians, -1)))
    limits = np.repeat(highest, near) * np.float32(spur)
    limits = np.append(limits, np.full(len(spectrum) - len(limits), limits[-1]))
    spectrum[power > limits] = 0
