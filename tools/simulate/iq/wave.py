"""What a transmitter sends: waves that are functions of its own time, so any receiver samples them at its own rate and clock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.messages import LinkKind

Reals = NDArray[np.float64]
Complexes = NDArray[np.complex64]
OVERSAMPLED = 4
"""Of what is drawn at its own sample rate: cubic interpolation then errs by less than -60 dB."""
GUARD, ROUND = 32, 512
"""Samples of silence before and after, and what a length is a multiple of so that its FFT is quick."""


class Angle(ABC):
    """A wave of constant envelope, told by its phase."""

    duration_s: float

    @abstractmethod
    def cycles(self, t_s: Reals) -> Reals:
        """Phase in cycles about its own centre at times (n,) from its start, all within its duration."""


class Drawn(ABC):
    """A wave told by its complex amplitude, of mean power 1 while it lasts."""

    duration_s: float

    @abstractmethod
    def at(self, t_s: Reals) -> Complexes:
        """Complex amplitude at times (n,) from its start, all within its duration."""


Wave = Angle | Drawn


class Sampled(Drawn):
    """Complex samples (n,) of any power at a rate of their own that does not alias them; nothing before and after.

    `fine` says that they are OVERSAMPLED already; others are, through their spectrum.
    """

    def __init__(self, samples: NDArray[np.complexfloating], rate_hz: float, *, fine: bool = False) -> None:
        self.duration_s = len(samples) / rate_hz
        scale = np.sqrt(np.mean(samples.real**2 + samples.imag**2)) or 1.0
        self._rate_hz = rate_hz if fine else rate_hz * OVERSAMPLED
        kept = samples if fine else _finer(samples.astype(np.complex64))
        self._fine = np.pad(kept / np.float32(scale), (1, 2 + OVERSAMPLED)).astype(np.complex64)

    def at(self, t_s: Reals) -> Complexes:
        """Four points of the finer samples and Lagrange's cubic through them."""
        place = t_s * self._rate_hz
        k = place.astype(np.int64)
        x = (place - k).astype(np.float32)
        low, high, past = x - 1, x + 1, x - 2
        found = self._fine[k] * (-x * low * past / 6)
        found += self._fine[k + 1] * (high * low * past / 2)
        found += self._fine[k + 2] * (-x * high * past / 2)
        found += self._fine[k + 3] * (x * low * high / 6)
        return found


def _finer(samples: Complexes) -> Complexes:
    """The same samples with others between, by zeros above their spectrum; silence around keeps the ends from meeting."""
    count = len(samples)
    length = -(-(count + 2 * GUARD) // ROUND) * ROUND
    spectrum = np.fft.fft(np.pad(samples, (GUARD, length - count - GUARD)))
    wide = np.zeros(length * OVERSAMPLED, dtype=np.complex64)
    wide[: length // 2], wide[-(length // 2) :] = spectrum[: length // 2], spectrum[length // 2 :]
    fine = np.fft.ifft(wide) * np.float32(OVERSAMPLED)
    return np.asarray(fine[GUARD * OVERSAMPLED : (GUARD + count) * OVERSAMPLED], dtype=np.complex64)


class Burst(Struct, frozen=True):
    """One transmission: when it begins by the transmitter's clock and where; its wave is made when somebody hears it.

    `aloft` says that the drone sends it and not the one on the ground. `whole` False is a piece of something that goes on.
    """

    t_s: float
    duration_s: float
    center_hz: float
    bandwidth_hz: float
    wave: Callable[[], Wave]
    aloft: bool = True
    whole: bool = True


class Link(Protocol):
    """A transmitter, or the two of one link: its bursts are a function of its seed alone, the same whenever one begins to listen."""

    @property
    def name(self) -> str:
        """What it is called in the truth."""

    @property
    def kind(self) -> LinkKind:
        """What a detector should call it."""

    @property
    def longest_s(self) -> float:
        """No burst lasts longer."""

    def bursts(self, from_s: float) -> Iterator[Burst]:
        """Those that begin at `from_s` or later, in time order, without end."""


class Spot(Struct, frozen=True):
    """One burst in a recording's truth: when it begins, the centre as transmitted and heard, and how strong in its own bandwidth."""

    link: str
    kind: LinkKind
    t_s: float
    duration_s: float
    center_hz: float
    bandwidth_hz: float
    snr_db: float
    aloft: bool
