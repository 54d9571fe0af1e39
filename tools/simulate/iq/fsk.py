"""Frequency shift keying of any rate, deviation and shape, as phases."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

from tools.simulate.iq.wave import Angle, Reals

STEPS = 16
"""A symbol's phase is kept at so many places; between them it is straight, which errs by 0.003 rad at most with BT 0.5 and h = 1."""
SPAN = 2
"""A Gaussian's tails reach so many symbols to each side."""


class Fsk(Struct, frozen=True):
    """How a modem is set up; `bt` is the Gaussian filter's bandwidth times the symbol, None for sudden shifts."""

    rate_bd: float
    deviation_hz: float
    bt: float | None = None

    @property
    def bandwidth_hz(self) -> float:
        """Carson's rule."""
        return 2 * self.deviation_hz + self.rate_bd

    def frame(self, bits: ArrayLike) -> Shifts:
        """The wave of bits (n,), 1 above the centre."""
        return Shifts(self, 2 * np.asarray(bits, dtype=np.float64) - 1)


class Shifts(Angle):
    """Symbols (n,) between -1 and 1 as frequencies."""

    def __init__(self, fsk: Fsk, symbols: Reals) -> None:
        self.duration_s = len(symbols) / fsk.rate_bd
        self._per_s = fsk.rate_bd * STEPS
        levels = np.repeat(symbols, STEPS)
        if fsk.bt is not None:
            around = SPAN * STEPS
            levels = np.convolve(np.pad(levels, around, mode="edge"), _gaussian(fsk.bt), mode="valid")
        phase = np.cumsum(levels) * (fsk.deviation_hz / self._per_s)
        self._phase = np.concatenate(([0.0], phase, phase[-1:]))
        self._step = np.diff(self._phase, append=self._phase[-1])

    def cycles(self, t_s: Reals) -> Reals:
        """Straight between the places at which it is kept."""
        place = t_s * self._per_s
        k = place.astype(np.int64)
        return np.asarray(self._phase[k] + self._step[k] * (place - k))


def _gaussian(bt: float) -> Reals:
    t = np.arange(-SPAN * STEPS, SPAN * STEPS + 1) / STEPS
    sigma = np.sqrt(np.log(2)) / (2 * np.pi * bt)
    shape = np.exp(-((t / sigma) ** 2) / 2)
    return np.asarray(shape / shape.sum())


def bits_of(data: Iterable[int], *, lowest_first: bool = False) -> list[int]:
    """Bits of bytes, the highest of each first or the lowest."""
    order = range(8) if lowest_first else range(7, -1, -1)
    return [byte >> k & 1 for byte in data for k in order]
