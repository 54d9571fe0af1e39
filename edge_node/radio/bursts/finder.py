"""A stream of IQ, cut anywhere, to bursts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import MOST_S, Burst
from edge_node.radio.bursts.cutter import Cutter
from edge_node.radio.bursts.growth import Growth, Piece
from edge_node.radio.bursts.ring import Ring
from edge_node.radio.spectrum.cfar import LONGEST, Cfar
from edge_node.radio.spectrum.floor import Floor
from edge_node.radio.spectrum.psd import Psd
from edge_node.radio.spectrum.quiet import QuietPower
from edge_node.radio.spectrum.spurs import Spurs

Complexes = NDArray[np.complex64]

MOST_A_LOOK = 16
"""Bursts in 14 ms; the strongest of a crowd."""
LEAST_RATE_HZ, MOST_RATE_HZ = 100e3, 100e6


class BurstFinder:
    """For one rate and one place in the spectrum. Bounded: `left_out` counts bursts and marks for which there was no room."""

    def __init__(self, rate_hz: float, center_hz: float | None) -> None:
        if not LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ:
            raise ValueError(f"{rate_hz:g} samples/s is not between {LEAST_RATE_HZ:g} and {MOST_RATE_HZ:g}")
        self.rate_hz, self.center_hz = rate_hz, center_hz
        self.psd = Psd(rate_hz)
        self.floor, self._spurs, self._cfar = Floor(self.psd), Spurs(self.psd.bins, self.psd.tick_s), Cfar(self.psd)
        ticks, bins = self._cfar.ticks, self.psd.bins
        self._powers = np.zeros((ticks, bins), np.float32)
        self._ring = Ring(round((MOST_S + 0.01) * rate_hz) + 2 * ticks * self.psd.tick, LONGEST * self.psd.tick)
        self._cutter = Cutter(self.psd, self._ring, center_hz)
        self._left_out, self._growth = 0, self._new_growth()
        self._quiet = QuietPower()
        self.restart(0)

    @property
    def left_out(self) -> int:
        """Since the beginning."""
        return self._left_out + self._growth.left_out

    @property
    def quiet_db(self) -> float | None:
        """The power, in dBFS, that a quarter of band and time lay below since this was last asked; None where nothing was heard."""
        return self._quiet.taken_db()

    def restart(self, number: int) -> None:
        """The next sample does not follow the last one and has this number; what was learnt of the floor stays."""
        self._left_out += self._growth.left_out
        self._growth = self._new_growth()
        self._ring.restart(number)
        self._start, self._tick, self._filled = number, 0, 0
        self._cfar.restart()

    def add(self, samples: Complexes) -> list[Burst]:
        """The bursts that ended with these samples (n,), in time order."""
        bursts: list[Burst] = []
        most = self._ring.most_added
        for first in range(0, len(samples), most):
            self._ring.add(samples[first : first + most])
            self._take()
            while self._filled == len(self._powers):
                bursts += self._look(LONGEST)
                self._go_on()
                self._take()
        return bursts

    def finish(self) -> list[Burst]:
        """What is left when no more samples follow these; `restart` comes next."""
        if not self._filled:
            return []
        count = self._filled
        bursts = self._look(min(count, LONGEST))
        if count > LONGEST:
            self._go_on()
            bursts += self._look(count - LONGEST)
        return bursts + self._cut(self._growth.finish())

    def _new_growth(self) -> Growth:
        return Growth(self.psd.bins, self.psd.bin_hz, self.psd.tick_s, MOST_S)

    def _take(self) -> None:
        """Turn as many samples to ticks as there is room for."""
        psd, first = self.psd, self._start + (self._tick + self._filled) * self.psd.tick
        room = len(self._powers) - self._filled
        there = self._ring.view(first, first + room * psd.tick + psd.beyond)
        made = psd.powers(there, self._powers[self._filled :])
        self._filled += len(made)

    def _look(self, count: int) -> list[Burst]:
        """Bursts that ended in the first so many ticks, which no later one will change."""
        powers = self._powers[: self._filled]
        self._quiet.look(powers[:count])
        self._spurs.learn(powers[:count], self.floor.level)
        self._spurs.remove(powers)
        if not self.floor.known:
            self.floor.begin(powers)
        ratios = np.ones_like(self._powers)
        np.divide(powers, self.floor.level, out=ratios[: self._filled])
        self._cfar.look(ratios, self.floor.unsure)
        found = self._cfar.found[:count]
        pieces = self._growth.grow(self._tick, powers[:count], found, ratios[:count])
        bursts = self._cut(pieces)
        self.floor.learn(powers[:count], found)
        return bursts

    def _go_on(self) -> None:
        """Forget the ticks that were told of."""
        kept = len(self._powers) - LONGEST
        self._powers[:kept] = self._powers[LONGEST:]
        self._cfar.go_on()
        self._tick += LONGEST
        self._filled = max(0, self._filled - LONGEST)

    def _cut(self, pieces: list[Piece]) -> list[Burst]:
        if len(pieces) > MOST_A_LOOK:
            self._left_out += len(pieces) - MOST_A_LOOK
            pieces = sorted(pieces, key=lambda piece: -float(piece.powers[piece.low : piece.high + 1].sum()))[:MOST_A_LOOK]
        bursts = [one for piece in pieces for one in self._cutter.bursts(piece, self.floor.level, self._start)]
        return sorted(bursts, key=lambda burst: burst.start)
