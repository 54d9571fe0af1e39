"""Pieces of the spectrum to bursts: their edges in frequency and time, strength, and samples of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.bursts.band import band_of
from edge_node.radio.bursts.burst import MOST_S, Burst
from edge_node.radio.bursts.cut import Cut, noise_width_hz, rate_for
from edge_node.radio.bursts.growth import Piece, at_edge
from edge_node.radio.bursts.ring import Ring
from edge_node.radio.bursts.spans import SHORTEST_GAP_S, SWEPT_GAP_S, spans
from edge_node.radio.spectrum.psd import Psd

Reals = NDArray[np.float32]

BEFORE_S = 0.2e-3
NARROW = 1.2
"""Times its bandwidth is the rate at which a burst's edges in time are looked for: nothing but it in it."""
GUARD_SAMPLES = 16
"""Of the lower rate, at both ends of what is transformed."""
LEAST_POWER = 1e-20
MOST_DB = 100.0
"""More is said of no signal: a recording's silence may be nothing at all."""


class _Band(Struct):
    """A part of the stream about `offset_hz`, from sample `first` of the stream on; `noise` is the floor's power within `width_hz`."""

    cut: Cut
    first: int
    offset_hz: float
    width_hz: float
    noise: float


class Cutter:
    """Knows one receiver's stream, of which `ring` has the newest samples."""

    def __init__(self, psd: Psd, ring: Ring, center_hz: float | None) -> None:
        self._psd, self._ring, self._center_hz = psd, ring, center_hz

    def bursts(self, piece: Piece, level: Reals, start: int) -> Iterator[Burst]:
        """What a piece holds over the floor (bins,); `start` is the number of the sample with which tick 0 began."""
        psd, ticks = self._psd, max(1, piece.ticks)
        mean = piece.powers / np.float32(ticks)
        low, high = band_of(mean, level, piece.low, piece.high, psd.in_bin(ticks))
        power = float((mean - level)[low : high + 1].sum())
        first, end = start + piece.first * psd.tick - psd.tick, start + (piece.last + 2) * psd.tick + psd.beyond
        band = self._band(first, end, low, high, level)
        if band is None or power <= 0:
            return
        narrow_hz = rate_for(psd.rate_hz, band.width_hz, NARROW)
        noise = self._noise(band, narrow_hz)
        found = spans(
            band.cut.band(band.offset_hz, narrow_hz),
            noise,
            power,
            narrow_hz,
            SWEPT_GAP_S if self._is_cut_off(low, high) else SHORTEST_GAP_S,
        )
        for number, span in enumerate(found, start=1):
            begin, stop = (band.first + round(t_s * psd.rate_hz) for t_s in span)
            lasts = piece.lasts and number == len(found)
            one = self._burst(band, begin, stop, lasts) if len(found) == 1 else self._alone(piece, level, (begin, stop), lasts)
            if one is not None:
                yield one

    def _is_cut_off(self, low: int, high: int) -> bool:
        """What reaches beyond the band comes and goes as it sweeps."""
        edge = at_edge(self._psd.bins)
        return low <= edge or high >= self._psd.bins - 1 - edge

    def _band(self, first: int, end: int, low: int, high: int, level: Reals) -> _Band | None:
        """Samples `first` to `end` and something around, from the lowest to the highest bin; None where they are gone."""
        psd = self._psd
        width_hz = (high - low + 1) * psd.bin_hz
        spare = round((BEFORE_S + GUARD_SAMPLES / rate_for(psd.rate_hz, width_hz)) * psd.rate_hz)
        first = max(self._ring.start, first - spare)
        samples = self._ring.view(first, end + spare)
        if len(samples) < psd.tick:
            return None
        cut = Cut(samples, psd.rate_hz)
        noise = max(LEAST_POWER, float(level[low : high + 1].sum()))
        return _Band(cut, first, cut.placed(psd.frequency_hz((low + high) / 2)), width_hz, noise)

    def _noise(self, band: _Band, out_hz: float) -> float:
        return band.noise * noise_width_hz(self._psd.rate_hz, out_hz) / band.width_hz

    def _alone(self, piece: Piece, level: Reals, span: tuple[int, int], lasts: bool) -> Burst | None:
        """One of several, which may each have a band of their own."""
        psd, (begin, stop) = self._psd, span
        powers = psd.powers(self._ring.view(begin, max(stop, begin + psd.tick + psd.beyond)))
        if not len(powers):
            return None
        low, high = band_of(powers.mean(axis=0), level, piece.low, piece.high, psd.in_bin(len(powers)))
        band = self._band(begin, stop, low, high, level)
        return None if band is None else self._burst(band, begin, stop, lasts)

    def _burst(self, band: _Band, first: int, end: int, lasts: bool) -> Burst | None:
        """Of samples `first` to `end` of the stream."""
        rate_hz = self._psd.rate_hz
        out_hz = rate_for(rate_hz, band.width_hz)
        samples, noise = band.cut.band(band.offset_hz, out_hz), self._noise(band, out_hz)
        begin, stop = round((first - band.first) * out_hz / rate_hz), round((end - band.first) * out_hz / rate_hz)
        stop = min(stop, begin + round(MOST_S * out_hz), len(samples))
        parts = samples[begin:stop].view(np.float32)
        signal = float(np.dot(parts, parts)) / max(1, stop - begin) - noise
        if not 0 < signal < np.inf:
            return None
        before = min(begin, round(BEFORE_S * out_hz))
        return Burst(
            start=first,
            rate_hz=rate_hz,
            duration_s=(stop - begin) / out_hz,
            lasts=lasts,
            offset_hz=band.offset_hz,
            center_hz=None if self._center_hz is None else self._center_hz + band.offset_hz,
            bandwidth_hz=band.width_hz,
            snr_db=min(MOST_DB, 10 * float(np.log10(signal / band.noise))),
            level_dbfs=10 * float(np.log10(signal)),
            samples=samples[begin - before : stop + before].copy(),
            samples_rate_hz=out_hz,
            before_s=before / out_hz,
        )
