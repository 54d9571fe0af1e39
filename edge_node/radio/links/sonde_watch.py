"""Balloons that are heard are listened to without a pause, for what they say takes longer than a burst is cut: a frame a second."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from edge_node.radio.links.band import Complexes
from edge_node.radio.links.radiosonde import PER_BIT, RATE_BD, Sonde, read
from edge_node.radio.links.slices import Slices

AT_HZ, WIDTH_HZ, LENGTH = RATE_BD * PER_BIT, 20e3, 1024
PIECE_S, SHARED_S = 1.3, 0.65
"""A piece, and what it shares with the next: a frame and what its preamble hides."""
MOST = 3
NOTHING = np.zeros(0, dtype=np.complex64)


class _Listened:
    """One balloon's channel."""

    def __init__(self, rate_hz: float, offset_hz: float) -> None:
        self._slices = Slices(rate_hz, AT_HZ, [offset_hz], WIDTH_HZ, LENGTH)
        self._left_hz = offset_hz - self._slices.middles_hz[0]
        self._kept = NOTHING

    def add(self, samples: Complexes) -> Sonde | None:
        self._kept = np.concatenate((self._kept, *self._slices.add(samples)))
        newest = None
        while len(self._kept) >= PIECE_S * AT_HZ:
            found = read(self._kept[: round(PIECE_S * AT_HZ)], AT_HZ, self._left_hz)
            newest = found[-1] if found else newest
            self._kept = self._kept[round((PIECE_S - SHARED_S) * AT_HZ) :]
        return newest


class SondeWatch:
    """Bounded: MOST balloons at a time."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._listened: dict[int, _Listened] = {}

    def restart(self) -> None:
        """The stream goes on after a gap."""
        self._listened.clear()

    def add(self, samples: Complexes, balloons: Iterable[tuple[int, float]]) -> list[tuple[int, Sonde]]:
        """What balloons, by number and where they are from the stream's centre, have said with these samples."""
        wanted = dict(sorted(balloons)[:MOST])
        self._listened = {number: one for number, one in self._listened.items() if number in wanted}
        for number, offset_hz in wanted.items():
            if number not in self._listened:
                self._listened[number] = _Listened(self._rate_hz, offset_hz)
        return [(number, sonde) for number, one in self._listened.items() if (sonde := one.add(samples)) is not None]
