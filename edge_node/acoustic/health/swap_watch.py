"""Two channels in each other's place, told at once: one and a half seconds of any sound that comes from somewhere are enough.

A wave that crosses the array has delays that only microphones in their own places can have, so a single source is enough here (it
is not for channels that are late). A source from which both of a pair are equally far tells nothing of that pair, and is told
right all the same.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.rewiring import rewired
from edge_node.acoustic.health.sound_field import Complex, SoundField, Vector
from edge_node.acoustic.health.wiring import Search, Wiring, symmetries
from edge_node.acoustic.health.wiring_check import AUDIBLE, FEWEST_BANDS, STILL_AUDIBLE, coherences_of, listening_bands

FEWEST, MOST = 4, 16
"""Channels: three agree with anything, and of more than sixteen there are too many pairs to try so often."""
FITS = -3.1
"""Log evidence a band and channel: in so few frames it is -1.8 to -2.9 where all is right, mostly -3.5 to -4.4 where two are swapped."""
SWAPPED, RIGHT = 4.0, 2.0
"""Log evidence a band by which a swap, or that there is none, is likelier, to be told."""
REBUILT_AFTER = 6
"""Looks, from one choice of bands to the next: the choice costs more than the look."""
MOST_NUMBERS, MOST_TOGETHER = 720, 120
"""Bands times pairs, in all and judged together: what many microphones have in common is judged at fewer bands, and each by itself."""
PROBABILITY = 0.99


class SwapWatch:
    """Looks at a short piece of sound again and again; `fault` is what stands, until it is clear that it does not."""

    def __init__(self, positions_m: Vector, up: Vector, freqs_hz: NDArray[np.float32], sample_rate_hz: int, speed_mps: float) -> None:
        self._positions, self._up, self._speed_mps, self._rate_hz = positions_m, up, speed_mps, sample_rate_hz
        self._bands = listening_bands(positions_m, freqs_hz, speed_mps) if FEWEST <= len(positions_m) <= MOST else []
        self._freqs_hz = np.array([freqs_hz[band].mean() for band in self._bands], np.float64)
        self._widths = np.array([band.stop - band.start for band in self._bands])
        self._live: tuple[int, ...] = ()
        self._field: SoundField | None = None
        self._age = 0
        self.faults: tuple[Fault, ...] = ()
        self.clear = self._doubted = False

    def look(self, cross: Complex, frames: float, live: tuple[int, ...], *, doubted: bool) -> None:
        """Of cross-spectra (bins, channels, channels) summed over `frames`; `live` are the channels that hear something.

        `doubted`: others say that the order is wrong, so that it is worth to know whether it is right.
        """
        self.clear, self._doubted = False, doubted or bool(self.faults)
        if live != self._live:
            self._begin(live)
        if len(live) < FEWEST or not self._bands:
            return
        coherences = coherences_of(cross, self._bands, live)
        field = self._sound_field(coherences, frames)
        if field is not None:
            self._judge(Search(field, self._rate_hz, coherences[np.isin(self._freqs_hz, field.freqs_hz)]))

    def _begin(self, live: tuple[int, ...]) -> None:
        self._live, self.faults, self._field, self._age = live, (), None, REBUILT_AFTER
        places = self._positions[list(live)]
        self._symmetries = symmetries(places) if FEWEST <= len(live) <= MOST else []
        right = Wiring.right(len(live))
        self._wirings = [right, *(swap for swap in _swaps(right) if swap.order not in self._symmetries)]

    def _judge(self, search: Search) -> None:
        """Try swaps only where the right order does not fit, or one is to be withdrawn: with many channels they are many."""
        bands = len(search.field.freqs_hz)
        right = float(search.scores(self._wirings[:1])[0])
        fits = right > FITS * search.field.channels * bands
        if fits and not self._doubted:
            return
        scores = search.scores(self._wirings[1:])
        best = int(np.argmax(scores))
        self.clear = fits and right - scores[best] > RIGHT * bands
        if self.clear:
            self.faults = ()
        elif not fits and scores[best] > max(FITS * search.field.channels * bands, right + SWAPPED * bands):
            self.faults = tuple(rewired(self._wirings[1 + best], self._symmetries, self._live, PROBABILITY))

    def _sound_field(self, coherences: Complex, frames: float) -> SoundField | None:
        """At bands where more is heard than each microphone's own noise; None where that is not heard now."""
        first, second = np.triu_indices(len(self._live), 1)
        signal = np.mean(np.abs(coherences[:, first, second]) ** 2, axis=1) * frames * self._widths
        self._age += 1
        if self._field is not None and signal[np.isin(self._freqs_hz, self._field.freqs_hz)].min() > STILL_AUDIBLE:
            return self._field
        if self._age < REBUILT_AFTER:
            return None
        audible = self._freqs_hz[signal > AUDIBLE]
        audible = audible[:: max(1, len(audible) // max(FEWEST_BANDS, MOST_NUMBERS // len(first)))]
        self._age = 0
        places = self._positions[list(self._live)]
        if len(audible) < FEWEST_BANDS:
            self._field = None
        else:
            self._field = SoundField(places, self._up, audible, self._speed_mps, most_numbers=MOST_TOGETHER)
        return self._field


def _swaps(right: Wiring) -> list[Wiring]:
    """Every two channels exchanged."""
    found = []
    for first, second in combinations(right.order, 2):
        order = list(right.order)
        order[first], order[second] = second, first
        found.append(right.reordered(order))
    return found
