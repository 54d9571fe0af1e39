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
CLIPPED = 1000.0
"""Ratios; sums in single precision stay exact enough."""
STEPS = 8
"""Places of a box within its own width."""
PARTS, PART_SHARE = 3, 0.5
"""Each third of a box's width, and each half of its length, must hold so much of its mean excess: what fills less is smaller."""
CLEAR = 2.0
"""Times the threshold: what is as strong is delineated by the box that found it, and longer ones are not to fill its gaps."""
LEAKING, LEAKING_HZ = 50.0, 1.5e6
"""What is so much fainter than something near is what that leaks."""
EDGE_SHARE = 0.01
"""Of the band at both ends, where what leaks over one comes out at the other."""
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
    """Tests `ticks` ticks at once, in boxes that begin in the first `LONGEST` of them.

    `found` (ticks, bins) is what stands out, `clear` what is strong.
    """

    ticks = LONGEST * 3 // 2

    def __init__(self, psd: Psd) -> None:
        self._bins, self._skirt = psd.bins, max(1, round(SKIRT_HZ / psd.bin_hz))
        self._near = min(psd.bins, round(LEAKING_HZ / psd.bin_hz))
        self.found, self.clear = np.zeros((self.ticks, psd.bins), bool), np.zeros((self.ticks, psd.bins), bool)
        self._kept, self._edge = 0, max(1, round(EDGE_SHARE * psd.bins))
        widths = sorted({max(1, round(width_hz / psd.bin_hz)) for width_hz in WIDTHS_HZ})
        self._widths = [width for width in widths if width <= WIDEST_SHARE * psd.bins]
        least = {(ticks, bins): self._least(psd, ticks, bins) for ticks in LENGTHS for bins in self._widths}
        self._boxes = {
            ticks: [_Box(ticks, bins, least[ticks, bins], self._most(least, ticks, bins)) for bins in self._widths] for ticks in LENGTHS
        }

    def _least(self, psd: Psd, ticks: int, bins: int) -> float:
        places_a_second = (1 / (psd.tick_s * max(1, ticks // 2))) * (psd.bins / max(1, bins // STEPS))
        return threshold(min(0.5, FALSE_A_SECOND / places_a_second), psd.independent(ticks, bins))

    def _most(self, least: dict[tuple[int, int], float], ticks: int, bins: int) -> float:
        narrower = [least[ticks, other] for other, this in pairwise(self._widths) if this == bins]
        return 1 + SLACK * (min([*narrower, np.inf]) - 1)

    def restart(self) -> None:
        """The next tick does not follow the last one."""
        self.found[:], self.clear[:] = False, False
        self._kept = 0

    def go_on(self) -> None:
        """Forget the first `LONGEST` ticks."""
        self._kept = self.ticks - LONGEST
        for flags in (self.found, self.clear):
            flags[: self._kept] = flags[LONGEST:]
            flags[self._kept :] = False

    def look(self, ratios: Reals, unsure: float) -> None:
        """Mark in `found` what stands out of `ratios` (ticks, bins) of power to floor, where the floor may be off by `unsure`, a share."""
        scale, given, ratios = 1 + unsure, ratios, np.minimum(ratios, np.float32(CLIPPED))
        self._mark(ratios[self._kept :], self._kept, self._boxes[1], scale)
        for ticks, boxes in self._boxes.items():
            if ticks == 1:
                continue
            beside = self.clear.copy()
            beside[1:] |= self.clear[:-1]
            beside[:-1] |= self.clear[1:]
            if len(rows := np.flatnonzero(beside.any(axis=1))):
                ratios[rows] = np.where(_spread(beside[rows], self._skirt), np.float32(1), ratios[rows])
            half = ticks // 2
            leaking = None
            if len(rows):
                leaking = _greatest(self._halves(given, half), self._near) * np.float32(1 / LEAKING)
            self._mark(self._halves(ratios, half), 0, boxes, scale, leaking)
        for flags in (self.found, self.clear):
            flags[:, : self._edge] = flags[:, -self._edge :] = False

    def _halves(self, ratios: Reals, half: int) -> Reals:
        """Means of so many ticks each (halves, bins)."""
        return np.asarray(ratios[: LONGEST + half].reshape(-1, half, self._bins).sum(axis=1) / np.float32(half), np.float32)

    def _mark(self, means: Reals, first: int, boxes: list[_Box], scale: float, leaking: Reals | None = None) -> None:
        """Paint by means of ticks (ticks, bins) from tick `first` on, or of each half of a box and the next (halves, bins).

        What is `leaking` there is no signal.
        """
        lone = boxes[0]
        whole = means if lone.ticks == 1 else (means[:-1] + means[1:]) * np.float32(0.5)
        painted = (whole > scale * lone.least) & (whole <= scale * lone.most)
        least = None if leaking is None else 1 + np.maximum(leaking[:-1], leaking[1:])
        if least is not None:
            painted &= whole > least
        clear = painted & (whole > 1 + CLEAR * (lone.least - 1))
        along = _along(means)
        for box in boxes[1:]:
            if self._box(along, box, scale, (painted, clear), least):
                along = _along(self._without(means, clear))
        step = max(1, lone.ticks // 2)
        for row in np.flatnonzero(painted.any(axis=1)):
            ticks = slice(first + row * step, first + row * step + lone.ticks)
            self.found[ticks] |= painted[row]
            self.clear[ticks] |= clear[row]

    def _without(self, means: Reals, clear: Flags) -> Reals:
        """Means (rows, bins) of which what is clear, in boxes of a row or of it and the next, is taken out."""
        around = _spread(clear, self._skirt)
        if len(clear) < len(means):
            around = np.pad(around, ((0, 1), (0, 0))) | np.pad(around, ((1, 0), (0, 0)))
        return np.where(around, np.float32(1), means)

    def _box(self, along: Reals, box: _Box, scale: float, flags: tuple[Flags, Flags], least: Reals | None) -> bool:
        """Paint boxes of one size; whether any is clear."""
        painted, clear = flags
        starts = along[:, : self._bins - box.bins + 1 : box.bin_step]
        parts = (along[:, box.bins :: box.bin_step] - starts) * np.float32(1 / box.bins)
        mean = parts if box.ticks == 1 else (parts[:-1] + parts[1:]) * np.float32(0.5)
        hot = mean > np.float32(scale * box.least)
        if not hot.any():
            return False
        rows, which = np.nonzero(hot & (mean <= np.float32(scale * box.most)))
        excess = mean[rows, which] - 1
        enough, firsts = 1 + PART_SHARE * excess, which * box.bin_step
        full = np.ones(len(rows), bool) if least is None else excess + 1 > least[rows, firsts + box.bins // 2]
        if box.ticks > 1:
            full &= (parts[rows, which] >= enough) & (parts[rows + 1, which] >= enough)
            along = along[:-1] + along[1:]
            enough *= 2
        for low, high in pairwise(firsts + box.bins * part // PARTS for part in range(PARTS + 1)):
            full &= along[rows, high] - along[rows, low] >= enough * (high - low)
        _paint(painted, rows[full], firsts[full], box.bins)
        full &= excess > CLEAR * (box.least - 1)
        _paint(clear, rows[full], firsts[full], box.bins)
        return bool(full.any())


def _paint(flags: Flags, rows: Whole, firsts: Whole, bins: int) -> None:
    """Set so many bins from each place on."""
    changes = np.zeros((len(flags), flags.shape[1] + 1), np.int32)
    np.add.at(changes, (rows, firsts), 1)
    np.add.at(changes, (rows, firsts + bins), -1)
    flags |= np.cumsum(changes[:, :-1], axis=1) > 0


def _along(means: Reals) -> Reals:
    """Sums (rows, bins + 1) up to each bin."""
    along = np.zeros((len(means), means.shape[1] + 1), np.float32)
    np.cumsum(means, axis=1, out=along[:, 1:])
    return along


def _greatest(values: Reals, around: int) -> Reals:
    """The greatest within so many bins to each side, in steps of doubled reach."""
    greatest = np.pad(values, ((0, 0), (around, around)))
    reach = 1
    while reach < 2 * around + 1:
        step = min(reach, 2 * around + 1 - reach)
        greatest = np.maximum(greatest[:, :-step], greatest[:, step:])
        reach += step
    return greatest


def _spread(flags: Flags, around: int) -> Flags:
    """Up to so many bins to each side of those that are set."""
    sums = np.cumsum(np.pad(flags, ((0, 0), (around + 1, around))), axis=1, dtype=np.int32)
    return np.asarray(sums[:, 2 * around + 1 :] > sums[:, : -2 * around - 1])
