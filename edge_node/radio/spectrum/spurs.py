"""A receiver's own lines: the spike in its middle and carriers that never change, which are no signals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float32]

LOBE_BINS = 2
"""To each side: as wide as a Hann window's main lobe."""
STEADY = 0.25
"""Of a bare carrier the spread of powers over their mean; modulation and noise have more."""
ABOVE = 4.0
AFTER_S, GONE_AFTER_S = 1.0, 3.0
MOST_LINES = 32
KEPT = 1.2


class Spurs:
    """Lends the bins of such lines the powers of their neighbours, so that they are as if they were not there.

    A receiver's own line does not pause before it is known for one: a balloon does, after each of its frames.

    The middle is taken for one until it is seen to be none: some signals are listened to right there.
    """

    def __init__(self, bins: int, tick_s: float) -> None:
        self._tick_s = tick_s
        self._steady_s = np.zeros(bins, np.float32)
        self._steady_s[bins // 2] = KEPT * AFTER_S
        self.lines: tuple[int, ...] = (bins // 2,)
        self._lend()

    def remove(self, powers: Reals) -> None:
        """From ticks (n, bins), in place."""
        powers[:, self._bins] = powers[:, self._lenders]

    def learn(self, powers: Reals, level: Reals) -> None:
        """See which bins of untouched ticks (n, bins) hold a line that stays above the floor (bins,)."""
        mean, spread = powers.mean(axis=0), powers.std(axis=0)
        steady = (spread < STEADY * mean) & (mean > ABOVE * level)
        gone = self._tick_s * len(powers) * AFTER_S / GONE_AFTER_S
        known = np.zeros(len(mean), bool)
        known[list(self.lines)] = True
        self._steady_s += np.where(steady, self._tick_s * len(powers), np.where(known, -gone, -self._steady_s)).astype(np.float32)
        np.clip(self._steady_s, 0, KEPT * AFTER_S, out=self._steady_s)
        lasting = np.flatnonzero((self._steady_s > AFTER_S) | (known & (self._steady_s > 0)))
        if len(lasting) > MOST_LINES:
            lasting = lasting[np.argsort(-mean[lasting])[:MOST_LINES]]
        if (lines := tuple(int(one) for one in np.sort(lasting))) != self.lines:
            self.lines = lines
            self._lend()

    def _lend(self) -> None:
        """Each bin of a line takes from the free one that mirrors it at the line's nearer edge."""
        bins = len(self._steady_s)
        taken = np.zeros(bins, bool)
        for line in self.lines:
            taken[max(0, line - LOBE_BINS) : line + LOBE_BINS + 1] = True
        self._bins, free = np.flatnonzero(taken), np.flatnonzero(~taken)
        after = np.searchsorted(free, self._bins)
        below, above = self._bins - free[np.maximum(after - 1, 0)], free[np.minimum(after, len(free) - 1)] - self._bins
        mirrored = np.where(np.abs(below) <= np.abs(above), self._bins - 2 * below + 1, self._bins + 2 * above - 1)
        place = np.clip(np.searchsorted(free, mirrored), 0, len(free) - 1)
        self._lenders = free[place]
