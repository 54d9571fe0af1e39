"""Which channels of an array are dead, clipped, noisy, swapped, mirrored, upside down, late or off in level, from ambient sound alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from drivers.blocks import MicrophoneArray
from edge_node.acoustic import faults
from edge_node.acoustic.channel_statistics import ChannelStatistics, Real
from edge_node.acoustic.faults import Fault
from edge_node.acoustic.locator import corrections
from edge_node.acoustic.microphones import Microphones, speed_of_sound_mps
from edge_node.acoustic.mounting import Mounting
from edge_node.acoustic.rewiring import rewired
from edge_node.acoustic.sound_field import Complex, SoundField, Vector
from edge_node.acoustic.wiring import Search, Wiring, symmetries

JUDGE_EVERY_S = 20.0
KEPT = 0.5
SURE = 0.9
FITS = -2.2
LOOKS_BETWEEN_SEARCHES = 10
# Three microphones in a plane agree with any delays and signs: there is no second way round.
FEWEST_TO_COMPARE = 4
DEAD_DB, WEAK_DB, GAIN_DB = -40.0, -10.0, 6.0
LOUD_DB, NOISY_DB = 4.0, 6.0
SILENT = 1e-12
OCTAVES_HZ = (300.0, 600.0, 1_200.0, 2_400.0, 4_800.0, 9_600.0)
HEARD_TOGETHER_HZ = (300.0, 1_500.0)
TOGETHER, ALONE = 0.5, 0.4
CLIPPED_SHARE = 0.03
LOWEST_TURNS, HIGHEST_TURNS, MOST_TURNS = 1.7, 17.0, 40.0
MOST_NUMBERS = 2_400
MOST_BANDS = 45
WIDEST_TURN = 0.5
WIDEST_BAND = 0.06
AUDIBLE = 6.0


class SelfCheck:
    """Judges an array every 20 s of its sound; wind or silence leave what only coherence shows as it was judged before."""

    def __init__(self, array: MicrophoneArray, sample_rate_hz: int, *, temperature_c: float | None = None) -> None:
        self.array, self.sample_rate_hz = array, sample_rate_hz
        self._positions = np.asarray(array.positions_m, np.float64).reshape(-1, 3)
        self._up = Mounting(array).up
        self._speed_mps = speed_of_sound_mps(temperature_c)
        self._statistics = ChannelStatistics(len(self._positions), sample_rate_hz)
        self._corrections = corrections(array, self._statistics.freqs_hz)
        self._bands = _bands(self._positions, self._statistics.freqs_hz, self._speed_mps)
        self._field: tuple[tuple[int, ...], tuple[int, ...], SoundField] | None = None
        self._judged_s = 0.0
        self._found: tuple[tuple[int, ...], Wiring] = (), Wiring((), (), ())
        self._patience = 0
        self._level_faults: tuple[Fault, ...] = ()
        self._wiring_faults: tuple[Fault, ...] = ()

    def push(self, samples: Real) -> None:
        """Take samples float32 (n, channels) that follow the last ones."""
        self._statistics.push(samples)
        if self._statistics.heard_s - self._judged_s >= JUDGE_EVERY_S:
            self._judged_s = self._statistics.heard_s
            self._judge()
            self._statistics.fade(KEPT)

    def faults(self) -> tuple[Fault, ...]:
        """What was wrong when it was last judged; empty before that."""
        return self._level_faults + self._wiring_faults

    def _judge(self) -> None:
        cross = self._statistics.cross * self._corrections.T[:, :, None] * self._corrections.conj().T[:, None, :]
        together = self._together(cross)
        silent = np.einsum("fcc->c", cross).real <= SILENT
        self._level_faults = tuple(self._by_level(np.where(silent, -np.inf, self._excess_db(cross)), together))
        deaf = {fault.channels[0] for fault in self._level_faults if fault.kind in ("dead", "noisy")}
        live = tuple(channel for channel in range(len(self._positions)) if channel not in deaf)
        if len(live) >= FEWEST_TO_COMPARE and np.median(together) >= TOGETHER:
            self._wiring_faults = self._by_wiring(cross, live)

    def _excess_db(self, cross: Complex) -> Vector:
        """(octaves, channels): levels against the middle channel's."""
        own = np.maximum(np.einsum("fcc->fc", cross).real, 1e-20)
        edges = np.searchsorted(self._statistics.freqs_hz, OCTAVES_HZ)
        levels = np.array([own[low:high].mean(axis=0) for low, high in pairwise(edges) if high > low])
        levels_db = 10 * np.log10(levels)
        return np.asarray(levels_db - np.median(levels_db, axis=1, keepdims=True), np.float64)

    def _together(self, cross: Complex) -> Vector:
        """(channels,): coherence with the two that each hears most in common with, at frequencies where neighbours hear the same."""
        freqs = self._statistics.freqs_hz
        part = cross[(freqs >= HEARD_TOGETHER_HZ[0]) & (freqs < HEARD_TOGETHER_HZ[1])]
        own = np.sqrt(np.maximum(np.einsum("fcc->fc", part).real, 1e-15))
        coherence = np.mean(np.abs(part) / (own[:, :, None] * own[:, None, :]), axis=0)
        np.fill_diagonal(coherence, 0.0)
        return np.asarray(np.sort(coherence, axis=1)[:, -2:].mean(axis=1), np.float64)

    def _by_level(self, excess_db: Vector, together: Vector) -> Iterator[Fault]:
        heard = float(np.median(together))
        alone = (together < ALONE * heard) & (heard >= TOGETHER)
        for channel, excess in enumerate(excess_db.T):
            level_db, share = float(np.median(excess)), float(self._statistics.clipped_share[channel])
            if level_db < DEAD_DB or (alone[channel] and level_db < WEAK_DB):
                yield faults.dead(channel, level_db)
            elif share > CLIPPED_SHARE:
                yield faults.clipped(channel, share)
            elif alone[channel] or (excess.max() > LOUD_DB and np.ptp(excess) > NOISY_DB):
                yield faults.noisy(channel, float(excess.max()))
            elif abs(level_db) > GAIN_DB:
                yield faults.gain(channel, level_db)

    def _by_wiring(self, cross: Complex, live: tuple[int, ...]) -> tuple[Fault, ...]:
        heard = np.stack([cross[band].sum(axis=0) for band in self._bands])[:, live][:, :, live]
        own = np.sqrt(np.maximum(np.einsum("bcc->bc", heard).real, 1e-15))
        coherences = heard / (own[:, :, None] * own[:, None, :])
        field = self._sound_field(coherences, live)
        if field is None:
            return ()
        audible = np.isin(self._freqs_hz, field.freqs_hz)
        wiring, probability = self._wiring(Search(field, self.sample_rate_hz, coherences[audible]), live)
        if probability < SURE:
            return ()
        self._found = live, wiring
        return tuple(rewired(wiring, self._alike(live), live, probability))

    def _wiring(self, search: Search, live: tuple[int, ...]) -> tuple[Wiring, float]:
        """The likeliest, first about the one that was found before; far and wide only where that does not fit."""
        right, alike = Wiring.right(len(live)), self._alike(live)
        before = self._found[1] if self._found[0] == live else right
        self._patience -= 1
        deep = search.fit(before) < FITS and self._patience <= 0
        ends = search.likeliest(alike, before, deep=deep)
        if ends[0][0] != before and before != right:
            ends = search.likeliest(alike, right, deep=True)
        if deep and ends[0][0] == before:
            self._patience = LOOKS_BETWEEN_SEARCHES
        return ends[0]

    def _alike(self, live: tuple[int, ...]) -> list[tuple[int, ...]]:
        return symmetries(self._positions[list(live)])

    @property
    def _freqs_hz(self) -> Vector:
        return np.array([self._statistics.freqs_hz[band].mean() for band in self._bands], np.float64)

    def _sound_field(self, coherences: Complex, live: tuple[int, ...]) -> SoundField | None:
        """That of live channels at bands where more is heard than each microphone's own noise, kept while these are the same."""
        first, second = np.triu_indices(len(live), 1)
        shared = np.mean(np.abs(coherences[:, first, second]) ** 2, axis=1)
        averaged = np.array([self._statistics.frames * (band.stop - band.start) for band in self._bands])
        audible = tuple(np.flatnonzero(shared * averaged > AUDIBLE).tolist())
        if not audible:
            return None
        if self._field is None or self._field[:2] != (live, audible):
            places = self._positions[list(live)]
            self._field = live, audible, SoundField(places, self._up, self._freqs_hz[list(audible)], self._speed_mps)
        return self._field[2]


def _bands(positions_m: Vector, freqs_hz: Real, speed_mps: float) -> list[slice]:
    """Bins to average over: not so low that all hear the same, nor so high or wide that places would have to be exact."""
    microphones = Microphones(positions_m)
    if microphones.channels < 3:
        return []
    per_m = speed_mps / (2 * np.pi)
    lowest, highest = (turns * per_m / microphones.spacing_m for turns in (LOWEST_TURNS, HIGHEST_TURNS))
    pairs = len(microphones.first)
    step_hz = float(freqs_hz[1])
    bands: list[slice] = []
    for middle_hz in np.geomspace(lowest, min(highest, float(freqs_hz[-1])), max(6, min(MOST_BANDS, MOST_NUMBERS // pairs))):
        half = max(0.5 * step_hz, 0.5 * min(WIDEST_BAND * middle_hz, WIDEST_TURN * per_m / microphones.aperture_m))
        low = max(int(np.ceil((middle_hz - half) / step_hz)), bands[-1].stop if bands else 1)
        high = int((middle_hz + half) / step_hz) + 1
        if low < high <= len(freqs_hz):
            bands.append(slice(low, high))
    return bands
