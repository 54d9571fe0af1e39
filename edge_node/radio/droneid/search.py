"""Frames in a piece of spectrum, found by their two Zadoff-Chu symbols.

The first one is a plain chirp, so an offset of frequency only delays its peak, and one correlation finds it within a megahertz and more.
The second then tells offset and delay apart, as its peak is elsewhere for each.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from edge_node.radio.droneid.sync import Sync, between, resolved, template
from edge_node.radio.droneid.waveform import RATE_HZ, ROOTS, SPACING_HZ, Complexes
from edge_node.radio.resample import BandCutter

# A frame beyond reach may seem to be elsewhere, but never so strong.
SURE = 0.33
FLAT_HZ, STOP_HZ = 5.2e6, 6.0e6
# The middle of the chirp is enough to find it by, and is in its band still when the band is not in the middle.
COARSE_RATE_HZ, COARSE_FLAT_HZ, COARSE_STOP_HZ = 5_120_000, 2.3e6, 2.5e6
BLOCK = 256
# At -6 dB a frame's correlation is 60 times the mean power of its block, without echoes; noise's 15 times.
STANDING_OUT = 20.0
MOST_PEAKS = 4
# So many coefficients are 53 kHz; echoes make no more of one part than this times the usual power.
NARROW, MOST_ABOVE = 128, 4.0
CLOSE_S, CLOSE_HZ = 0.3e-3, 5e6


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
        chirp = np.fft.fft(template(ROOTS[0]), self._fine.given).conj()
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
        heights = _standing_out(np.asarray(np.fft.ifft(_levelled(coefficients) * self._chirp), np.complex64))
        return [_Peak(Where(place / COARSE_RATE_HZ, offset_hz), height) for place, height in heights]

    def _resolved(self, spectrum: Complexes, peak: _Peak) -> Found | None:
        coefficients, offset_hz = self._fine.band(spectrum, peak.where.offset_hz)
        band = np.asarray(np.fft.ifft(_levelled(coefficients)), np.complex64)
        sync = resolved(band, peak.where.t_s * RATE_HZ)
        return Found(band, offset_hz, sync) if sync and sync.sound else None

    def _centred(self, spectrum: Complexes, one: Found) -> Found:
        """The same with nothing of its band cut off."""
        coefficients, offset_hz = self._fine.band(spectrum, one.where.offset_hz)
        carriers = one.sync.carriers - (offset_hz - one.offset_hz) / SPACING_HZ
        band = np.asarray(np.fft.ifft(_levelled(coefficients)), np.complex64)
        return Found(band, offset_hz, Sync(one.sync.start, carriers, one.sync.correlations))


def _weakness(peak: _Peak) -> float:
    return -peak.height


def _levelled(coefficients: Complexes) -> Complexes:
    """What stands out of a band's spectrum is brought down to the rest: a narrow link in it is no part of a frame."""
    parts = coefficients.reshape(-1, NARROW)
    powers = np.einsum("pn,pn->p", parts.view(np.float32), parts.view(np.float32))
    usual = np.median(powers[powers > 0]) if powers.any() else 0.0
    gains = np.sqrt(MOST_ABOVE * usual / np.maximum(powers, MOST_ABOVE * usual + 1e-30))
    return np.asarray((parts * gains[:, None].astype(np.float32)).reshape(-1), np.complex64)


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
    return [(k + between(squares[max(0, k - 1) : k + 2]), float(squares[k])) for k in places]
