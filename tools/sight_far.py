"""A clip as a camera of fewer pixels would have seen it: the same flights on two to eight pixels, where looks say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from zlib import crc32

import cv2
import numpy as np

from tools.bench.camera_clips import Box, Clip, Grey, Label

NOISE_GREY = 1.0
"""What the mean of several pixels lost of their noise, 1 sigma."""
LEAST_SIDE_PX = 48


class Far(Clip, frozen=True):
    """The clip made `smaller` by so many times, in every `slower`-th of its frames."""

    smaller: float
    slower: int

    @property
    def rate_hz(self) -> float:
        """Frames a second."""
        return super().rate_hz / self.slower

    def pictures(self) -> Iterator[Grey]:
        """Every frame that is left."""
        rng = np.random.default_rng(crc32(self.path.stem.encode()))
        for picture in islice(super().pictures(), 0, None, self.slower):
            small = cv2.resize(picture, None, fx=1 / self.smaller, fy=1 / self.smaller, interpolation=cv2.INTER_AREA)
            yield np.clip(small + rng.normal(0, NOISE_GREY, small.shape), 0, 255).astype(np.uint8)


def far(clip: Clip, smaller: float, slower: int) -> Far:
    """The clip and its labels from afar; no smaller than LEAST_SIDE_PX."""
    smaller = min(smaller, min(next(clip.pictures()).shape) / LEAST_SIDE_PX)
    labels = {
        frame // slower: [Label(one.kind, _smaller(one.box, smaller)) for one in several]
        for frame, several in clip.labels.items()
        if frame % slower == 0
    }
    return Far(clip.path, labels, smaller, slower)


def _smaller(box: Box, times: float) -> Box:
    x, y, width, height = (value / times for value in box)
    return x, y, width, height
