"""Pictures that carry their own number, so that what comes out of a camera's line tells when it went in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 24
DARK, BRIGHT = 40, 210
THRESHOLD = (DARK + BRIGHT) / 2


def numbered(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A picture (height, width) with `number` in its upper half, as a row of dark and bright blocks, and a square that moves below."""
    picture = np.full((height, width), 90, np.uint8)
    block = width // BITS
    for bit in range(BITS):
        picture[: height // 2, bit * block : (bit + 1) * block] = BRIGHT if number >> bit & 1 else DARK
    side = height // 8
    at = number * 3 % (width - side)
    picture[-2 * side : -side, at : at + side] = 250
    return picture


def number_of(picture: NDArray[np.generic]) -> int:
    """The number that a picture carries, be it compressed and coarse; needs at least four pixels a block."""
    height, width = picture.shape
    block = width // BITS
    middles = np.arange(BITS) * block + block // 2
    rows = np.asarray(picture[height // 8 : height // 2 - height // 8], np.float64)
    means = rows[:, middles[:, None] + np.arange(-1, 2)].mean(axis=(0, 2))
    return sum(1 << bit for bit in range(BITS) if means[bit] > THRESHOLD)
