"""Frames in a piece of spectrum, found by their two Zadoff-Chu symbols.

The first one is a plain chirp, so an offset of frequency only delays its peak, and one correlation finds it within a megahertz and more.
The second then tells offset and delay apart, as its peak is elsewhere for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.droneid.waveform import APART, CARRIERS, RATE_HZ, ROOTS, SPACING_HZ, SYMBOL, Complexes, to_time, zadoff_chu
from edge_node.radio.resample import BandCutter

Reals = NDArray[np.float32]

LEAST_CORRELATION = 0.25
"""Of both symbols, 1 being a frame without noise or echoes: one at -6 dB has 0.45, LTE and Wi-Fi less than 0.21, noise less than 0.17."""
LEAST_RATIO = 0.65
# A frame beyond reach may seem to be elsewhere, but never so strong.
SURE = 0.33
FLAT_HZ, STOP_HZ = 5.2e6, 6.0e6
# The middle of the chirp is enough to find it by, and is in its band still when the band is not in the middle.
COARSE_RATE_HZ, COARSE_FLAT_HZ, COARSE_STOP_HZ = 5_120_000, 2.3e6, 2.5e6
BLOCK = 256
# At -6 dB a frame's correlation is 60 times the mean power of its block, without echoes; noise's 15 times.
STANDING_OUT = 20.0
MOST_PEAKS = 4
MOST_CARRIERS = 210
ASTRAY = 5
# What an offset of so many carriers leaves of the least correlation.
ASTRAY_LEAST = 0.8 * LEAST_CORRELATION
DELAY_A_CARRIER = SYMBOL / (CARRIERS + 1)
CLOSE_S, CLOSE_HZ = 0.3e-3, 5e6


class Sync(Struct, frozen=True):
    """A frame's first Zadoff-Chu symbol begins at sample `start`, its carriers are `carriers` of 15 kHz too high, to half a step."""

    start: int
    carriers: float
    correlations: tuple[float, float]

    @property
    def sound(self) -> bool:
        """Whether both symbols are there; of a frame beyond reach the second alone is not found."""
        first, second = self.correlations
        return first >= LEAST_CORRELATION and second >= max(LEAST_CORRELATION, LEAST_RATIO * first)

    @property
    def strength(self) -> float:
        """Product of both correlations."""
        return self.correlations[0] * self.correlations[1]


class Where(Struct, frozen=True):
    """Seconds to a frame's first Zadoff-Chu symbol, and its offset from the middle of what was searched."""

    t_s: float
    offset_hz: float

    def overlaps(self, other: Where) -> bool:
        """Whether both are one frame, or could not both be read."""
        return abs(self.t_s - other.t_s) < CLOSE_S and abs(self.offset_hz - other.offset_hz) < CLOSE_HZ


class Found(Struct, frozen=True):
    """A frame in a band of 15.36 MS/s that is `offset_hz` from the middle of what was searched."""

    band: Complexes
    offset_hz: float
    sync: Sync

    @property
    def where(self) -> Where:
        """As exactly as it was found."""
        return Where(self.sync.start / RATE_HZ, self.offset_hz + self.sync.carriers * SPACING_HZ)


class _Peak(Struct, frozen=True):
    where: Where
    height: float


class Search:
    """For pieces of IQ of `seconds` at one rate."""

    def __init__(self, rate_hz: float, seconds: float) -> None:
        self._fine = BandCutter(rate_hz, RATE_HZ, seconds, FLAT_HZ, STOP_HZ)
        self._coarse = BandCutter(rate_hz, COARSE_RATE_HZ, seconds, COARSE_FLAT_HZ, COARSE_STOP_HZ)
        chirp = np.fft.fft(_template(ROOTS[0]), self._fine.given).conj()
        half = self._coarse.given // 2
        self._chirp = np.concatenate([chirp[:half], chirp[half - self._coarse.given :]]).astype(np.complex64)

    def frames(self, samples: Complexes, offsets_hz: Iterable[float], known: Iterable[Where] = ()) -> list[Found]:
        """Frames within a megahertz of these offsets, strongest first, that do not overlap one that is known or stronger."""
        spectrum, told = self._fine.spectrum(samples), list(known)
        found: list[Found] = []
        for peak in sorted((peak for offset_hz in offsets_hz for peak in self._peaks(spectrum, offset_hz)), key=_weakness):
            near = [one for one in found if one.where.overlaps(peak.where)]
            if any(peak.where.overlaps(other) for other in told) or any(one.sync.strength > SURE for one in near):
                continue
            one = self._resolved(spectrum, peak)
            if one is not None and not any(one.where.overlaps(other) for other in told):
                found = _strongest([*found, one])
        return [self._centred(spectrum, one) for one in found]

    def _peaks(self, spectrum: Complexes, wanted_hz: float) -> list[_Peak]:
        coefficients, offset_hz = self._coarse.band(spectrum, wanted_hz)
        heights = _standing_out(np.asarray(np.fft.ifft(coefficients * self._chirp), np.complex64))
        return [_Peak(Where(place / COARSE_RATE_HZ, offset_hz), height) for place, height in heights]

    def _resolved(self, spectrum: Complexes, peak: _Peak) -> Found | None:
        coefficients, offset_hz = self._fine.band(spectrum, peak.where.offset_hz)
        band = np.asarray(np.fft.ifft(coefficients), np.complex64)
        sync = _resolved(band, peak.where.t_s * RATE_HZ)
        return Found(band, offset_hz, sync) if sync and sync.sound else None

    def _centred(self, spectrum: Complexes, one: Found) -> Found:
        """The same with nothing of its band cut off."""
        coefficients, offset_hz = self._fine.band(spectrum, one.where.offset_hz)
        carriers = one.sync.carriers - (offset_hz - one.offset_hz) / SPACING_HZ
        band = np.asarray(np.fft.ifft(coefficients), np.complex64)
        return Found(band, offset_hz, Sync(one.sync.start, carriers, one.sync.correlations))


