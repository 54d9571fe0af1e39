"""A frame's carriers to soft bits: offset of frequency, channel and noise from prefixes and both Zadoff-Chu symbols."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.droneid.sync import Sync
from edge_node.radio.droneid.waveform import (
    BINS,
    CARRIERS,
    DATA_SYMBOLS,
    PREFIX,
    ROOTS,
    STARTS,
    SYMBOL,
    SYMBOLS,
    SYNC_SYMBOLS,
    Complexes,
    first_symbol,
    zadoff_chu,
)

# A symbol is cut out so much before its prefix ends, as weaker paths may be before the strongest as well as behind it.
EARLY = 20
EARLIEST, LATEST = -20.0, 52.0
QUIET = 65
SMALL = 1e-12


class Soft(Struct, frozen=True):
    """Bits (7200,) as sent, positive for 0 and 0 where nothing is known; how high the carriers are; what the channel did to them.

    `symbols` are the data symbols that were there. `first_symbol` is how well the known first one fits:
    1 wholly, 0 not at all as in the legacy form, which has none; None where it was not there. `snr_db` is in 15.36 MHz.
    """

    bits: NDArray[np.float32]
    symbols: int
    carriers: float
    snr_db: float
    first_symbol: float | None


def soft_bits(band: Complexes, sync: Sync, heard: int) -> Soft | None:
    """Of a frame in a band of 15.36 MS/s of which so many samples were received; None where a Zadoff-Chu symbol is not among them."""
    starts = sync.start + STARTS
    there = (starts >= PREFIX) & (starts + SYMBOL <= min(len(band), heard))
    if not there[list(SYNC_SYMBOLS)].all():
        return None
    carriers = _whole_offset(band, starts[there], sync.carriers)
    spectra = np.zeros((SYMBOLS, CARRIERS), np.complex64)
    spectra[there] = _spectra(band, starts[there], carriers)
    pilots = [spectra[k] * zadoff_chu(root).conj() for k, root in zip(SYNC_SYMBOLS, ROOTS, strict=True)]
    turn = np.angle(np.vdot(pilots[0], pilots[1]))
    middle = (STARTS[SYNC_SYMBOLS[0]] + STARTS[SYNC_SYMBOLS[1]]) / 2
    turns = turn * (STARTS - middle) / (STARTS[SYNC_SYMBOLS[1]] - STARTS[SYNC_SYMBOLS[0]])
    spectra *= np.exp(-1j * turns).astype(np.complex64)[:, None]
    first, second = (spectra[k] * zadoff_chu(root).conj() for k, root in zip(SYNC_SYMBOLS, ROOTS, strict=True))
    channel, noise = _smooth((first + second) / 2), _noise(first - second)
    data = spectra[list(DATA_SYMBOLS)]
    bits = _demapped(data, channel / noise) * np.repeat(_trust(data, channel, noise), 2 * CARRIERS)
    power = float(np.mean(np.abs(channel) ** 2))
    return Soft(
        bits=bits,
        symbols=int(there[list(DATA_SYMBOLS)].sum()),
        carriers=carriers + float(turn) * SYMBOL / (2 * np.pi * (STARTS[SYNC_SYMBOLS[1]] - STARTS[SYNC_SYMBOLS[0]])),
        snr_db=float(10 * np.log10(max(power / float(np.mean(noise)) * CARRIERS / SYMBOL, SMALL))),
        first_symbol=_likeness(spectra[0], channel * first_symbol()) if there[0] else None,
    )


def _whole_offset(band: Complexes, starts: NDArray[np.int64], carriers: float) -> float:
    """What the prefixes say of the part of a carrier, nearest to what the search says of the whole."""
    places = (starts[:, None] + np.arange(EARLY - PREFIX, -2)).reshape(-1)
    places = places[(places >= 0) & (places + SYMBOL < len(band))]
    part = float(np.angle(np.vdot(band[places], band[places + SYMBOL]))) / (2 * np.pi)
    return part + round(carriers - part)


def _spectra(band: Complexes, starts: NDArray[np.int64], carriers: float) -> Complexes:
    """Carriers (n, 600) of symbols that begin there, of mean power 1 where the samples' is."""
    places = starts[:, None] - EARLY + np.arange(SYMBOL)
    turning = np.exp(-2j * np.pi / SYMBOL * carriers * (places - starts[0]))
    whole = np.fft.fft(band[places] * turning.astype(np.complex64), axis=1)[:, BINS]
    return np.asarray(whole / np.float32(np.sqrt(SYMBOL * SYMBOL / CARRIERS)), np.complex64)


def _smooth(channel: Complexes) -> Complexes:
    """What of it paths within a prefix can make."""
    paths = _paths()
    return np.asarray(paths @ (paths.conj().T @ channel), np.complex64)


@lru_cache
def _paths() -> Complexes:
    """An orthonormal basis (600, m) of channels whose delays are in the window."""
    delays = np.arange(EARLY + EARLIEST, EARLY + LATEST, 0.5)
    frequency = np.where(BINS < SYMBOL // 2, BINS, BINS - SYMBOL) / SYMBOL
    waves = np.exp(-2j * np.pi * frequency[:, None] * delays)
    basis, strength, _ = np.linalg.svd(waves, full_matrices=False)
    return np.ascontiguousarray(basis[:, strength > 0.1 * strength[0]], np.complex64)


def _noise(difference: Complexes) -> NDArray[np.float32]:
    """Power (600,) of what is on one symbol and not on the other, even over a megahertz."""
    power = (difference.real**2 + difference.imag**2) / 2
    padded = np.pad(power, QUIET // 2, mode="reflect")
    sums = np.concatenate([[0.0], np.cumsum(padded, dtype=np.float64)])
    even = (sums[QUIET:] - sums[:-QUIET]) / QUIET
    return np.asarray(np.maximum(even, SMALL + 1e-5 * power.mean()), np.float32)


def _demapped(spectra: Complexes, weights: Complexes) -> NDArray[np.float32]:
    matched = np.ascontiguousarray(spectra * weights.conj())
    return matched.view(np.float32).reshape(-1)


def _trust(data: Complexes, channel: Complexes, noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each symbol: less than 1 where more noise is on it than on the Zadoff-Chu symbols, by what power the channel does not explain."""
    power, usual = np.mean(np.abs(data) ** 2, axis=1), float(np.mean(noise))
    unexplained = power - float(np.mean(np.abs(channel) ** 2))
    return np.asarray(usual / np.maximum(unexplained, usual), np.float32)


def _likeness(heard: Complexes, expected: Complexes) -> float:
    """How much of what was expected is in it."""
    return float(np.vdot(expected, heard).real / max(float(np.vdot(expected, expected).real), SMALL))
