"""A piece of the stream about a burst's own middle, at as low a rate as its bandwidth allows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.quick_length import quick_length
from edge_node.radio.resample import placed

Complexes = NDArray[np.complex64]

WIDER = 2.5
"""Times its bandwidth is the rate at least, and half of it the part that is not attenuated; a step of rates may add up to a third."""
LEAST_WIDTH_HZ = 20e3
GRAIN = 512
TAPER = 0.15
"""Of the band's half at each edge."""


def rate_for(rate_hz: float, bandwidth_hz: float, wider: float = WIDER) -> float:
    """The lowest of rate_hz * (1, 3/4) / 2**k that is wide enough: few rates, so that what is computed for one is of use again."""
    wanted = wider * max(bandwidth_hz, LEAST_WIDTH_HZ)
    best = rate_hz
    for up, down in _steps():
        if rate_hz * up / down >= wanted:
            best = rate_hz * up / down
    return best


def _steps() -> list[tuple[int, int]]:
    return [(up, down) for k in range(7) for up, down in ((1, 1 << k), (3, 4 << k))]


class Cut:
    """Samples (n,) of a stream at `rate_hz`, from which bands are taken: one Fourier transform in, and a shorter one out for each.

    The ends meet as in every Fourier transform, so that what is near them is to be left out.
    """

    def __init__(self, samples: Complexes, rate_hz: float) -> None:
        self._samples, self._rate_hz = samples, rate_hz
        self._length = padded(len(samples))
        self._spectrum: Complexes | None = None
        self._bands: dict[tuple[float, float], Complexes] = {}

    def placed(self, offset_hz: float) -> float:
        """The nearest offset that there is: a whole number of bins."""
        return round(offset_hz * self._length / self._rate_hz) * self._rate_hz / self._length

    def band(self, offset_hz: float, out_hz: float) -> Complexes:
        """About an offset of `placed` at `out_hz`, which is of `rate_for`."""
        key = offset_hz, out_hz
        if key not in self._bands:
            middle = round(offset_hz * self._length / self._rate_hz)
            self._bands[key] = self._mixed(middle) if out_hz == self._rate_hz else self._decimated(middle, out_hz)
        return self._bands[key]

    def _mixed(self, middle: int) -> Complexes:
        """The whole band, turned."""
        turn = -2j * np.pi * middle / self._length
        rows = -(-len(self._samples) // GRAIN)
        coarse, fine = np.exp(turn * GRAIN * np.arange(rows)), np.exp(turn * np.arange(GRAIN))
        mixer = coarse.astype(np.complex64)[:, None] * fine.astype(np.complex64)
        return np.asarray(self._samples * mixer.ravel()[: len(self._samples)])

    def _decimated(self, middle: int, out_hz: float) -> Complexes:
        spectrum = self._spectrum
        if spectrum is None:
            spectrum = self._spectrum = np.asarray(np.fft.fft(self._samples, self._length), np.complex64)
        given = round(self._length * out_hz / self._rate_hz)
        cut = placed(spectrum, middle, _shape(given) * np.float32(given / self._length), given)
        found = np.fft.ifft(cut).astype(np.complex64, copy=False)
        return found[: int(len(self._samples) * out_hz / self._rate_hz)]


def padded(count: int) -> int:
    """The next length that transforms fast and that all rates divide."""
    return quick_length(-(-count // GRAIN)) * GRAIN


def noise_width_hz(rate_hz: float, out_hz: float) -> float:
    """How much of the noise of a receiver is in such a band, in hertz."""
    return rate_hz if out_hz == rate_hz else out_hz * (1 - TAPER + TAPER * 3 / 8)


@lru_cache(maxsize=64)
def _shape(count: int) -> NDArray[np.float32]:
    away = np.abs(np.arange(count) - count // 2) / (count / 2)
    return (0.5 + 0.5 * np.cos(np.pi * np.clip((away - 1 + TAPER) / TAPER, 0, 1))).astype(np.float32)
