"""What a dot is: on a few pixels most kinds look alike, and none of them is small more often than another."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.sight.motion import FEATURES

Floats = NDArray[np.float32]

DOT_PX, SHAPE_PX = 6.0, 12.0
"""Mean side of the box, blur and all, up to which something is a dot, and from which it has a shape."""
LOG_DOT, LOG_SHAPE = log(DOT_PX), log(SHAPE_PX)
KINDS = 5
"""The first labels. Insects that are near enough to be followed are no dots."""
LOOKS = 14
"""Means and spreads of the looks, with which a summary begins."""
LARGEST = 4.0  # sigmas that a feature may lie off
MOTION = (
    *("size", "clear", "aspect_spread", "speed", "speed_px", "rising", "acceleration", "straight", "turning", "off_path", "shake"),
    *("path_memory", "size_spread", "size_memory", "clear_spread", "clear_memory", "size_beat", "clear_beat", "beat_peak"),
)
"""Size and clearness are there for what they make of the others: lessons are weighed so that they tell nothing by themselves."""
SIZE = LOOKS + FEATURES.index("size")
USED = (*range(LOOKS), *(LOOKS + FEATURES.index(name) for name in MOTION), LOOKS + len(FEATURES))
"""Columns of a summary: looks, some of FEATURES, and the logarithm of how many observations there were."""


class Dots(Struct, frozen=True):
    """A linear part (USED, KINDS) for summaries less `offset`, times `scale`, to log probabilities of what flies."""

    offset: Floats
    scale: Floats
    linear: Floats
    bias: Floats

    def fits(self) -> bool:
        """Whether it is for all that is USED and of all KINDS."""
        many = len(USED)
        return (self.offset.shape, self.scale.shape, self.linear.shape, self.bias.shape) == ((many,), (many,), (many, KINDS), (KINDS,))

    def log_shares(self, summaries: Floats) -> Floats:
        """Log probabilities (n, KINDS), given that it is one of them, of summaries (n, SUMMARY)."""
        even = np.clip((summaries[:, USED] - self.offset) * self.scale, -LARGEST, LARGEST)
        scores = even @ self.linear + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def dot_share(summaries: Floats) -> Floats:
    """How far (n,), 0 to 1, that of which these are the summaries (n, SUMMARY) is but a dot."""
    return np.asarray(np.clip((LOG_SHAPE - summaries[:, SIZE]) / (LOG_SHAPE - LOG_DOT), 0.0, 1.0))


def share_of(side_px: float) -> float:
    """The same of one mean side."""
    return min(max((LOG_SHAPE - log(side_px)) / (LOG_SHAPE - LOG_DOT), 0.0), 1.0)


def side_px(box: tuple[float, float, float, float]) -> float:
    """Of a box x, y, width, height the mean side, at least a pixel."""
    return sqrt(max(box[2], 1.0) * max(box[3], 1.0))
