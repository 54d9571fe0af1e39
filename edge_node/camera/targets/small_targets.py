"""Small targets in one picture: top-hat at several scales over a threshold that follows its surroundings (CFAR)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Numbers = NDArray[np.float32]

KERNEL_PX = 9
"""A top-hat (Serra 1982) of this side holds what is smaller; each scale halves the picture and so doubles what fits."""
KERNEL = np.ones((KERNEL_PX, KERNEL_PX), np.uint8)
SPOT = (5, 5)
MOST_LEVEL = 63
"""Grey levels: what stands out by more does not raise the threshold about it any further."""
COARSE = 4
RING = 9
"""The surroundings are RING x RING cells of COARSE x COARSE pixels."""
LEAST_LEVEL = 1.25
RATIO = 3.5
LEAST_AREA_PX = 3
"""No lens makes a point smaller; single pixels are the sensor's or the codec's."""
MOST_CANDIDATES = 96
MERGE_MARGIN_PX = 1.0


class Candidates:
    """Arrays of one length: `boxes` (n, 4) x, y, width, height in pixels, `contrast` in levels (dark below 0), `ratio` to surroundings."""

    def __init__(self, boxes: Numbers, ratio: Numbers, contrast: Numbers) -> None:
        self.boxes, self.ratio, self.contrast = boxes, ratio, contrast

    def __len__(self) -> int:
        return len(self.boxes)

    def of(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Candidates:
        """Some of them."""
        return Candidates(self.boxes[chosen], self.ratio[chosen], self.contrast[chosen])


def find(picture: Grey, scales: int) -> Candidates:
    """What stands out of its surroundings, bright or dark, at `scales` sizes; the strongest `MOST_CANDIDATES`."""
    found = []
    small = picture
    for scale in range(scales):
        if scale:
            small = np.asarray(cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA), np.uint8)
        found.append(_at_one_scale(small, 1 << scale))
    return _best(_together(found))


def _at_one_scale(picture: Grey, scale: int) -> Candidates:
    bright, dark = cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, KERNEL), cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, KERNEL)
    contrast = np.asarray(cv2.max(bright, dark), np.uint8)
    level = _surroundings(contrast)
    mask = cv2.compare(contrast, level, cv2.CMP_GT)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return Candidates(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.float32))
    boxes = np.array([cv2.boundingRect(outline) for outline in outlines], np.float32)
    boxes = boxes[boxes[:, 2] * boxes[:, 3] >= LEAST_AREA_PX]
    x = (boxes[:, 0] + boxes[:, 2] / 2).astype(np.intp)
    y = (boxes[:, 1] + boxes[:, 3] / 2).astype(np.intp)
    peak = cv2.dilate(contrast, KERNEL)[y, x].astype(np.float32)
    ratio = np.asarray(RATIO * peak / level[y, x], np.float32)
    sign = np.where(cv2.blur(bright, SPOT)[y, x] >= cv2.blur(dark, SPOT)[y, x], np.float32(1), np.float32(-1))
    # A ring with nothing in its middle has no contrast there, and nobody could say how much noise is about it.
    return Candidates(boxes * np.float32(scale), ratio, peak * sign).of(ratio > 0)


def _surroundings(contrast: Grey) -> Grey:
    """The threshold of each pixel: RATIO times the mean contrast about it."""
    height, width = contrast.shape
    small = cv2.resize(np.minimum(contrast, MOST_LEVEL), (max(1, width // COARSE), max(1, height // COARSE)), interpolation=cv2.INTER_AREA)
    mean = cv2.blur(small.astype(np.float32), (RING, RING))
    level = cv2.convertScaleAbs(mean, alpha=RATIO, beta=RATIO * LEAST_LEVEL)
    return np.asarray(cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _together(found: list[Candidates]) -> Candidates:
    return Candidates(*(np.concatenate([getattr(one, name) for one in found]) for name in ("boxes", "ratio", "contrast")))


def _best(candidates: Candidates) -> Candidates:
    """Of those that overlap, which are one object at several scales, the one that stands out most."""
    order = np.argsort(-candidates.ratio)[: 2 * MOST_CANDIDATES]
    boxes = candidates.boxes[order]
    left, top = boxes[:, :2].T - MERGE_MARGIN_PX
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).T + MERGE_MARGIN_PX
    overlap = (left[:, None] < right) & (right[:, None] > left) & (top[:, None] < bottom) & (bottom[:, None] > top)
    free = np.ones(len(order), bool)
    chosen = []
    for index in range(len(order)):
        if free[index]:
            chosen.append(index)
            free &= ~overlap[index]
    return candidates.of(order[np.array(chosen[:MOST_CANDIDATES], np.intp)])
