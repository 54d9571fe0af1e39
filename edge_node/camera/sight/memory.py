"""What is kept of one track: its last observations, and how it looked on the whole."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import LOST, PATCH_PX, Observation
from edge_node.camera.sight.knowledge import LABELS, SUMMARY
from edge_node.camera.sight.motion import COLUMNS, FEATURES, features, row

Floats = NDArray[np.float32]

KEPT = 90
LOOKED_AT = 10  # observations; after them every SPARSE-th
SPARSE = 3
LARGEST = 1e9  # of any number that an observation may hold
REMEMBERED = 60  # looks: later ones count as the mean of so many
DOUBTED = 6  # looks that all before count for once it may be of something else


class Memory:
    """Takes one track's observations in the order of time, and what their patches looked like when told."""

    def __init__(self) -> None:
        self._rows = np.empty((2 * KEPT, COLUMNS))
        self._end = self.seen = self._looks = 0
        self._mean = np.zeros(len(LABELS))
        self._square = np.zeros(len(LABELS))

    @property
    def is_curious(self) -> bool:
        """Whether the next observation is worth a look."""
        return self.seen < LOOKED_AT or (self.seen + 1) % SPARSE == 0

    def take(self, observation: Observation) -> Floats | None:
        """Keep an observation, and give its patch where it is worth a look; one that is beyond LARGEST or not (32, 32) is passed over."""
        now, patch, curious = row(observation), observation.patch, self.is_curious
        if not all(-LARGEST < number < LARGEST for number in now[:-1]) or (patch is not None and patch.shape != (PATCH_PX, PATCH_PX)):
            return None
        if self._end == len(self._rows):
            self._rows[:KEPT] = self._rows[KEPT:]
            self._end = KEPT
        self._rows[self._end] = now
        self._end += 1
        if observation.missed >= LOST:
            self._looks = min(self._looks, DOUBTED)
        self.seen += 1
        if patch is None or not curious or not cv2.checkRange(patch, minVal=-LARGEST, maxVal=LARGEST)[0]:
            return None
        return patch

    def told(self, looked: Floats) -> None:
        """Take in the log probabilities (labels,) of one patch."""
        self._looks += 1
        share = 1 / min(self._looks, REMEMBERED)
        self._mean += share * (looked - self._mean)
        self._square += share * (looked * looked - self._square)

    def summary(self) -> Floats:
        """What all is judged by (SUMMARY,), of at least three observations."""
        out, labels = np.empty(SUMMARY, np.float32), len(LABELS)
        out[:labels] = self._mean
        out[labels : 2 * labels] = np.sqrt(np.maximum(self._square - self._mean * self._mean, 0))
        out[2 * labels : 2 * labels + len(FEATURES)] = features(self._rows[max(0, self._end - KEPT) : self._end])
        out[-1] = np.log(min(self.seen, KEPT))
        return out
