"""Marks in time and frequency to connected pieces, tick by tick, whatever borders they cross."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.spectrum.cfar import EDGE_SHARE

Reals = NDArray[np.float32]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

BRIDGED_TICKS = 1
"""A faint signal may fade for so long; a gap between packets is found again in finer steps."""
AT_EDGE_TICKS = 6
"""A chirp that sweeps over the edge of the band is away for so long."""
STRONG = 12.0
"""Times the floor a signal does not fade: a tick without it is a gap."""
BRIDGED_HZ = 45e3
"""What is as near in frequency is one signal: the tones of slow FSK, and carriers with gaps."""
SHARED, NARROW_GAPS = 0.25, 3
"""A run and the piece that it belongs to share so much of the smaller one, or both are narrow together."""
MOST_RUNS, MOST_GROWING = 16, 64
AGAIN_S = 0.25
"""What never stops is cut out so often."""


def at_edge(bins: int) -> int:
    """The last bin at the lower edge of which what is there may go on beyond it."""
    return max(1, round(EDGE_SHARE * bins)) + 2


class Piece(Struct):
    """Ticks `first` to `last` and bins `low` to `high`, all included; `powers` (bins,) are summed over `ticks` of them.

    `summed` is the next tick to be added. `lasts` says that it went on, `told` at which tick it was cut out before, if it was.
    `strong` says that its last tick was too strong to fade, `cuts` how many pieces of the same were cut out just before.
    """

    first: int
    last: int
    low: int
    high: int
    powers: Reals
    summed: int
    ticks: int = 0
    lasts: bool = False
    told: int = -1
    strong: bool = False
    cuts: int = 0


class Growth:
    """Bounded: `left_out` counts the marks for which there was no room."""

    def __init__(self, bins: int, bin_hz: float, tick_s: float, most_s: float) -> None:
        self._bins, self._edge = bins, at_edge(bins)
        self._gap = max(1, round(BRIDGED_HZ / bin_hz))
        self._longest = max(1, int(most_s / tick_s))
        self._again = max(1, round(AGAIN_S / tick_s))
        self._growing: list[Piece] = []
        self.left_out = 0

    def grow(self, first: int, powers: Reals, found: Flags, ratios: Reals) -> list[Piece]:
        """Take in ticks (n, bins) from tick `first` on, marked where something is, and their ratios to the floor.

        The pieces that ended or grew too long, in time order.
        """
        ended: list[Piece] = []
        if not self._growing and not found.any():
            return ended
        ticks, lows, highs = self._runs(found)
        sums = np.cumsum(np.pad(ratios, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
        strong = sums[ticks, highs + 1] - sums[ticks, lows] > STRONG * (highs + 1 - lows)
        k = 0
        for place in np.unique(ticks):
            tick = first + int(place)
            self._end(tick, powers, first, ended)
            while k < len(ticks) and ticks[k] == place:
                self._join(tick, int(lows[k]), int(highs[k]), strong=bool(strong[k]))
                k += 1
        self._end(first + len(powers), powers, first, ended)
        for piece in self._growing:
            self._sum(piece, powers, first)
        return ended

    def finish(self) -> list[Piece]:
        """Those that have not ended, as no more comes."""
        growing, self._growing = self._growing, []
        return [piece for piece in growing if piece.told < 0]

    def _runs(self, found: Flags) -> tuple[Whole, Whole, Whole]:
        """Tick, lowest and highest bin of each run of marks, gaps closed; the widest ones of a crowd."""
        edges = np.diff(np.pad(found, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        ticks, lows = np.nonzero(edges == 1)
        highs = np.nonzero(edges == -1)[1] - 1
        if not len(ticks):
            return ticks, lows, highs
        apart = (np.diff(ticks) > 0) | (lows[1:] - highs[:-1] > self._gap)
        begins, ends = np.concatenate(([True], apart)), np.concatenate((apart, [True]))
        ticks, lows, highs = ticks[begins], lows[begins], highs[ends]
        if (excess := len(ticks) - MOST_RUNS * len(found)) > 0:
            self.left_out += excess
            widest = np.sort(np.argsort(lows - highs, kind="stable")[: MOST_RUNS * len(found)])
            ticks, lows, highs = ticks[widest], lows[widest], highs[widest]
        return ticks, lows, highs

    def _join(self, tick: int, low: int, high: int, *, strong: bool) -> None:
        near = [one for one in self._growing if self._is_of(one, tick, low, high)]
        if not near:
            if len(self._growing) >= MOST_GROWING:
                self.left_out += 1
                return
            self._growing.append(Piece(tick, tick, low, high, np.zeros(self._bins, np.float32), tick, strong=strong))
            return
        one = near[0]
        for other in near[1:]:
            self._growing.remove(other)
            one.first, one.told = min(one.first, other.first), max(one.told, other.told)
            one.low, one.high = min(one.low, other.low), max(one.high, other.high)
            if other.ticks > one.ticks:
                one.powers, one.ticks = other.powers, other.ticks
        if one.told >= 0:
            one.low, one.high = low, high
        one.strong = strong or (one.strong and one.last == tick)
        one.last, one.low, one.high = tick, min(one.low, low), max(one.high, high)

    def _end(self, tick: int, powers: Reals, start: int, ended: list[Piece]) -> None:
        """What was not marked lately ends, what is too long is cut and goes on."""
        kept = []
        for piece in self._growing:
            if tick - piece.last > 1 + self._bridged(piece):
                if piece.told < 0:
                    self._sum(piece, powers, start)
                    ended.append(piece)
                continue
            if piece.told < 0 and tick - piece.first >= self._longest:
                self._sum(piece, powers, start)
                piece.last = min(piece.last, piece.first + self._longest - 1)
                piece.lasts = True
                ended.append(piece)
                kept.append(self._anew(piece, tick, told=tick if piece.cuts else -1))
            elif piece.told >= 0 and tick - piece.told >= self._again:
                kept.append(self._anew(piece, tick, told=-1))
            else:
                kept.append(piece)
        self._growing = kept

    def _is_of(self, piece: Piece, tick: int, low: int, high: int) -> bool:
        """Whether a run goes on with a piece: a chirp's does, or FSK's next tone; after a gap a hop to the channel beside it does not."""
        shared = min(high, piece.high) - max(low, piece.low) + 1
        if shared <= -self._gap:
            return False
        if tick - piece.last <= 1:
            return True
        if tick - piece.last > 1 + BRIDGED_TICKS and not self._touches(low, high):
            return False
        smaller = min(high - low, piece.high - piece.low) + 1
        return shared >= SHARED * smaller or max(high, piece.high) - min(low, piece.low) < NARROW_GAPS * self._gap

    def _touches(self, low: int, high: int) -> bool:
        return low <= self._edge or high >= self._bins - 1 - self._edge

    def _bridged(self, piece: Piece) -> int:
        if piece.told < 0 and self._touches(piece.low, piece.high):
            return AT_EDGE_TICKS
        return 0 if piece.strong else BRIDGED_TICKS

    def _anew(self, piece: Piece, tick: int, told: int) -> Piece:
        """The same from here on; what is `told` is not cut again for a while."""
        powers = np.zeros(self._bins, np.float32)
        return Piece(tick, piece.last, piece.low, piece.high, powers, tick, told=told, strong=piece.strong, cuts=piece.cuts + 1)

    def _sum(self, piece: Piece, powers: Reals, start: int) -> None:
        """Add the powers of its ticks among those from `start` on that were not added."""
        begin, end = max(piece.summed - start, 0), min(piece.last + 1 - start, len(powers))
        if piece.told < 0 and end > begin:
            piece.powers += powers[begin:end].sum(axis=0)
            piece.ticks, piece.summed = piece.ticks + end - begin, start + end
