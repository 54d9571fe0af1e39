"""OFDM of 15 kHz: its numbers, and bursts at its rates (TS 36.211, 6.12)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.folding import Folded, folded
from edge_node.radio.links.rates import SPUR, Complexes, Spectrum

SPACING_HZ = 15e3
BASE_HZ, FASTEST_HZ = 1.92e6, 30.72e6
USEFUL, PREFIX, SLOT = 128, 9, 960
"""Samples at BASE_HZ of a symbol, its short prefix, and LTE's slot of seven, whose first prefix is one longer."""
SYMBOL = USEFUL + PREFIX
SLOT_PLACES = range(1, 7 * SYMBOL, SYMBOL)
SPARE = 1.06


def at_own_rate(burst: Burst, most_s: float) -> tuple[Spectrum, float]:
    """Its first part at a rate of which a symbol has a power of two samples, without tones."""
    rate_hz = BASE_HZ
    while rate_hz < min(burst.bandwidth_hz * SPARE, FASTEST_HZ):
        rate_hz *= 2
    looked = burst.samples[: round((most_s + burst.before_s) * burst.samples_rate_hz)]
    return Spectrum(looked, burst.samples_rate_hz, rate_hz, SPUR), rate_hz


def prefixes(samples: Complexes, rate_hz: float, *, slots: bool) -> Folded:
    """Folded by LTE's slot, or by the symbol where they are few."""
    scale = round(rate_hz / BASE_HZ)
    if slots:
        return folded(samples, USEFUL * scale, PREFIX * scale, SLOT * scale, [place * scale for place in SLOT_PLACES])
    return folded(samples, USEFUL * scale, PREFIX * scale, SYMBOL * scale)


def carriers_of(symbols: Complexes, carriers: int) -> Complexes:
    """So many and one in the middle of symbols (k, n), low to high."""
    spectra = np.fft.fftshift(np.fft.fft(symbols, axis=1), axes=1)
    low = max(0, symbols.shape[1] // 2 - carriers // 2)
    return np.asarray(spectra[:, low : low + carriers + 1], np.complex64)


def filled(samples: Complexes, rate_hz: float, bandwidth_hz: float) -> float:
    """Share of the band that power is spread over."""
    useful = round(rate_hz / SPACING_HZ)
    rows = samples[: len(samples) // useful * useful].reshape(-1, useful)
    carriers = carriers_of(rows, round(bandwidth_hz / SPACING_HZ))
    return spread((carriers.real**2 + carriers.imag**2).mean(axis=0)) if len(rows) else 0.0


def spread(powers: NDArray[np.float32]) -> float:
    """Their mean squared over their mean square: 1 of equal ones, one in n where one of n has all, 0 of none."""
    return float(powers.mean() ** 2 / max(float((powers**2).mean()), 1e-30)) if powers.size else 0.0
