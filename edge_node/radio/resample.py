"""A band cut out of a piece of spectrum, at a rate of its own: by one Fourier transform in and a shorter one out for each band.

All who cut bands place them with `placed` and differ in the rest: `BandCutter` is for thousands of pieces of one length, `bursts.cut.Cut`
knows few rates so that what was cut of a burst is of use again, `links.band.Band` makes any rate exactly, `links.rates.Spectrum` silences
tones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]
Reals = NDArray[np.float32]


def placed(spectrum: Complexes, middle: int, shape: Reals, given: int) -> Complexes:
    """Coefficients (given,) of what lies about coefficient `middle` of a spectrum, times `shape` (n,), lowest first, n at most `given`.

    The spectrum of a band about its own middle, at a rate that is `given` to the spectrum's length; beyond either end the other begins.
    """
    half = len(shape) // 2
    cut = spectrum.take(np.arange(middle - half, middle - half + len(shape)), mode="wrap") * shape
    found = np.zeros(given, np.complex64)
    found[: len(shape) - half], found[given - half :] = cut[half:], cut[:half]
    return found


class BandCutter:
    """For pieces of `seconds`, in which both rates should have whole samples (50 to 15.36 MS/s in 2.4 ms: 120 000 to 36 864).

    A band is flat to `flat_hz` on both sides of its centre and nothing is left of it beyond `stop_hz`, which must be less than half its
    rate. Both ends of a piece meet, as in every Fourier transform: what is there is not to be used.
    """

    def __init__(self, rate_hz: float, band_rate_hz: float, seconds: float, flat_hz: float, stop_hz: float) -> None:
        self.taken, self.given = round(rate_hz * seconds), round(band_rate_hz * seconds)
        self.bin_hz = rate_hz / self.taken
        half = int(stop_hz / self.bin_hz)
        if not 0 < flat_hz < stop_hz or 2 * half >= min(self.taken, self.given):
            raise ValueError(f"a band of {stop_hz:g} Hz to both sides does not fit into {rate_hz:g} and {band_rate_hz:g} samples/s")
        beyond = np.clip((np.abs(np.arange(-half, half + 1)) * self.bin_hz - flat_hz) / (stop_hz - flat_hz), 0, 1)
        self._shape = ((1 + np.cos(np.pi * beyond)) / 2 * (self.given / self.taken)).astype(np.float32)

    def spectrum(self, samples: Complexes) -> Complexes:
        """Coefficients of a whole piece (taken,)."""
        return np.asarray(np.fft.fft(samples, self.taken), np.complex64)

    def band(self, spectrum: Complexes, offset_hz: float) -> tuple[Complexes, float]:
        """Coefficients (given,) of the band about that offset, and the offset that it really is: a whole number of bins."""
        middle = round(offset_hz / self.bin_hz)
        return placed(spectrum, middle, self._shape, self.given), middle * self.bin_hz
