"""Which channels are swapped, mirrored, upside down or late, by how their coherences fit the places of their microphones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.rewiring import rewired
from edge_node.acoustic.health.sound_field import Complex, SoundField, Vector
from edge_node.acoustic.health.wiring import Search, Wiring, symmetries
from edge_node.acoustic.microphones import Microphones

SURE = 0.9
ONE_IN = 3
# Above this share of the power one source that stands still is all there is, and a late channel is like another direction.
ONE_SOURCE = 0.6
LONGEST_PATIENCE = 16
LOWEST_TURNS, HIGHEST_TURNS = 1.7, 17.0
MOST_NUMBERS = 2_400
MOST_BANDS, FEWEST_BANDS = 45, 6
WIDEST_TURN = 0.5
WIDEST_BAND = 0.06
AUDIBLE, STILL_AUDIBLE, MANY_MORE = 6.0, 2.0, 1.25


class WiringCheck:
    """Judges cross-spectra of microphones at places (channels, 3) again and again, and remembers what it found."""

    def __init__(self, positions_m: Vector, up: Vector, freqs_hz: NDArray[np.float32], sample_rate_hz: int, speed_mps: float) -> None:
        self._positions, self._up, self._speed_mps, self._rate_hz = positions_m, up, speed_mps, sample_rate_hz
        self._bands = listening_bands(positions_m, freqs_hz, speed_mps)
        self._freqs_hz = np.array([freqs_hz[band].mean() for band in self._bands], np.float64)
        self._widths = np.array([band.stop - band.start for band in self._bands])
        self._live: tuple[int, ...] = ()
        self._patience = self._wait = 0

    def faults(self, cross: Complex, frames: float, live: tuple[int, ...]) -> tuple[Fault, ...]:
        """Of cross-spectra (bins, channels, channels) summed over some frames; `live` are the channels that hear something."""
        if live != self._live:
            self._begin(live)
        self._wait -= 1
        if self._wait > 0:
            return self._faults
        coherences = coherences_of(cross, self._bands, live)
        field = self._sound_field(coherences, frames)
        if field is not None and float(np.mean(np.abs(coherences) ** 2)) < ONE_SOURCE:
            self._judge(Search(field, self._rate_hz, coherences[np.isin(self._freqs_hz, field.freqs_hz)]))
        return self._faults

    def _begin(self, live: tuple[int, ...]) -> None:
        self._live, self._places = live, self._positions[list(live)]
        self._symmetries = symmetries(self._places)
        self._found = Wiring.right(len(live))
        self._field: SoundField | None = None
        self._faults: tuple[Fault, ...] = ()
        self._patience = self._wait = 0

    def _judge(self, search: Search) -> None:
        """Look only now and then while all stands; else search far and wide, ever more seldom while that is in vain."""
        if search.stands(self._found):
            self._patience, self._wait = 0, ONE_IN
            return
        wiring, probability = search.likeliest(self._symmetries)[0]
        if probability >= SURE:
            self._found = wiring
            self._faults = tuple(rewired(wiring, self._symmetries, self._live, probability))
        self._patience = self._wait = min(2 * self._patience + 1, LONGEST_PATIENCE)

    def _sound_field(self, coherences: Complex, frames: float) -> SoundField | None:
        """At bands where more is heard than each microphone's own noise, kept while these are about the same."""
        first, second = np.triu_indices(len(self._live), 1)
        signal = np.mean(np.abs(coherences[:, first, second]) ** 2, axis=1) * frames * self._widths
        audible = self._freqs_hz[signal > AUDIBLE]
        if self._field is not None:
            kept = np.isin(self._freqs_hz, self._field.freqs_hz)
            if signal[kept].min() > STILL_AUDIBLE and len(audible) <= MANY_MORE * np.count_nonzero(kept):
                return self._field
        self._field = SoundField(self._places, self._up, audible, self._speed_mps) if len(audible) >= FEWEST_BANDS else None
        return self._field


def coherences_of(cross: Complex, bands: list[slice], live: tuple[int, ...]) -> Complex:
    """(bands, live, live) of cross-spectra (bins, channels, channels)."""
    heard = np.stack([cross[band].sum(axis=0) for band in bands])[:, live][:, :, live]
    own = np.sqrt(np.maximum(np.einsum("bcc->bc", heard).real, 1e-15))
    return np.asarray(heard / (own[:, :, None] * own[:, None, :]))


def listening_bands(positions_m: Vector, freqs_hz: NDArray[np.float32], speed_mps: float) -> list[slice]:
    """Bins to average over: not so low that all hear the same, nor so high or wide that places would have to be exact."""
    microphones = Microphones(positions_m)
    if microphones.channels < 3:
        return []
    per_m = speed_mps / (2 * np.pi)
    lowest, highest = (turns * per_m / microphones.spacing_m for turns in (LOWEST_TURNS, HIGHEST_TURNS))
    pairs = len(microphones.first)
    step_hz = float(freqs_hz[1])
    bands: list[slice] = []
    for middle_hz in np.geomspace(lowest, min(highest, float(freqs_hz[-1])), max(FEWEST_BANDS, min(MOST_BANDS, MOST_NUMBERS // pairs))):
        half = max(0.5 * step_hz, 0.5 * min(WIDEST_BAND * middle_hz, WIDEST_TURN * per_m / microphones.aperture_m))
        low = max(int(np.ceil((middle_hz - half) / step_hz)), bands[-1].stop if bands else 1)
        high = int((middle_hz + half) / step_hz) + 1
        if low < high <= len(freqs_hz):
            bands.append(slice(low, high))
    return bands
