"""A clip as a head that turns would have seen it: a window that stands, slews and shakes, with letters burnt in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.bench.camera_clips import Clip, Grey, Label

WIDTH, HEIGHT = 640, 512
WINDOW = 480, 384
LONGEST = 1000
SLOWER = 2
STANDS, SLEWS = (10, 60), (10, 40)
"""Pictures for which it does so, from and to."""
FASTEST_PX = 9.0
SHAKE_PX = 0.25
INSIDE_PX = 2.0


class Turned(Clip, frozen=True):
    """The clip enlarged to WIDTH x HEIGHT where it is smaller, seen through a WINDOW in every SLOWER-th of its frames."""

    @property
    def rate_hz(self) -> float:
        """Frames a second."""
        return super().rate_hz / SLOWER

    def pictures(self) -> Iterator[Grey]:
        """Every frame that is left."""
        said = f"{crc32(self.path.stem.encode()) % 360}.{self.path.stem[-2:]} 3.6"
        for picture, (x, y) in zip(islice(super().pictures(), 0, None, SLOWER), way(self), strict=False):
            scale = WIDTH / picture.shape[1]
            matrix = np.array([[1 / scale, 0.0, x / scale], [0.0, 1 / scale, y / scale]])
            seen = cv2.warpAffine(picture, matrix, WINDOW, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
            cv2.putText(seen, said, (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
            yield np.asarray(seen, np.uint8)


def turned(clip: Clip) -> Turned:
    """The clip and its labels as the head sees them."""
    scale = WIDTH / next(clip.pictures()).shape[1]
    path = way(clip)
    labels = {
        frame // SLOWER: [one for label in several if (one := _seen(label, scale, path[frame // SLOWER]))]
        for frame, several in clip.labels.items()
        if frame % SLOWER == 0
    }
    return Turned(clip.path, labels)


def way(clip: Clip) -> NDArray[np.float64]:
    """The window's corner in each picture (LONGEST, 2), the same for the same clip."""
    rng = np.random.default_rng(crc32(clip.path.stem.encode()))
    room = np.array([WIDTH - WINDOW[0], HEIGHT - WINDOW[1]], np.float64)
    places: list[NDArray[np.float64]] = []
    here = rng.uniform(0, room)
    while len(places) < LONGEST:
        places += [here] * int(rng.integers(*STANDS))
        there = rng.uniform(0, room)
        steps = max(int(rng.integers(*SLEWS)), int(np.hypot(*(there - here)) / FASTEST_PX) + 1)
        places += [here + (there - here) * (k + 1) / steps for k in range(steps)]
        here = there
    return np.array(places[:LONGEST]) + rng.normal(0, SHAKE_PX, (LONGEST, 2))


def _seen(label: Label, scale: float, corner: NDArray[np.float64]) -> Label | None:
    x, y, width, height = (scale * value for value in label.box)
    x, y = x - float(corner[0]), y - float(corner[1])
    middle = x + width / 2, y + height / 2
    inside = INSIDE_PX < middle[0] < WINDOW[0] - INSIDE_PX and INSIDE_PX < middle[1] < WINDOW[1] - INSIDE_PX
    return Label(label.kind, (x, y, width, height)) if inside else None
