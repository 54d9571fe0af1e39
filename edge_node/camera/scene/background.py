"""What each pixel of the scene mostly shows and how much it varies, learned in the coordinates of the picture that ego-motion keeps."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.scene.similarity import Affine, Similarity

Grey = NDArray[np.uint8]
Plane = NDArray[np.float32]

FORGETS_S = 4.0
"""Time constant: long beside a passing object, short beside clouds."""
LEAST_STEP, MOST_STEP = 0.005, 0.2
STARTS_SPREAD = 2.0
LEAST_SPREAD = 1.0
"""Grey levels: what rounding and compression leave of a still pixel."""
MOST_DIFFERENCE = 31.0
LEVELS_A_SIGMA = 8.0
MEAN_TO_SIGMA = 1.25
"""Of a normal distribution: standard deviation over mean absolute deviation."""
SPARSE = 8
"""Every so manyth pixel of a row and row tells what all do: a shutter or a gain that makes all of them brighter."""
UNUSUAL, MOST_UNUSUAL = 4.0, 0.4
"""Where more than that share of all pixels is so many sigmas from what is usual, it is another picture altogether."""
STILL_PX, STILL_TURN = 0.25, 6e-4
HOLD_SIDES = 1.0
LEAST_SEEN = 8
"""Pictures, before it can tell what is new."""


class Background:
    """Running mean and mean absolute deviation of each pixel; what it tells is in 1/LEVELS_A_SIGMA of a sigma, 255 at most."""

    def __init__(self) -> None:
        self._mean: Plane = np.empty((0, 0), np.float32)
        self._spread = self._difference = self._mean
        self._seen = 0
        self._last_s = 0.0

    def step(self, picture: Grey, affine: Affine, kept_anew: bool, t_s: float, hold: Grey | None) -> Grey | None:
        """How far each pixel is from what is usual there, in the coordinates of the kept picture; None while that is unknown.

        `hold` is 0 where nothing is learned: a drone that hovers must not become background.
        """
        if self._mean.shape != picture.shape:
            self._begin(picture, t_s)
            return None
        if kept_anew:
            self._mean, self._spread = _carried(self._mean, affine), _carried(self._spread, affine)
        still = kept_anew or _is_still(affine)
        here = picture if still else _warped(picture, affine)
        difference, sparse = self._difference, (slice(None, None, SPARSE), slice(None, None, SPARSE))
        self._mean += middle_of(here[sparse] - self._mean[sparse])
        np.copyto(difference, here)
        cv2.absdiff(difference, self._mean, dst=difference)
        z = np.asarray(cv2.divide(difference, self._spread, scale=LEVELS_A_SIGMA / MEAN_TO_SIGMA, dtype=cv2.CV_8U), np.uint8)
        unusual = z[sparse] > UNUSUAL * LEVELS_A_SIGMA
        if np.count_nonzero(unusual) > MOST_UNUSUAL * unusual.size:
            self._begin(here, t_s)
        else:
            self._learn(here, t_s, hold)
        return None if self._seen < LEAST_SEEN else z

    def _begin(self, picture: Grey, t_s: float) -> None:
        self._mean = picture.astype(np.float32)
        self._spread = np.full(picture.shape, STARTS_SPREAD, np.float32)
        self._difference = np.empty(picture.shape, np.float32)
        self._seen, self._last_s = 1, t_s

    def _learn(self, here: Grey, t_s: float, hold: Grey | None) -> None:
        elapsed_s = max(t_s - self._last_s, 0.0)
        self._last_s = t_s
        self._seen += 1
        step = max(1.0 / self._seen, min(max(elapsed_s / FORGETS_S, LEAST_STEP), MOST_STEP))
        cv2.accumulateWeighted(here, self._mean, step, hold)
        cv2.threshold(self._difference, MOST_DIFFERENCE, 0, cv2.THRESH_TRUNC, dst=self._difference)
        cv2.accumulateWeighted(self._difference, self._spread, step, hold)
        cv2.max(self._spread, LEAST_SPREAD / MEAN_TO_SIGMA, dst=self._spread)  # type: ignore[call-overload]  # its stubs know arrays alone


def all_but(picture: Grey, places: NDArray[np.float64], sides: NDArray[np.float64]) -> Grey:
    """A `hold` for `step`: 0 about some places (n, 2), HOLD_SIDES of each one's side (n) px to every side."""
    hold = np.full(picture.shape, 255, np.uint8)
    for (x, y), reach in zip(places.tolist(), (HOLD_SIDES * sides).tolist(), strict=True):
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        hold[top : max(0, int(y + reach) + 1), left : max(0, int(x + reach) + 1)] = 0
    return hold


def middle_of(values: Plane) -> np.float32:
    """The median, by a sort: of few values faster than `np.median`."""
    ordered = np.sort(values, axis=None)
    return np.float32((ordered[(values.size - 1) // 2] + ordered[values.size // 2]) / 2)


def _is_still(affine: Affine) -> bool:
    turn, shift = Similarity.of(affine)
    turned, moved = max(abs(turn.real - 1), abs(turn.imag)), max(abs(shift.real), abs(shift.imag))
    return moved < STILL_PX and turned < STILL_TURN


def _carried(plane: Plane, affine: Affine) -> Plane:
    """What was learned in the coordinates of a picture kept anew; what comes into sight starts from the nearest edge."""
    height, width = plane.shape
    return np.asarray(cv2.warpAffine(plane, affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _warped(picture: Grey, affine: Affine) -> Grey:
    """The picture in the coordinates of the kept one."""
    height, width = picture.shape
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, affine, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
