"""Where a spectrum over time stands out of its floor: boxes of several widths and lengths, each with its own threshold.

What a smaller box would have found by itself is left to it, so that a box never paints more than the signal fills.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.spectrum.gamma import threshold
from edge_node.radio.spectrum.psd import Psd

Reals = NDArray[np.float32]
Doubles = NDArray[np.float64] | NDArray[np.float32]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

LONGEST = 64
LENGTHS = (1, 4, 16, LONGEST)
"""In ticks: 0.2 to 13.6 ms."""
WIDTHS_HZ = (0.0, 0.1e6, 0.2e6, 0.5e6, 1.2e6, 4e6, 9e6, 18e6)
"""What links are wide; 0 is one bin alone."""
WIDEST_SHARE = 0.6
"""Of the band: nothing is left beside a wider box to tell its floor from."""
FALSE_A_SECOND = 0.01
"""False alarms of each size of box in noise."""
SLACK = 1.5
STEPS = 8
"""Places of a box within its own width."""
PARTS, PART_SHARE = 3, 0.35
"""Each third of a box's width, and each half of its length, must hold so much of its mean excess: what fills less is smaller."""
CLEAR = 2.0
"""Times the threshold: what is as strong is delineated by the box that found it, and longer ones are not to fill its gaps."""
SKIRT_HZ = 75e3
"""So near to what a shorter box has found, a longer one sees but its skirt, and would fill the gap between two packets."""


class _Box(Struct):
    """`least` to `most` are the means over the floor at which it is painted."""

    ticks: int
    bins: int
    least: float
    most: float

    @property
    def bin_step(self) -> int:
        return max(1, self.bins // STEPS)


class Cfar:
    """Tests `ticks` ticks at once, in boxes that begin in the first `LONGEST` of them; `found` (ticks, bins) is what stands out."""

    ticks = LONGEST * 3 // 2

    def __init__(self, psd: Psd) -> None:
        self._bins, self._skirt = psd.bins, max(1, round(SKIRT_HZ / psd.bin_hz))
        self.found, self._clear = np.zeros((self.ticks, psd.bins), bool), np.zeros((self.ticks, psd.bins), bool)
        self._kept = 0
        widths = sorted({max(1, round(width_hz / psd.bin_hz)) for width_hz in WIDTHS_HZ})
        self._widths = [width for width in widths if width <= WIDEST_SHARE * psd.bins]
        least = {(ticks, bins): self._least(psd, ticks, bins) for ticks in LENGTHS for bins in self._widths}
        self._boxes = {ticks: [_Box(ticks, bins, least[ticks, bins], self._most(least, ticks, bins)) for bins in self._widths] for ticks in LENGTHS}

    def _least(self, psd: Psd, ticks: int, bins: int) -> float:
        places_a_second = (1 / (psd.tick_s * max(1, ticks // 2))) * (psd.bins / max(1, bins // STEPS))
        return threshold(min(0.5, FALSE_A_SECOND / places_a_second), psd.independent(ticks, bins))

    def _most(self, least: dict[tuple[int, int], float], ticks: int, bins: int) -> float:
        narrower = [least[ticks, other] for other, this in pairwise(self._widths) if this == bins]
        return 1 + SLACK * (min([*narrower, np.inf]) - 1)

    def restart(self) -> None:
        """The next tick does not follow the last one."""
        self.found[:], self._clear[:] = False, False
        self._kept = 0

    def go_on(self) -> None:
        """Forget the first `LONGEST` ticks."""
        self._kept = self.ticks - LONGEST
        for flags in (self.found, self._clear):
            flags[: self._kept] = flags[LONGEST:]
            flags[self._kept :] = False

    def look(self, ratios: Reals, unsure: float) -> None:
        """Mark in `found` what stands out of `ratios` (ticks, bins) of power to floor, where the floor may be off by `unsure`, a share."""
        scale, ratios = 1 + unsure, ratios.copy()
        self._mark(ratios[self._kept :], self._kept, self._boxes[1], scale)
        sums = np.zeros((len(ratios) + 1, self._bins))
        for ticks, boxes in self._boxes.items():
            if ticks == 1:
                continue
            if len(rows := np.flatnonzero(self._clear.any(axis=1))):
                ratios[rows] = np.where(_spread(self._clear[rows], self._skirt), np.float32(1), ratios[rows])
            np.cumsum(ratios, axis=0, out=sums[1:])
            half = ticks // 2
            self._mark(np.diff(sums[: LONGEST + half + 1 : half], axis=0) / half, 0, boxes, scale)

    def _mark(self, means: Doubles, first: int, boxes: list[_Box], scale: float) -> None:
        """Paint by means of ticks (ticks, bins) from tick `first` on, or of each half of a box and the next (halves, bins)."""
        lone = boxes[0]
        whole = means if lone.ticks == 1 else (means[:-1] + means[1:]) / 2
        painted = (whole > scale * lone.least) & (whole <= scale * lone.most)
        clear = painted & (whole > 1 + CLEAR * (lone.least - 1))
        along = _along(means)
        for box in boxes[1:]:
            self._box(along, box, scale, painted, clear)
        step = max(1, lone.ticks // 2)
        for row in np.flatnonzero(painted.any(axis=1)):
            ticks = slice(first + row * step, first + row * step + lone.ticks)
            self.found[ticks] |= painted[row]
            self._clear[ticks] |= clear[row]

    def _box(self, along: Doubles, box: _Box, scale: float, painted: Flags, clear: Flags) -> None:
        """Paint boxes of one size."""
        places = np.arange(0, self._bins - box.bins + 1, box.bin_step)
        parts = (along[:, places + box.bins] - along[:, places]) / box.bins
        mean = parts if box.ticks == 1 else (parts[:-1] + parts[1:]) / 2
        rows, which = np.nonzero((mean > scale * box.least) & (mean <= scale * box.most))
        if not len(rows):
            return
        excess = mean[rows, which] - 1
        enough, firsts = 1 + PART_SHARE * excess, places[which]
        full = np.ones(len(rows), bool)
        if box.ticks > 1:
            full &= (parts[rows, which] >= enough) & (parts[rows + 1, which] >= enough)
            along = along[:-1] + along[1:]
            enough *= 2
        for low, high in pairwise(firsts + box.bins * part // PARTS for part in range(PARTS + 1)):
            full &= along[rows, high] - along[rows, low] >= enough * (high - low)
        _paint(painted, rows[full], firsts[full], box.bins)
        full &= excess > CLEAR * (box.least - 1)
        _paint(clear, rows[full], firsts[full], box.bins)


def _paint(flags: Flags, rows: Whole, firsts: Whole, bins: int) -> None:
    """Set so many bins from each place on."""
    changes = np.zeros((len(flags), flags.shape[1] + 1), np.int32)
    np.add.at(changes, (rows, firsts), 1)
    np.add.at(changes, (rows, firsts + bins), -1)
    flags |= np.cumsum(changes[:, :-1], axis=1) > 0


def _along(means: Doubles) -> Doubles:
    """Sums (rows, bins + 1) up to each bin."""
    along = np.zeros((len(means), means.shape[1] + 1))
    np.cumsum(means, axis=1, out=along[:, 1:])
    return along


def _spread(flags: Flags, around: int) -> Flags:
    """Up to so many bins to each side of those that are set."""
    sums = np.cumsum(np.pad(flags, ((0, 0), (around + 1, around))), axis=1, dtype=np.int32)
    return np.asarray(sums[:, 2 * around + 1 :] > sums[:, : -2 * around - 1])
