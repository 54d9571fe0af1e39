"""The noise in each bin of a spectrum: a low quantile over time, as means fail where bursts are many and medians where they are dense."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.spectrum.gamma import quantile
from edge_node.radio.spectrum.psd import Psd

Reals = NDArray[np.float32]
Flags = NDArray[np.bool_]

SHARE = 0.25
"""Of the ticks are below what is followed."""
GAIN, FIRST_GAIN = 0.1, 2.5
"""Steps in the logarithm: 0.7 s to settle, and 1.3 % of spread in a bin; the first ones are as large as Robbins and Monro's best."""
LEAST_FREE = 0.25
"""A bin that is occupied for longer than the rest of this learns nothing."""
SMOOTHED_BINS = 9
OPENED_SHARE = 0.5
"""What is narrower than this share of the band and stood there from the first is a signal and not the shape of the band."""
ABOVE_OPENED = 1.5
UNSURE = 0.06
"""The spread of the floor under a wide box after one look."""
SETTLED_LOOKS = 100
RELEARNT_AFTER_S, ALL_OCCUPIED = 3.0, 0.9
LEAST_POWER = 1e-20


class Floor:
    """`level` (bins,) is the mean noise power of a tick in each bin; `unsure` how far it may be off under a wide box, as a share."""

    def __init__(self, psd: Psd) -> None:
        self._bias = quantile(SHARE, psd.independent(1, 1))
        self._tick_s = psd.tick_s
        self._opened_bins = max(2, int(OPENED_SHARE * psd.bins))
        self.level = np.full(psd.bins, LEAST_POWER, np.float32)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a change of gain."""
        self._log: Reals | None = None
        self._looks, self._full_s = 0, 0.0

    @property
    def known(self) -> bool:
        """Whether anything was learnt."""
        return self._log is not None

    @property
    def unsure(self) -> float:
        """Falls as more is learnt."""
        return UNSURE / float(np.sqrt(max(1, min(self._looks, SETTLED_LOOKS))))

    def begin(self, powers: Reals) -> None:
        """Learn from the first ticks (n, bins) alone, whatever is in them."""
        low = int(SHARE * len(powers))
        lowest = np.maximum(np.partition(powers, low, axis=0)[low], LEAST_POWER)
        self._log = np.log(_smoothed(lowest))
        self._looks = 1
        self._settle(self._log)

    def learn(self, powers: Reals, occupied: Flags) -> None:
        """Follow ticks (n, bins) where they are not occupied."""
        if self._log is None or not len(powers):
            return
        if self._is_new_level(occupied):
            self.reset()
            self.begin(powers)
            return
        free = len(powers) - np.count_nonzero(occupied, axis=0)
        below = np.count_nonzero((powers < np.exp(self._log)) & ~occupied, axis=0)
        gain = max(GAIN, FIRST_GAIN / (self._looks + 1))
        step = gain * (SHARE - below / np.maximum(free, 1)) * (free / len(powers))
        self._log = np.maximum(self._log + np.where(free >= LEAST_FREE * len(powers), step, 0), np.log(LEAST_POWER)).astype(np.float32)
        self._looks += 1
        self._settle(self._log)

    def _is_new_level(self, occupied: Flags) -> bool:
        """Nothing fills the whole band for seconds but another gain, or a floor that was never right."""
        full = float(np.mean(occupied)) > ALL_OCCUPIED
        self._full_s = self._full_s + len(occupied) * self._tick_s if full else 0.0
        return self._full_s > RELEARNT_AFTER_S

    def _settle(self, log: Reals) -> None:
        low = np.exp(log)
        opened = _opened(_smoothed(low), self._opened_bins)
        self.level = (np.where(low > ABOVE_OPENED * opened, opened, low) / self._bias).astype(np.float32)


def _smoothed(power: Reals) -> Reals:
    around = SMOOTHED_BINS // 2
    sums = np.cumsum(np.pad(power, (around + 1, around), mode="edge"), dtype=np.float64)
    return ((sums[SMOOTHED_BINS:] - sums[:-SMOOTHED_BINS]) / SMOOTHED_BINS).astype(np.float32)


def _opened(power: Reals, bins: int) -> Reals:
    """Without what is narrower than `bins` (Serra 1982): the running minimum's running maximum."""
    return -_running_least(-_running_least(power, bins), bins)


def _running_least(values: Reals, bins: int) -> Reals:
    """Over `bins` about each, or as many as there are, in steps of doubled reach."""
    before = bins // 2
    least = np.pad(values, (before, bins - 1 - before), constant_values=np.inf)
    reach = 1
    while reach < bins:
        step = min(reach, bins - reach)
        least = np.minimum(least[:-step], least[step:])
        reach += step
    return least
