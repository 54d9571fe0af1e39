"""A burst at the rate that its kind is measured at, by one Fourier transform there and one back."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]
FINEST = 4096
"""Of a ratio of rates: what is left is below 0.03 % and no sum over a burst notices."""
SPUR = 25.0
"""Times the median power about it that a tone has at least: one bin of noise in 30 million is as strong."""
NEIGHBOURHOODS = 24
"""Parts of the band that have a median of their own: the edges of the signal fall into some of them."""


def at_rate(samples: Complexes, rate_hz: float, wanted_hz: float, spur: float = inf) -> Complexes:
    """Samples (n,) at another rate (about n * wanted / rate,); what is above half the lower of both is left out.

    So is every tone that stands `spur` times above the median of the spectrum about it.
    """
    ratio = Fraction(wanted_hz / rate_hz).limit_denominator(FINEST)
    if not len(samples) or not ratio or (ratio == 1 and spur == inf):
        return samples
    taken = smooth(-(-len(samples) // ratio.denominator)) * ratio.denominator
    given = taken // ratio.denominator * ratio.numerator
    spectrum = np.asarray(np.fft.fft(samples, taken), np.complex64)
    half = min(taken, given) // 2
    kept = np.concatenate((spectrum[:half], spectrum[-half:])) if half else spectrum
    _silence_tones(kept, spur)
    placed = np.zeros(given, np.complex64)
    placed[:half], placed[-half:] = kept[:half], kept[-half:]
    placed *= np.float32(given / taken)
    return np.asarray(np.fft.ifft(placed), np.complex64)[: int(len(samples) * ratio)]


def _silence_tones(spectrum: Complexes, spur: float) -> None:
    near = len(spectrum) // NEIGHBOURHOODS
    if spur == inf or not near:
        return
    power = spectrum.real**2 + spectrum.imag**2
    medians = np.median(power[: near * NEIGHBOURHOODS].reshape(NEIGHBOURHOODS, near), axis=1)
    limits = np.repeat(medians, near) * np.float32(spur)
    limits = np.append(limits, np.full(len(spectrum) - len(limits), limits[-1]))
    spectrum[power > limits] = 0


def smooth(count: int) -> int:
    """The number from there on that has no prime factor above 5: its Fourier transform is quick."""
    found = max(1, count)
    while True:
        rest = found
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return found
        found += 1
