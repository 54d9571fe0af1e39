"""A believed object found again by how it looked, where nothing stands out: before trees, a mast, a cloud's edge."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

MARGIN = 0.3
"""Of the box's longer side, about it: an object is known by its edge."""
LEAST_PX, MOST_PX = 9, 48
REACH_SIGMAS, LEAST_REACH_PX, MOST_REACH_PX = 3.0, 3.0, 24.0
ALIKE = 0.75
"""Normalised correlation coefficient: chance gives 0.5 in a search of this size."""
FLAT_LEVELS = 2.0


class Template(NamedTuple):
    """How an object looked when it last stood out: a piece of the picture (h, w) about its middle."""

    piece: Grey

    @staticmethod
    def cut(picture: Grey, box: tuple[float, float, float, float]) -> Template | None:
        """What a box and its margin show; None at the picture's rim and of objects too large or too flat to be known again."""
        x, y, width, height = box
        half = int(max(max(width, height) * (0.5 + MARGIN), LEAST_PX / 2))
        left, top = round(x + (width - 1) / 2) - half, round(y + (height - 1) / 2) - half
        side = 2 * half + 1
        if side > MOST_PX or left < 0 or top < 0 or left + side > picture.shape[1] or top + side > picture.shape[0]:
            return None
        piece = picture[top : top + side, left : left + side]
        return Template(piece.copy()) if piece.std() > FLAT_LEVELS else None

    def find(self, picture: Grey, near: tuple[float, float], sigma_px: float) -> tuple[float, float] | None:
        """Its middle near a place; None where nothing looks like it."""
        (x, y), half = near, self.piece.shape[0] // 2
        reach = round(min(max(REACH_SIGMAS * sigma_px, LEAST_REACH_PX), MOST_REACH_PX))
        left, top = max(0, round(x) - half - reach), max(0, round(y) - half - reach)
        window = picture[top : max(0, round(y) + half + reach + 1), left : max(0, round(x) + half + reach + 1)]
        if min(window.shape) < self.piece.shape[0]:
            return None
        alike = cv2.matchTemplate(window, self.piece, cv2.TM_CCOEFF_NORMED)
        _, best, _, (column, row) = cv2.minMaxLoc(alike)
        return (left + column + half, top + row + half) if best >= ALIKE else None
