"""Words on a picture in OpenCV's own letters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Coloured = NDArray[np.uint8]
BLACK = (0, 0, 0)
FONT, FONT_SCALE, LINE_PX = cv2.FONT_HERSHEY_SIMPLEX, 0.45, 14


def width_px(text: str) -> int:
    """Of what `write` writes."""
    return int(cv2.getTextSize(text, FONT, FONT_SCALE, 1)[0][0])


def write(canvas: Coloured, text: str, at: tuple[int, int], colour: tuple[int, ...]) -> None:
    """Readable on black and on white; bolder letters as a rim would be wider ones in OpenCV 5."""
    x, y = at
    for rim in ((x - 1, y - 1), (x + 1, y - 1), (x - 1, y + 1), (x + 1, y + 1)):
        cv2.putText(canvas, text, rim, FONT, FONT_SCALE, BLACK, 1, cv2.LINE_AA)
    cv2.putText(canvas, text, at, FONT, FONT_SCALE, colour, 1, cv2.LINE_AA)
