"""What other people look for drones with, on the same pictures: an NVR's motion gate, OpenCV's backgrounds, a plain top-hat with a ring.

Each is ours in code, from what is published of its logic and its defaults, and each hands its boxes to the same tracker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.bench.camera_clips import Seen
from tools.bench.camera_tracker import Tracker

Grey = NDArray[np.uint8]
Boxes = NDArray[np.float64]
# With more of one picture the tracker drowns, and on a panning camera every peer's false tracks triple.
MOST_BOXES = 30
AROUND_PX = 2
NO_BOXES = np.zeros((0, 4))


class Detector(Protocol):
    """Whatever finds boxes (n, 4) of x, y, width, height in one picture after another."""

    def boxes(self, picture: Grey) -> Boxes:
        """In pixels of the picture."""


class MotionGate:
    """An NVR's gate: a small, stretched, softened picture beside a slow mean of those before, and contours of what differs.

    `rows` is how high the small picture is, None for full resolution; `area` is the least contour in its pixels. Where more than
    `LIGHTNING` of it differs, the light has changed: nothing is told, and the mean follows quickly until it is still. The mean waits
    `HOLD` pictures before it learns what moves.
    """

    ALPHA, QUICK_ALPHA, LIGHTNING, STILL, HOLD = 0.01, 0.2, 0.8, 0.05, 10
    STRETCH_PERCENT = (4, 96)

    def __init__(self, rows: int | None = 100, threshold: int = 30, area: float = 10.0) -> None:
        self._rows, self._threshold, self._area = rows, threshold, area
        self._mean: NDArray[np.float32] | None = None
        self._settling = True
        self._moving = 0

    def boxes(self, picture: Grey) -> Boxes:
        """Bounds of the contours."""
        small = self._small(picture)
        if self._mean is None:
            self._mean = small.astype(np.float32)
        apart = cv2.absdiff(small, cv2.convertScaleAbs(self._mean))
        differs = np.asarray(cv2.threshold(apart, self._threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
        found, share = self._contours(differs), float(np.count_nonzero(differs)) / differs.size
        self._settling = share > self.LIGHTNING or (self._settling and share > self.STILL)
        self._learn(small, self._mean, moving=len(found) > 0)
        return NO_BOXES if share > self.LIGHTNING else found * (picture.shape[0] / small.shape[0])

    def _small(self, picture: Grey) -> Grey:
        small = picture
        if self._rows is not None:
            columns = round(picture.shape[1] * self._rows / picture.shape[0])
            small = np.asarray(cv2.resize(picture, (columns, self._rows), interpolation=cv2.INTER_NEAREST), np.uint8)
        low, high = np.percentile(small, self.STRETCH_PERCENT)
        stretched = (np.clip(small, low, high) - low) * (255 / max(high - low, 1))
        return np.asarray(cv2.GaussianBlur(stretched.astype(np.uint8), (3, 3), 1), np.uint8)

    def _learn(self, small: Grey, mean: NDArray[np.float32], *, moving: bool) -> None:
        self._moving = self._moving + 1 if moving else 0
        if not 0 < self._moving < self.HOLD:
            cv2.accumulateWeighted(small, mean, self.QUICK_ALPHA if self._settling else self.ALPHA)

    def _contours(self, differs: Grey) -> Boxes:
        wide = cv2.dilate(differs, np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        kept = [cv2.boundingRect(one) for one in contours if cv2.contourArea(one) > self._area]
        return np.array(kept, np.float64).reshape(-1, 4)


class Background:
    """OpenCV's subtractor, and everything of at least `LEAST_PX` that it calls foreground."""

    LEAST_PX = 2

    def __init__(self, subtractor: cv2.BackgroundSubtractor) -> None:
        self._subtractor = subtractor

    def boxes(self, picture: Grey) -> Boxes:
        """Bounds of connected pixels."""
        return components(np.asarray(self._subtractor.apply(picture), np.uint8), self.LEAST_PX)


def mixture(threshold: float = 50.0) -> Background:
    """MOG2 (Zivkovic 2004), its threshold in squared sigmas; without shadows, for which it takes drones before a bright sky."""
    return Background(cv2.createBackgroundSubtractorMOG2(varThreshold=threshold, detectShadows=False))


def neighbours() -> Background:
    """KNN (Zivkovic and van der Heijden 2006), without shadows as well."""
    return Background(cv2.createBackgroundSubtractorKNN(detectShadows=False))


class TopHat:
    """Brighter or darker than what an opening or closing with an 11 px kernel leaves, by so many sigmas of a ring around (CFAR)."""

    KERNEL_PX, GUARD_PX, RING_PX = 11, 15, 31
    SIGMAS, LEAST_SPREAD, LEAST_PX = 8.0, 1.0, 4

    def __init__(self) -> None:
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (self.KERNEL_PX, self.KERNEL_PX))

    def boxes(self, picture: Grey) -> Boxes:
        """Bounds of connected pixels over the threshold."""
        bright = cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, self._kernel)
        dark = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, self._kernel)
        both = np.asarray(cv2.max(bright, dark), np.float32)
        mean, spread = self._ring(both)
        return components((both > mean + self.SIGMAS * np.maximum(spread, self.LEAST_SPREAD)).astype(np.uint8), self.LEAST_PX)

    def _ring(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        sums = [self._between(values), self._between(values * values)]
        mean, square = (one / (self.RING_PX**2 - self.GUARD_PX**2) for one in sums)
        return np.asarray(mean, np.float32), np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)), np.float32)

    def _between(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        outer, inner = (cv2.boxFilter(values, -1, (size, size), normalize=False) for size in (self.RING_PX, self.GUARD_PX))
        return np.asarray(outer - inner, np.float32)


def components(mask: Grey, least_px: int) -> Boxes:
    """Bounds (n, 4) of the connected pixels that are not 0, those of at least so many."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    kept = stats[1:count]
    return np.asarray(kept[kept[:, cv2.CC_STAT_AREA] >= least_px, :4], np.float64)


PEERS: dict[str, tuple[str, Callable[[], Detector]]] = {
    "nvr": ("an NVR's motion gate", MotionGate),
    "nvr_full": ("an NVR's motion gate at full resolution", lambda: MotionGate(None, threshold=12, area=2.0)),
    "mog2": ("MOG2", mixture),
    "knn": ("KNN", neighbours),
    "cfar": ("top-hat and ring", TopHat),
}
"""What each is called in figures' names and in words, and how one is made."""


class Peer:
    """A detector with the tracker behind it; of one picture it hands on the `MOST_BOXES` of the most contrast."""

    def __init__(self, detector: Detector) -> None:
        self._detector, self._tracker = detector, Tracker()

    def step(self, frame: int, picture: Grey) -> list[Seen]:
        """The confirmed tracks in this picture."""
        found = self._detector.boxes(picture)
        if len(found) > MOST_BOXES:
            contrast = np.array([_contrast(picture, box) for box in found.astype(int).tolist()])
            found = found[np.argsort(-contrast, kind="stable")[:MOST_BOXES]]
        numbers, boxes = self._tracker.step(found)
        return [Seen(frame, number, (box[0], box[1], box[2], box[3])) for number, box in zip(numbers.tolist(), boxes.tolist(), strict=True)]


def _contrast(picture: Grey, box: Sequence[int]) -> int:
    """From darkest to brightest, in the box and `AROUND_PX` around it."""
    x, y, width, height = box
    part = picture[max(y - AROUND_PX, 0) : y + height + AROUND_PX, max(x - AROUND_PX, 0) : x + width + AROUND_PX]
    return int(part.max()) - int(part.min())
