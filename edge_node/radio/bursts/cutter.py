"""Pieces of the spectrum to bursts: their edges in frequency and time, strength, and samples of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.bursts.band import band_of
from edge_node.radio.bursts.burst import MOST_S, Burst
from edge_node.radio.bursts.cut import mixed, noise_width_hz, rate_for
from edge_node.radio.bursts.growth import Piece
from edge_node.radio.bursts.ring import Ring
from edge_node.radio.bursts.spans import spans
from edge_node.radio.spectrum.psd import Psd

Reals = NDArray[np.float32]
Complexes = NDArray[np.complex64]

BEFORE_S = 0.2e-3
GUARD_SAMPLES = 16
"""Of the lower rate, at both ends of what is transformed."""
LEAST_POWER = 1e-20


class _Band(Struct):
    """A part of the stream about `offset_hz` at `rate_hz`, from sample `first` of the stream on, with what the floor is in it."""

    samples: Complexes
    rate_hz: float
    first: int
    offset_hz: float
    width_hz: float
    noise: float
    noise_in_width: float


class Cutter:
    """Knows one receiver's stream, of which `ring` has the newest samples."""

    def __init__(self, psd: Psd, ring: Ring, center_hz: float | None) -> None:
        self._psd, self._ring, self._center_hz = psd, ring, center_hz

    def bursts(self, piece: Piece, level: Reals, start: int) -> Iterator[Burst]:
        """What a piece holds over the floor (bins,); `start` is the number of the sample with which tick 0 began."""
        psd, ticks = self._psd, max(1, piece.ticks)
        mean = piece.powers / np.float32(ticks)
        low, high = band_of(mean, level, piece.low, piece.high, psd.independent(ticks, 1))
        power = float((mean - level)[low : high + 1].sum())
        first, end = start + piece.first * psd.tick - psd.tick, start + (piece.last + 2) * psd.tick + psd.beyond
        band = self._cut(first, end, low, high, level)
        if band is None or power <= 0:
            return
        found = spans(band.samples, band.noise, power, band.rate_hz)
        for begin, stop in found:
            if len(found) == 1:
                one = self._burst(piece, band, begin, stop)
            else:
                one = self._alone(piece, level, band, begin, stop)
            if one is not None:
                yield one

    def _cut(self, first: int, end: int, low: int, high: int, level: Reals) -> _Band | None:
        """Samples `first` to `end` and something around, from the lowest to the highest bin; None where they are gone."""
        psd = self._psd
        width_hz = (high - low + 1) * psd.bin_hz
        out_hz = rate_for(psd.rate_hz, width_hz)
        spare = round((BEFORE_S + GUARD_SAMPLES / out_hz) * psd.rate_hz)
        first = max(self._ring.start, first - spare)
        samples = self._ring.view(first, end + spare)
        if len(samples) < psd.tick:
            return None
        band, offset_hz = mixed(samples, psd.rate_hz, psd.frequency_hz((low + high) / 2), out_hz)
        noise = max(LEAST_POWER, float(level[low : high + 1].sum()))
        return _Band(band, out_hz, first, offset_hz, width_hz, noise * noise_width_hz(psd.rate_hz, out_hz) / width_hz, noise)

    def _alone(self, piece: Piece, level: Reals, whole: _Band, begin: int, stop: int) -> Burst | None:
        """One of several, which may each have a band of their own."""
        psd, times = self._psd, self._psd.rate_hz / whole.rate_hz
        first, end = whole.first + round(begin * times), whole.first + round(stop * times)
        powers = psd.powers(self._ring.view(first, max(end, first + psd.tick + psd.beyond)))
        if not len(powers):
            return None
        low, high = band_of(powers.mean(axis=0), level, piece.low, piece.high, psd.independent(len(powers), 1))
        band = self._cut(first, end, low, high, level)
        if band is None:
            return None
        skipped, ratio = first - band.first, band.rate_hz / psd.rate_hz
        return self._burst(piece, band, round(skipped * ratio), round((skipped + end - first) * ratio))

    def _burst(self, piece: Piece, band: _Band, begin: int, stop: int) -> Burst | None:
        stop = min(stop, begin + round(MOST_S * band.rate_hz), len(band.samples))
        parts = band.samples[begin:stop].view(np.float32)
        signal = float(np.dot(parts, parts)) / max(1, stop - begin) - band.noise
        if signal <= 0 or not np.isfinite(signal):
            return None
        before = min(begin, round(BEFORE_S * band.rate_hz))
        return Burst(
            start=band.first + round(begin * self._psd.rate_hz / band.rate_hz),
            rate_hz=self._psd.rate_hz,
            duration_s=(stop - begin) / band.rate_hz,
            lasts=piece.lasts,
            offset_hz=band.offset_hz,
            center_hz=None if self._center_hz is None else self._center_hz + band.offset_hz,
            bandwidth_hz=band.width_hz,
            snr_db=10 * float(np.log10(signal / band.noise_in_width)),
            level_dbfs=10 * float(np.log10(signal)),
            samples=band.samples[begin - before : stop + before].copy(),
            samples_rate_hz=band.rate_hz,
            before_s=before / band.rate_hz,
        )
