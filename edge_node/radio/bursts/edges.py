"""Where a signal begins and ends in noise, be it in time or in frequency: the stretch that fits a plateau best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float32]

ROUNDS = 3


def plateau(powers: Reals, noise: float, level: float) -> tuple[int, int]:
    """The stretch [first, end) of powers (n,) that is likeliest at `noise` + `level` with noise around it, level refined; never empty.

    The largest sum of what is above half the level (Kadane 1977): as good as a matched filter of unknown length.
    """
    first, end = 0, len(powers)
    for _ in range(ROUNDS):
        sums = np.concatenate(([0.0], np.cumsum(powers - (noise + level / 2), dtype=np.float64)))
        gains = sums - np.minimum.accumulate(sums)
        end = max(1, int(np.argmax(gains)))
        first = min(end - 1, int(np.argmin(sums[: end + 1])))
        level = max(float(np.mean(powers[first:end])) - noise, level / 4)
    return first, end


def stretches(powers: Reals, least: float, gap: int) -> list[tuple[int, int]]:
    """Stretches [first, end) of powers (n,) at `least` or above, those apart by `gap` or less joined."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (powers >= least).astype(np.int8), [0]))))
    firsts, ends = edges[::2], edges[1::2]
    if not len(firsts):
        return []
    apart = firsts[1:] - ends[:-1] > gap
    return list(zip(firsts[np.concatenate(([True], apart))].tolist(), ends[np.concatenate((apart, [True]))].tolist(), strict=True))
