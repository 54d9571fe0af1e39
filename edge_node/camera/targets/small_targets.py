"""Small targets in one picture: top-hat at several scales over a threshold that follows its surroundings (CFAR)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.targets.candidates import Candidates, best

Grey = NDArray[np.uint8]
Indices = NDArray[np.intp]

KERNEL_PX = 9
"""A top-hat (Serra 1982) of this side holds what is smaller; each scale halves the picture and so doubles what fits."""
KERNEL = np.ones((KERNEL_PX, KERNEL_PX), np.uint8)
SPOT = 5
ABOUT = np.arange(SPOT)[:, None] - SPOT // 2
MOST_LEVEL = 63
"""Grey levels: what stands out by more does not raise the threshold about it any further."""
COARSE = 4
RING = 9
"""The surroundings are RING x RING cells of COARSE x COARSE pixels."""
LEAST_LEVEL = 1.25
RATIO = 3.5
LEAST_AREA_PX = 3
"""No lens makes a point smaller; single pixels are the sensor's or the codec's."""


class SmallTargets:
    """Looks at pictures (height, width) at several scales, side by side in one plane: of small ones the calls cost more than pixels."""

    def __init__(self, height: int, width: int, scales: int) -> None:
        sizes = np.array([(height >> scale, width >> scale) for scale in range(scales) if min(height, width) >> scale >= SPOT], np.intp)
        apart = KERNEL_PX // 2
        self._sizes = sizes
        self._corners = np.zeros_like(sizes)
        self._corners[1:, 0] = height + apart
        self._corners[2:, 1] = np.cumsum(sizes[1:-1, 1] + apart)
        whole = (self._corners + sizes).max(axis=0)
        self._bright, self._dark, self._contrast, self._level, self._spare = planes = [np.zeros(whole, np.uint8) for _ in range(5)]
        self._parts = [
            [plane[top : top + high, left : left + wide] for plane in planes]
            for (top, left), (high, wide) in zip(self._corners.tolist(), sizes.tolist(), strict=True)
        ]

    def find(self, picture: Grey) -> Candidates:
        """What stands out of its surroundings, bright or dark; of what overlaps the clearest."""
        small = picture
        for bright, dark, *_ in self._parts:
            if small.shape != bright.shape:
                small = np.asarray(cv2.resize(small, bright.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
            cv2.morphologyEx(small, cv2.MORPH_TOPHAT, KERNEL, dst=bright)
            cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, KERNEL, dst=dark)
        cv2.max(self._bright, self._dark, dst=self._contrast)
        cv2.threshold(self._contrast, MOST_LEVEL, 0, cv2.THRESH_TRUNC, dst=self._spare)
        for *_, level, capped in self._parts:
            _surroundings(capped, level)
        return self._outlined()

    def _outlined(self) -> Candidates:
        """What is over the threshold, each once however many scales show it."""
        mask = cv2.compare(self._contrast, self._level, cv2.CMP_GT, dst=self._spare)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes = np.array([cv2.boundingRect(outline) for outline in outlines if len(outline) > 1], np.intp).reshape(-1, 4)
        boxes = boxes[boxes[:, 2] * boxes[:, 3] >= LEAST_AREA_PX]
        scale = (boxes[:, 1] >= self._sizes[0, 0]) * np.searchsorted(self._corners[1:, 1], boxes[:, 0], side="right")
        largest_first = scale.argsort(kind="stable")
        boxes, scale = boxes[largest_first], scale[largest_first]
        at = boxes[:, 1::-1] + boxes[:, :1:-1] // 2
        row, column = at.T
        peak = cv2.dilate(self._contrast, KERNEL, dst=self._spare)[row, column].astype(np.float32)
        ratio = np.asarray(RATIO * peak / self._level[row, column], np.float32)
        boxes[:, 1::-1] -= self._corners[scale]
        found = (boxes << scale[:, None]).astype(np.float32)
        # A ring with nothing in its middle has no contrast there, and nobody could say how much noise is about it.
        known = np.flatnonzero(ratio)
        clearest = known[best(found[known], ratio[known])]
        return Candidates(found[clearest], ratio[clearest], peak[clearest] * self._signs(at[clearest], scale[clearest]))

    def _signs(self, at: Indices, scale: Indices) -> NDArray[np.float32]:
        """1 where the mean over SPOT about some pixels (n, 2), in whole levels, is bright rather than dark, else -1."""
        corner, size = self._corners[scale].T[:, None], self._sizes[scale].T[:, None]
        rows, columns = corner + mirrored(at.T[:, None] - corner + ABOUT, size)
        pixels = (rows[:, None] * self._contrast.shape[1] + columns).reshape(SPOT**2, -1)
        bright, dark = (
            (2 * plane.ravel().take(pixels).sum(axis=0, dtype=np.uint16) + SPOT**2) // (2 * SPOT**2) for plane in (self._bright, self._dark)
        )
        return np.where(bright >= dark, np.float32(1), np.float32(-1))


def mirrored(index: Indices, size: Indices) -> Indices:
    """Indices, some of them beyond an edge, as those of what its mirror shows (OpenCV's BORDER_REFLECT_101)."""
    last = size - 1
    return np.asarray(last - np.abs(last - np.abs(index)))


def _surroundings(capped: Grey, level: Grey) -> None:
    """Write the threshold of each pixel: RATIO times the mean contrast about it."""
    height, width = capped.shape
    small = cv2.resize(capped, (max(1, width // COARSE), max(1, height // COARSE)), interpolation=cv2.INTER_AREA)
    mean = cv2.blur(small.astype(np.float32), (RING, RING))
    coarse = cv2.convertScaleAbs(mean, alpha=RATIO, beta=RATIO * LEAST_LEVEL)
    cv2.resize(coarse, (width, height), dst=level, interpolation=cv2.INTER_LINEAR)
