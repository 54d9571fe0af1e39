"""Zadoff-Chu sequences of any root and length among OFDM symbols: next carriers of one differ by a phase that turns evenly (Chu 1972).

Neither a channel nor a shift within the prefix undoes that: no table of roots is needed.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]
Reals = NDArray[np.float32]
FINER = 4
FAINT = 1e-20


class Sequences(Struct, frozen=True):
    """Of each symbol (k,): how even the turning is, of 1 (n of data: about sqrt(ln n / n)), and the turn per carrier in cycles."""

    evenness: Reals
    turns: Reals


def sequences(carriers: Complexes) -> Sequences:
    """Of carriers (k, n), low to high."""
    steps = carriers[:, 1:] * carriers[:, :-1].conj()
    size = 1 << (FINER * steps.shape[1] - 1).bit_length()
    sums = np.abs(np.fft.fft(steps, size, axis=1))
    best = sums.argmax(axis=1)
    evenness = sums[np.arange(len(sums)), best] / np.maximum(np.abs(steps).sum(axis=1), FAINT)
    return Sequences(evenness.astype(np.float32), (best / size).astype(np.float32))
