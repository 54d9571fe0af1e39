"""Where about 9 MHz are filled for about as long as a frame: what a search costs is spent there alone.

Short spectra, every other one, are summed into cells of half a megahertz. A cell is filled where its power over half a millisecond is above
its floor, a low quantile over time: mean and median fail where bursts are many.
"""

from __future__ import annotations

from math import floor, log2, sqrt
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from edge_node.radio.droneid.waveform import BANDWIDTH_HZ
from edge_node.radio.spectrum.fourier import Fourier, short_buffers

Reals = NDArray[np.float32]
Flags = NDArray[np.bool_]

ROW_S = 68e-6
CELL_HZ = 0.5e6
WINDOW_S = 0.5e-3
REMEMBERED, SETTLED = 256, 64
FLOOR_EVERY = 16
QUANTILE, LOW_CELLS = 0.1, 0.25
FILLED = 1.3
SHARE = 0.65
# What OFDM leaks beside itself is weaker than this, against the mean level of its own band.
LEAKING_DB = 20.0
# Two thirds of an uneven box have less than this share of its mean: something narrower than the rest drowns all else.
DROWNED, DROWNED_PART = 0.3, 2 / 3
BATCH = 64
TAPER = 0.125
SILENCE = 1e-20


class Opened(NamedTuple):
    """Of each box in the window that ends with each row the share that is filled (n, positions), 0 where it is no frame; `uneven` (n,)."""

    shares: Reals
    uneven: Flags


class Gate:
    """Rows of `row` samples every `pitch` samples go in; which boxes of 9 MHz are filled in the window that ends with each comes out."""

    def __init__(self, rate_hz: float) -> None:
        self.row = 1 << floor(log2(rate_hz * ROW_S))
        self.pitch = 2 * self.row
        bins = 1 << max(0, round(log2(CELL_HZ * self.row / rate_hz)))
        self.cells, self.cell_hz = self.row // bins, bins * rate_hz / self.row
        self.window = max(3, round(WINDOW_S * rate_hz / self.pitch))
        self.box = round(BANDWIDTH_HZ / self.cell_hz) - 1
        self.positions = self.cells - self.box + 1
        # By how much a low quantile of such a sum is below its mean (Wilson and Hilferty 1931).
        self._low = (1 - 1 / (9 * bins) - 1.2816 / (3 * sqrt(bins))) ** 3
        self._shape, self._fourier = _tapered(self.row).repeat(2), Fourier(BATCH, self.row)
        self._past = np.empty((0, self.cells), np.float32)
        self._floor: Reals = np.full(self.cells, SILENCE, np.float32)
        self.reset()

    def reset(self) -> None:
        """The next row does not follow the last one; what was learnt of the floor stays."""
        self._recent = np.empty((0, self.cells), np.float32)
        self._since = FLOOR_EVERY

    def offset_hz(self, position: float) -> float:
        """The middle of a box."""
        return (position + self.box / 2 - self.cells / 2) * self.cell_hz

    def look(self, rows: NDArray[np.complex64]) -> Opened:
        """What rows (n, row) and those before them filled."""
        powers = self._powers(rows)
        self._learn(powers)
        held = np.concatenate([self._recent, powers])
        self._recent = held[max(0, len(held) - self.window + 1) :].copy()
        opened = Opened(np.zeros((len(rows), self.positions), np.float32), np.zeros(len(rows), bool))
        whole = len(held) - self.window + 1
        if whole > 0:
            sums = np.cumsum(np.concatenate([np.zeros((1, self.cells), np.float32), held]), axis=0, dtype=np.float64)
            means = (sums[self.window :] - sums[: -self.window]) / self.window
            opened.shares[-whole:], opened.uneven[-whole:] = self._opened(means.astype(np.float32))
        return opened

    def _powers(self, rows: NDArray[np.complex64]) -> Reals:
        """Cells (n, cells) from the lowest frequency to the highest."""
        powers = np.empty((len(rows), self.cells), np.float32)
        shaped = self._fourier.given.view(np.float32)
        with short_buffers():
            for k in range(0, len(rows), BATCH):
                batch = rows[k : k + BATCH].view(np.float32)
                np.multiply(batch, self._shape, out=shaped[: len(batch)])
                parts = self._fourier.run(len(batch)).view(np.float32).reshape(len(batch), self.cells, -1)
                powers[k : k + BATCH] = np.einsum("rcb,rcb->rc", parts, parts)
        return np.roll(powers, self.cells // 2, axis=1)

    def _learn(self, powers: Reals) -> None:
        """While little is known, cells that are filled all the time are judged by those that are not."""
        self._past = np.concatenate([self._past, powers])[-REMEMBERED:]
        self._since += len(powers)
        if not len(powers) or (self._since < FLOOR_EVERY and len(self._past) >= SETTLED):
            return
        low = int(QUANTILE * len(self._past))
        quiet = np.partition(self._past, low, axis=0)[low] / self._low
        if len(self._past) < SETTLED:
            quiet = np.minimum(quiet, np.quantile(quiet, LOW_CELLS))
        self._floor, self._since = np.maximum(quiet, SILENCE), 0

    def _opened(self, means: Reals) -> Opened:
        """Of mean powers (n, cells); what is narrow drowns a frame even where it was always there and is in the floor."""
        ratios = means / self._floor
        shares, uneven = _boxed(ratios > FILLED, self.box), np.zeros(len(ratios), bool)
        loud = np.flatnonzero(shares.max(axis=1, initial=0) >= SHARE)
        if len(loud):
            levels_db = 10 * np.log10(np.maximum(ratios[loud], 1))
            least_db = _boxed(levels_db, self.box).max(axis=1, keepdims=True) - LEAKING_DB
            shares[loud] = _boxed((ratios[loud] > FILLED) & (levels_db > least_db), self.box)
            drowned = sliding_window_view(means[loud], self.box, axis=1) < _boxed(means[loud], self.box)[:, :, None] * DROWNED
            uneven[loud] = ((np.count_nonzero(drowned, axis=2) > DROWNED_PART * self.box) & (shares[loud] >= SHARE)).any(axis=1)
        return Opened(np.where(shares >= SHARE, shares, np.float32(0)), uneven)


def _tapered(count: int) -> Reals:
    """Flat, with ends of a cosine's form, so that a strong carrier does not leak all over the band (Tukey 1967)."""
    from_end = np.minimum(np.arange(count) + 0.5, count - 0.5 - np.arange(count))
    return np.asarray(np.sin(np.pi / 2 * np.minimum(from_end / (TAPER * count), 1)) ** 2, np.float32)


def _boxed(values: NDArray[np.float32] | NDArray[np.bool_], box: int) -> Reals:
    """Means (n, cells - box + 1) over as many cells."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float32)
    return np.asarray((sums[:, box:] - sums[:, :-box]) / box, np.float32)
