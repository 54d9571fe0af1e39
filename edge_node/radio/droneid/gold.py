"""LTE's scrambling sequence (3GPP TS 36.211, 7.2)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SKIPPED = 1600
DEGREE = 31


@lru_cache
def gold(seed: int, count: int) -> NDArray[np.uint8]:
    """The first `count` bits for the second register's start."""
    first, second = np.zeros((2, SKIPPED + count + DEGREE), np.uint8)
    first[0] = 1
    second[:DEGREE] = [seed >> k & 1 for k in range(DEGREE)]
    # Each step is known from 28 before on, so as many are made at once.
    step = DEGREE - 3
    for n in range(0, SKIPPED + count, step):
        many = slice(n, min(n + step, SKIPPED + count))
        new = slice(many.start + DEGREE, many.stop + DEGREE)
        taps = [slice(many.start + k, many.stop + k) for k in range(4)]
        first[new] = first[taps[3]] ^ first[taps[0]]
        second[new] = second[taps[3]] ^ second[taps[2]] ^ second[taps[1]] ^ second[taps[0]]
    bits = (first ^ second)[SKIPPED : SKIPPED + count]
    bits.flags.writeable = False
    return bits
