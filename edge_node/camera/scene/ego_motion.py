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
WINDOW = (13, 13)
LEVELS = 2
CLEARLY = 0.7
"""Share of the features that must agree where they are looked for at the finest level alone, which is enough for all but sudden turns."""
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.02)
MOST_ERROR = 12.0
"""Mean difference of grey levels between a feature and what is taken for it."""
INLIER_PX = 0.75
LEAST_AGREE, ENOUGH = 0.3, 0.55
"""Share of the features that must agree on one motion, and that which makes no new picture necessary."""
MOVED_ON = 0.2
"""Another picture is kept once the scene moved by so much of its width."""


class EgoMotion:
    """Finds, in every picture, where the picture kept last lies in it; a new one is kept when too little of that is in sight."""

    def __init__(self) -> None:
        self._scale = 1
        self._kept: Grey = np.empty((0, 0), np.uint8)
        self._before = self._kept
        self._features = np.empty((0, 1, 2), np.float32)
        self._now = self._last_step = IDENTITY
        self.kept_anew = True
        self.sure = False

    def step(self, picture: Grey, ignore: Grey | None = None) -> Affine:
        """Kept picture to this one, in pixels of the whole picture; `kept_anew` says that this is the one that is kept now.

        `ignore` is 0 where nothing of the scene is seen (drawn masks). `sure` is False where there is nothing to hold on to, as in a clear
        sky: the picture is then taken to stand where it stood.
        """
        small = self._reduced(picture)
        seen = None if ignore is None else self._reduced(ignore)
        if self._kept.shape != small.shape:
            self._keep(small, seen)
            self.sure, self._now, self._before = False, IDENTITY, small
            return IDENTITY.copy()
        before, (found, share) = self._now, self._from_kept(small)
        if found is None and len(self._features) >= LEAST_FEATURES:
            found, share = self._from_before(small, seen), 0.0
        self.sure, self._now = found is not None, before if found is None else found
        self._last_step = _after(before, self._now)
        told, self._before = self._now, small
        self.kept_anew = (share < ENOUGH and len(self._features) >= LEAST_FEATURES) or self._is_far(small)
        if self.kept_anew:
            self._keep(small, seen)
            self._now = IDENTITY
        return self._whole(told)

    def _reduced(self, picture: Grey) -> Grey:
        self._scale = max(1, round(picture.shape[1] / MOST_WIDTH_PX))
        if self._scale == 1:
            return picture
        size = picture.shape[1] // self._scale, picture.shape[0] // self._scale
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _keep(self, small: Grey, seen: Grey | None) -> None:
        self._kept, self.kept_anew = small, True
        self._features = _corners(small, seen)

    def _from_kept(self, small: Grey) -> tuple[Affine | None, float]:
        """Kept picture to this one, and the share of its features that were found."""
        guess = _joined(self._last_step, self._now)
        found, share = _matched(self._kept, small, self._features, guess, 0)
        return (found, share) if share >= CLEARLY else _matched(self._kept, small, self._features, guess)

    def _from_before(self, small: Grey, seen: Grey | None) -> Affine | None:
        """The same by way of the picture just before, where a fast slew or a passing cloud took too many features at once."""
        window = cv2.createHanningWindow((small.shape[1], small.shape[0]), cv2.CV_32F)
        (right, down), _ = cv2.phaseCorrelate(self._before.astype(np.float32), small.astype(np.float32), window)
        shift = np.array([[1.0, 0.0, right], [0.0, 1.0, down]])
        found, _ = _matched(self._before, small, _corners(self._before, seen), shift)
        return None if found is None else _joined(found, self._now)

    def _is_far(self, small: Grey) -> bool:
        return bool(np.hypot(*self._now[:, 2]) > MOVED_ON * small.shape[1])

    def _whole(self, affine: Affine) -> Affine:
        """The same in pixels of the whole picture, whose pixel centres lie between those of the reduced one."""
        scaled = affine.copy()
        offset = (self._scale - 1) / 2
        scaled[:, 2] = self._scale * affine[:, 2] + offset - affine[:, :2] @ (offset, offset)
        return scaled


def _matched(one: Grey, other: Grey, features: NDArray[np.float32], guess: Affine, levels: int = LEVELS) -> tuple[Affine | None, float]:
    """One picture to another by its features (n, 1, 2), and the share of these that agree; None where too few do."""
    if len(features) < LEAST_FEATURES:
        return None, 0.0
    start, flags = cv2.transform(features, guess).astype(np.float32), cv2.OPTFLOW_USE_INITIAL_FLOW
    there, good, error = cv2.calcOpticalFlowPyrLK(
        one, other, features, start, winSize=WINDOW, maxLevel=levels, criteria=CRITERIA, flags=flags
    )
    held = (good.ravel() == 1) & (error.ravel() < MOST_ERROR)
    if held.sum() < LEAST_FEATURES:
        return None, 0.0
    affine, agree = cv2.estimateAffinePartial2D(
        features[held], there[held], method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX, maxIters=60
    )
    share = 0.0 if affine is None else float(agree.sum()) / len(features)
    if affine is None or share < LEAST_AGREE or agree.sum() < LEAST_FEATURES:
        return None, share
    return np.asarray(affine, np.float64), share


def _joined(second: Affine, first: Affine) -> Affine:
    """One after the other."""
    return np.hstack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2:] + second[:, 2:]])


def _after(before: Affine, now: Affine) -> Affine:
    """What leads from one to the other."""
    back = np.linalg.inv(before[:, :2])
    turn = now[:, :2] @ back
    return np.hstack([turn, now[:, 2:] - turn @ before[:, 2:]])


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
