"""What may be an object in one picture, found at several scales, and each of them once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

MOST_CANDIDATES = 96
MERGE_MARGIN_PX = 1.0
LATER = ~np.tri(2 * MOST_CANDIDATES, dtype=np.bool_)


class Candidates:
    """Arrays of one length: `boxes` (n, 4) x, y, width, height in pixels, `contrast` in levels (dark below 0), `ratio` to surroundings."""

    def __init__(self, boxes: Numbers, ratio: Numbers, contrast: Numbers) -> None:
        self.boxes, self.ratio, self.contrast = boxes, ratio, contrast

    def __len__(self) -> int:
        return len(self.boxes)

    def of(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Candidates:
        """Some of them."""
        return Candidates(self.boxes[chosen], self.ratio[chosen], self.contrast[chosen])


def best(boxes: Numbers, ratio: Numbers) -> NDArray[np.intp]:
    """Of boxes that overlap, which are one object at several scales, the one that stands out most; the clearest `MOST_CANDIDATES`."""
    order = np.argsort(-ratio)[: 2 * MOST_CANDIDATES]
    boxes = boxes[order]
    left, top = boxes[:, :2].T - MERGE_MARGIN_PX
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).T + MERGE_MARGIN_PX
    overlap = (left[:, None] < right) & (right[:, None] > left) & (top[:, None] < bottom) & (bottom[:, None] > top)
    weaker = overlap & LATER[: len(order), : len(order)]
    free = np.ones(len(order), bool)
    others = ~weaker
    for index in np.flatnonzero(weaker.any(axis=1)).tolist():
        if free[index]:
            free &= others[index]
    return order[free][:MOST_CANDIDATES]
