"""LTE's downlink by its primary synchronisation signal: one Zadoff-Chu symbol of 62 carriers every 5 ms (TS 36.211, 6.11.1)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.fifteen import BASE_HZ, SPACING_HZ, prefixes
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.folding import boxed
from edge_node.radio.links.rates import Complexes
from edge_node.radio.quick_length import quick_length

ROOTS, HALF = (25, 29, 34), 31
BLOCKS_HZ = 72 * SPACING_HZ
"""Six resource blocks, in which it is alone."""
LOOKED_S = 5.2e-3
"""One falls into it wherever it begins."""
NARROWEST_HZ = 1e6
PREFIXED = 3.5
"""Contrast of the prefixes from which on it is worth the search."""
OFFSETS_HZ = np.arange(-100e3, 101e3, 10e3)
"""A burst's middle is known to some 100 kHz; between two of them 1.5 dB are lost."""
SURE = 0.6
"""Noise and the other kinds of OFDM stay below 0.5."""


def look(burst: Burst) -> Finding | None:
    """An "lte" with the root where the signal is about the burst's middle."""
    count = round(LOOKED_S * burst.samples_rate_hz)
    if burst.bandwidth_hz < NARROWEST_HZ or len(burst.samples) < count or burst.samples_rate_hz < BLOCKS_HZ:
        return None
    size = quick_length(count)
    bin_hz = burst.samples_rate_hz / size
    spectrum = np.asarray(np.fft.fft(burst.samples[:size], size), np.complex64)
    if not _prefixed(spectrum, bin_hz):
        return None
    best, root, offset_hz = max((*_best(_cut(spectrum, offset, BLOCKS_HZ, bin_hz), bin_hz), float(offset)) for offset in OFFSETS_HZ)
    return Finding("lte", min(1.0, best), offset_hz, {"form": "downlink", "pss_root": root}) if best >= SURE else None


def _cut(spectrum: Complexes, offset_hz: float, width_hz: float, bin_hz: float) -> Complexes:
    """So much of a spectrum about an offset, as a spectrum."""
    half, middle = round(width_hz / bin_hz) // 2, round(offset_hz / bin_hz)
    cut = np.zeros(2 * half, np.complex64)
    reach = min(half, len(spectrum) // 2)
    cut[half - reach : half + reach] = spectrum.take(np.arange(middle - reach, middle + reach), mode="wrap")
    return np.fft.ifftshift(cut)


def _prefixed(spectrum: Complexes, bin_hz: float) -> bool:
    samples = np.asarray(np.fft.ifft(_cut(spectrum, 0.0, BASE_HZ, bin_hz)), np.complex64)
    return prefixes(samples, BASE_HZ, slots=True).contrast >= PREFIXED


def _best(cut: Complexes, bin_hz: float) -> tuple[float, float]:
    """How much of one symbol's power is the signal, as an amplitude, and the root."""
    symbol = round(len(cut) * bin_hz / SPACING_HZ)
    samples = np.fft.ifft(cut)
    power = samples.real**2 + samples.imag**2
    energy = boxed(np.concatenate((power, power[: symbol - 1])), symbol)
    energy += energy.mean() / 4 + 1e-20
    found = np.fft.ifft(cut * _templates(len(cut), symbol), axis=1)
    shares = np.max((found.real**2 + found.imag**2) / energy, axis=1)
    best = int(np.argmax(shares))
    return float(np.sqrt(shares[best])), float(ROOTS[best])


@lru_cache(maxsize=8)
def _templates(size: int, symbol: int) -> NDArray[np.complex64]:
    """Conjugate spectra (3, size) of the three signals, of energy 1."""
    n = np.arange(2 * HALF + 1)
    carriers = np.zeros((len(ROOTS), symbol), np.complex64)
    for k, root in enumerate(ROOTS):
        sequence = np.exp(-1j * np.pi * root * n * (n + 1) / len(n))
        carriers[k, -HALF:], carriers[k, 1 : HALF + 1] = sequence[:HALF], sequence[HALF + 1 :]
    waves = np.fft.ifft(carriers, axis=1)
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    return np.asarray(np.fft.fft(waves, size, axis=1).conj(), np.complex64)