def _weakness(peak: _Peak) -> float:
    return -peak.height


def _strongest(found: list[Found]) -> list[Found]:
    """Of those that overlap the strongest alone; the last one is new."""
    *others, new = found
    near = [one for one in others if one.where.overlaps(new.where)]
    if any(one.sync.strength >= new.sync.strength for one in near):
        return others
    return [*(one for one in others if one not in near), new]


def _standing_out(matched: Complexes) -> list[tuple[float, float]]:
    """Where a correlation is far above the power around it, between samples, and how high."""
    squares = matched.real**2 + matched.imag**2
    blocks = squares[: len(squares) // BLOCK * BLOCK].reshape(-1, BLOCK)
    ratios = blocks.max(axis=1) / np.maximum(blocks.mean(axis=1), np.float32(1e-30))
    likely = np.argsort(ratios)[::-1][:MOST_PEAKS]
    places = [int(k) * BLOCK + int(np.argmax(blocks[k])) for k in likely if ratios[k] >= STANDING_OUT]
    return [(k + _between(squares[max(0, k - 1) : k + 2]), float(squares[k])) for k in places]


def _between(three: Reals) -> float:
    """The vertex of the parabola through a peak and its neighbours, from the one in the middle."""
    if len(three) < 3:
        return 0.0
    before, peak, after = (float(value) for value in three)
    curve = 2 * peak - before - after
    return 0.0 if curve <= 0 else max(-0.5, min(0.5, (after - before) / (2 * curve)))


def _resolved(band: Complexes, place: float) -> Sync | None:
    """The offset for which the second symbol is where it should be; None where the frame is not in the band."""
    place, correlation = _refined(band, round(place))
    if correlation < ASTRAY_LEAST:
        return None
    best = max((_offset(band, place, part) for part in (0.0, 0.5)), key=lambda pair: pair[1])[0]
    near = [(best + step, round(place - best * DELAY_A_CARRIER) + late) for step in (-0.5, 0.0, 0.5) for late in (-1, 0, 1)]
    there = [_sync(band, start, offset) for offset, start in near if start >= 0 and start + APART + SYMBOL <= len(band)]
    return max(there, key=lambda sync: sync.strength, default=None)


def _offset(band: Complexes, place: float, part: float) -> tuple[float, float]:
    """The best of offsets in carriers, all a whole number and that part, and how well the second symbol fits then."""
    carriers, templates = _second_templates()
    starts = np.rint(place - (carriers + part) * DELAY_A_CARRIER).astype(np.int64)
    fits = (starts >= 0) & (starts + APART + SYMBOL <= len(band))
    if not fits.any():
        return 0.0, 0.0
    turning = np.exp(-2j * np.pi / SYMBOL * part * np.arange(SYMBOL)).astype(np.complex64)
    pieces = np.lib.stride_tricks.sliding_window_view(band, SYMBOL)[starts[fits] + APART] * turning
    matched = np.abs(np.einsum("kn,kn->k", pieces, templates[fits]))
    return float(carriers[fits][np.argmax(matched)]) + part, float(matched.max())


def _refined(band: Complexes, place: int) -> tuple[float, float]:
    """Where exactly the chirp is, between samples, and its correlation there."""
    first = max(0, place - ASTRAY)
    around = band[first : place + ASTRAY + SYMBOL]
    if len(around) < SYMBOL + 2:
        return place, 0.0
    matched = np.abs(np.correlate(around, _template(ROOTS[0]), "valid")) ** 2
    k = int(np.argmax(matched))
    return first + k + _between(matched[max(0, k - 1) : k + 2]), _correlation(around[k : k + SYMBOL], ROOTS[0])


def _sync(band: Complexes, start: int, carriers: float) -> Sync:
    turned = np.exp(-2j * np.pi / SYMBOL * carriers * np.arange(SYMBOL)).astype(np.complex64)
    first, second = (_correlation(band[start + at :][:SYMBOL] * turned, root) for at, root in zip((0, APART), ROOTS, strict=True))
    return Sync(start, carriers, (first, second))


def _correlation(symbol: Complexes, root: int) -> float:
    """1 where nothing but the sequence is there."""
    matched = abs(np.vdot(_template(root), symbol))
    return float(matched / max(float(np.linalg.norm(symbol)), 1e-15))


@lru_cache
def _template(root: int) -> Complexes:
    """A Zadoff-Chu symbol (1024,) of energy 1."""
    symbol = to_time(zadoff_chu(root))
    return np.asarray(symbol / np.linalg.norm(symbol), np.complex64)


@lru_cache
def _second_templates() -> tuple[NDArray[np.int64], Complexes]:
    """The second symbol, conjugate, at offsets (k,) in carriers: (k, 1024)."""
    carriers = np.arange(-MOST_CARRIERS, MOST_CARRIERS + 1)
    turning = np.exp(-2j * np.pi / SYMBOL * carriers[:, None] * np.arange(SYMBOL))
    return carriers, (turning * _template(ROOTS[1]).conj()).astype(np.complex64)
