"""What a DroneID frame is in the air: nine OFDM symbols like LTE's, two of them Zadoff-Chu sequences (as reverse engineered)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid.gold import gold

Complexes = NDArray[np.complex64]

RATE_HZ = 15_360_000
SYMBOL = 1024
SPACING_HZ = RATE_HZ / SYMBOL
CARRIERS = 600
BANDWIDTH_HZ = (CARRIERS + 1) * SPACING_HZ
PREFIX, LONG_PREFIX = 72, 80
SYMBOLS = 9
ROOTS = 600, 147
SYNC_SYMBOLS = 3, 5
DATA_SYMBOLS = 1, 2, 4, 6, 7, 8
CODED_BITS = 2 * CARRIERS * len(DATA_SYMBOLS)
SCRAMBLER_SEED = 0x12345678

BINS = np.concatenate([np.arange(SYMBOL - CARRIERS // 2, SYMBOL), np.arange(1, CARRIERS // 2 + 1)])
"""Carriers from low to high among a symbol's Fourier coefficients; there is none at 0 Hz."""
STARTS = np.array([(k - SYNC_SYMBOLS[0]) * (SYMBOL + PREFIX) for k in range(SYMBOLS)])
"""Where each symbol begins behind its prefix, in samples from the first Zadoff-Chu symbol."""
STARTS[-1] += LONG_PREFIX - PREFIX
BEFORE = -int(STARTS[0]) + LONG_PREFIX
AFTER = int(STARTS[-1]) + SYMBOL
FRAME = BEFORE + AFTER
"""Samples of a whole frame; those before and after the first Zadoff-Chu symbol's start. The legacy form has no symbol 0."""
APART = int(STARTS[SYNC_SYMBOLS[1]])


@lru_cache
def zadoff_chu(root: int) -> Complexes:
    """Carriers (600,) of a Zadoff-Chu symbol, low to high."""
    n = np.arange(CARRIERS + 1)
    sequence = np.exp(-1j * np.pi * root * n * (n + 1) / (CARRIERS + 1))
    return np.delete(sequence, CARRIERS // 2).astype(np.complex64)


def qpsk(bits: NDArray[np.integer]) -> Complexes:
    """Carriers (n / 2,) of bits (n,): the first of a pair is the real part, 0 is positive."""
    signs = 1 - 2 * bits.astype(np.float32)
    return np.asarray((signs[0::2] + 1j * signs[1::2]) / np.sqrt(2), np.complex64)


@lru_cache
def first_symbol() -> Complexes:
    """Carriers (600,) of symbol 0, which scrambles zeros."""
    return qpsk(gold(SCRAMBLER_SEED, 2 * CARRIERS))


def to_time(carriers: Complexes) -> Complexes:
    """A symbol (1024,) without prefix, of mean power 1 where the carriers' is 1."""
    spectrum = np.zeros(SYMBOL, np.complex64)
    spectrum[BINS] = carriers
    return np.asarray(np.fft.ifft(spectrum) * (SYMBOL / np.sqrt(CARRIERS)), np.complex64)
