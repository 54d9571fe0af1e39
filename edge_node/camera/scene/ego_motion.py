"""How the picture moved against the scene: features of a kept picture, found in each new one (Lucas and Kanade 1981, Bouguet 2000)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Affine = NDArray[np.float64]
"""(2, 3): a similarity; the last column is in pixels."""

IDENTITY: Affine = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MOST_WIDTH_PX = 320
"""Motion is measured in a picture reduced to about so many columns."""
CELLS = 8
"""Features are the best corner of each cell of a grid of so many rows and columns."""
LEAST_CORNER = 2e-4
LEAST_FEATURES = 6
LEAST_FOUND = 0.5
WINDOW = (13, 13)
LEVELS = 2
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.02)
MOST_ERROR = 12.0
"""Mean difference of grey levels between a feature and what is taken for it."""
INLIER_PX = 0.75
LEAST_INLIERS = 0.4
MOVED_ON = 0.2
"""Another picture is kept once the scene moved by so much of its width."""
STILL_PX = 0.3


class EgoMotion:
    """Finds, in every picture, where the picture kept last lies in it; a new one is kept when too little of that is in sight."""

    def __init__(self) -> None:
        self._scale = 1
        self._kept: Grey = np.empty((0, 0), np.uint8)
        self._features = np.empty((0, 1, 2), np.float32)
        self._guess = self._features
        self._now = IDENTITY.copy()
        self.kept_anew = True
        self.sure = False

    def step(self, picture: Grey, ignore: Grey | None = None) -> Affine:
        """Kept picture to this one, in pixels of the whole picture; `kept_anew` says that this is the one that is kept now.

        `ignore` is 0 where nothing of the scene is seen (drawn masks, letters burnt into the picture). `sure` is False where there is
        nothing to hold on to, as in a clear sky: the picture is then taken to stand where it stood.
        """
        small = self._reduced(picture)
        self.kept_anew = False
        if self._kept.shape != small.shape:
            return self._keep(small, ignore)
        found = self._found(small)
        self.sure = found is not None
        if found is not None:
            self._now = found
        if self._away(small) or (not self.sure and len(self._features) >= LEAST_FEATURES):
            lost = not self.sure
            before = self._now
            self._keep(small, ignore)
            if not lost:
                return self._whole(before)
        return self._whole(self._now)

    def _reduced(self, picture: Grey) -> Grey:
        self._scale = max(1, round(picture.shape[1] / MOST_WIDTH_PX))
        if self._scale == 1:
            return picture
        size = picture.shape[1] // self._scale, picture.shape[0] // self._scale
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _keep(self, small: Grey, ignore: Grey | None) -> Affine:
        self._kept, self.kept_anew = small, True
        self._features = _corners(small, None if ignore is None else self._reduced(ignore))
        self._guess = self._features.copy()
        self._now = IDENTITY.copy()
        return IDENTITY.copy()

    def _found(self, small: Grey) -> Affine | None:
        if len(self._features) < LEAST_FEATURES:
            return None
        guess, flags = self._guess.copy(), cv2.OPTFLOW_USE_INITIAL_FLOW
        there, good, error = cv2.calcOpticalFlowPyrLK(
            self._kept, small, self._features, guess, winSize=WINDOW, maxLevel=LEVELS, criteria=CRITERIA, flags=flags
        )
        held = (good.ravel() == 1) & (error.ravel() < MOST_ERROR)
        if held.sum() < max(LEAST_FEATURES, LEAST_FOUND * len(self._features)):
            return None
        affine, inliers = cv2.estimateAffinePartial2D(
            self._features[held], there[held], method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX, maxIters=200
        )
        if affine is None or inliers.mean() < LEAST_INLIERS:
            return None
        self._guess = cv2.transform(self._features, affine).astype(np.float32)
        return np.asarray(affine, np.float64)

    def _away(self, small: Grey) -> bool:
        return bool(np.hypot(*self._now[:, 2]) > MOVED_ON * small.shape[1])

    def _whole(self, affine: Affine) -> Affine:
        """The same in pixels of the whole picture, whose pixel centres lie between those of the reduced one."""
        scaled = affine.copy()
        offset = (self._scale - 1) / 2
        scaled[:, 2] = self._scale * affine[:, 2] + offset - affine[:, :2] @ (offset, offset)
        return scaled


def _corners(small: Grey, seen: Grey | None) -> NDArray[np.float32]:
    """The best corner (Shi and Tomasi 1994) of each cell, (n, 1, 2)."""
    strength = cv2.cornerMinEigenVal(small, 3)
    edge = WINDOW[0] // 2
    strength[:edge], strength[-edge:], strength[:, :edge], strength[:, -edge:] = 0, 0, 0, 0
    if seen is not None:
        strength[seen == 0] = 0
    rows, columns = strength.shape[0] // CELLS, strength.shape[1] // CELLS
    cells = strength[: rows * CELLS, : columns * CELLS].reshape(CELLS, rows, CELLS, columns).transpose(0, 2, 1, 3)
    best = cells.reshape(CELLS, CELLS, -1).argmax(axis=2)
    y = np.arange(CELLS)[:, None] * rows + best // columns
    x = np.arange(CELLS)[None, :] * columns + best % columns
    strong = strength[y, x] > LEAST_CORNER
    return np.stack([x[strong], y[strong]], axis=-1).astype(np.float32)[:, None]
