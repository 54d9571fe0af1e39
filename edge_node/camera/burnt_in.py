"""Letters, marks and dead pixels: they stand still in the picture while all the scene goes by."""

from __future__ import annotations

from math import inf
from operator import sub

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

LEAST_SEEN = 10
STANDS_PX, GOES_BY_PX = 1.0, 10.0
"""Nobody holds a camera on a drone to a pixel while the scene goes by so far."""
LASTS_S = 600.0
MARGIN_PX = 3
CELL_PX = 4


class Extent:
    """How far one track has gone in the picture and in the scene."""

    def __init__(self) -> None:
        self._low, self._high = [inf] * 4, [-inf] * 4
        self._seen = 0

    def see(self, box: tuple[float, float, float, float], scene_x: float, scene_y: float) -> None:
        """Take in one place."""
        here = (box[0] + box[2] / 2, box[1] + box[3] / 2, scene_x, scene_y)
        self._low, self._high = list(map(min, self._low, here)), list(map(max, self._high, here))
        self._seen += 1

    @property
    def is_burnt_in(self) -> bool:
        """Whether it is part of the picture and not of the scene."""
        if self._seen < LEAST_SEEN:
            return False
        x, y, scene_x, scene_y = map(sub, self._high, self._low)
        return bool(max(x, y) <= STANDS_PX and max(scene_x, scene_y) >= GOES_BY_PX)


class BurntIn:
    """Where that is so, for ten minutes after it last was: letters change, dead pixels come back."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._shape = height_px, width_px
        self._until_s = np.full((-(-height_px // CELL_PX), -(-width_px // CELL_PX)), -np.inf)
        self._last_s = -np.inf

    def note(self, boxes: NDArray[np.float32], t_s: float) -> None:
        """Boxes (n, 4) of what was found to be burnt in."""
        for x, y, width, height in boxes:
            rows = slice(max(0, int(y - MARGIN_PX) // CELL_PX), int(y + height + MARGIN_PX) // CELL_PX + 1)
            columns = slice(max(0, int(x - MARGIN_PX) // CELL_PX), int(x + width + MARGIN_PX) // CELL_PX + 1)
            self._until_s[rows, columns] = t_s + LASTS_S
        if len(boxes):
            self._last_s = t_s + LASTS_S

    def hides(self, x: NDArray[np.floating], y: NDArray[np.floating], t_s: float) -> NDArray[np.bool_]:
        """Which of some points (n) lie there."""
        if t_s > self._last_s:
            return np.zeros(len(x), bool)
        rows = np.clip(y.astype(np.intp) // CELL_PX, 0, self._until_s.shape[0] - 1)
        columns = np.clip(x.astype(np.intp) // CELL_PX, 0, self._until_s.shape[1] - 1)
        return np.asarray(self._until_s[rows, columns] >= t_s)
