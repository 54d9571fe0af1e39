"""Corners of one picture, found again in others (Lucas and Kanade 1981, Bouguet 2000)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.scene.similarity import Plane, Similarity

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

CELLS = 8
"""Features are the best corner of each cell of a grid of so many rows and columns."""
LEAST_CORNER = 2e-4
LEAST_FEATURES = 6
WINDOW = (13, 13)
LEVELS = 2
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.02)
MOST_ERROR = 12.0
"""Mean difference of grey levels between a feature and what is taken for it."""
INLIER_PX = 0.75
LEAST_AGREE = 0.3
"""Share of the features that must agree on one motion."""
CLEARLY = 0.7
"""So many of them that do leave no doubt, and no search at random or at coarser levels has to be made."""
TRIES = 3
MOST_ZOOM = 2.0
"""No camera comes so much nearer to anything between two pictures: features that fell together."""


class Features:
    """Those of one picture (rows, columns) where `seen`, if any, is not 0; remembers which agreed last."""

    def __init__(self, picture: Grey, seen: Grey | None) -> None:
        self._picture, self._points = picture, _corners(picture, seen)
        self._at = self._points.reshape(-1, 2).astype(np.float64).view(np.complex128)[:, 0]
        self._agreed = np.ones(len(self._at), bool)

    def __len__(self) -> int:
        return len(self._at)

    def found_in(self, other: Grey, guess: Similarity) -> tuple[Similarity | None, float]:
        """Their picture to another, and the share of the features that agree on it; None where too few do.

        A camera that stands or turns steadily shows them near where they are guessed: coarser levels are asked only where they are not.
        """
        found, share = self._found_at(other, guess, 0)
        return (found, share) if share >= CLEARLY else self._found_at(other, guess, LEVELS)

    def _found_at(self, other: Grey, guess: Similarity, levels: int) -> tuple[Similarity | None, float]:
        if len(self) < LEAST_FEATURES:
            return None, 0.0
        start = (guess.turn * self._at + guess.shift).astype(np.complex64).view(np.float32).reshape(-1, 1, 2)
        found_at, good, error = cv2.calcOpticalFlowPyrLK(
            self._picture,
            other,
            self._points,
            start,
            winSize=WINDOW,
            maxLevel=levels,
            criteria=CRITERIA,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        held = (good[:, 0] == 1) & (error[:, 0] < MOST_ERROR)
        if np.count_nonzero(held) < LEAST_FEATURES:
            return None, 0.0
        there = np.asarray(found_at, np.float32)
        found, agree = self._as_before(there, held) or self._at_random(there, held)
        share = float(np.count_nonzero(agree) / len(self))
        if share * len(self) < LEAST_FEATURES or share < LEAST_AGREE or not 1 / MOST_ZOOM < abs(found.turn) < MOST_ZOOM:
            return None, share
        self._agreed = agree
        return found, share

    def _as_before(self, there: NDArray[np.float32], held: Mask) -> tuple[Similarity, Mask] | None:
        """The motion of those that agreed last time, once these and no others agree on it; None where that is not so clearly."""
        places: Plane = there.reshape(-1, 2).astype(np.float64).view(np.complex128)[:, 0]
        agree = held & self._agreed
        for _ in range(TRIES):
            if np.count_nonzero(agree) < CLEARLY * len(self):
                return None
            found = Similarity.fitted(self._at[agree], places[agree])
            fits = held & (np.abs(found.turn * self._at + found.shift - places) < INLIER_PX)
            if np.array_equal(fits, agree):
                return found, agree
            agree = fits
        return None

    def _at_random(self, there: NDArray[np.float32], held: Mask) -> tuple[Similarity, Mask]:
        """The motion on which most of some pairs drawn at random agree (RANSAC, Fischler and Bolles 1981)."""
        affine, inliers = cv2.estimateAffinePartial2D(
            self._points[held], there[held], method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX, maxIters=60
        )
        agree = np.zeros(len(self), bool)
        if affine is None:
            return Similarity(), agree
        agree[held] = inliers[:, 0] == 1
        return Similarity.of(np.asarray(affine, np.float64)), agree


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
