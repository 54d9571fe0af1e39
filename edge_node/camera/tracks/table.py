"""All tracks of one camera: what each is followed by from picture to picture, bounded, with no opinion of what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.targets.candidates import Candidates
from edge_node.camera.tracks.association import Places, pairs
from edge_node.camera.tracks.motion import Array, Motion, variance_of

MOST_TRACKS = 96
REMEMBERED = 8
"""Pictures of which a track knows whether they showed it."""
TENTATIVE_MISSES = 3
COASTS_S = 1.0
LIKENESS_STEP = 0.3

Indices = NDArray[np.intp]


class TrackTable:
    """Arrays of one length, a row a track; `missed_s` is for how long no picture showed it."""

    def __init__(self, width_px: int) -> None:
        self.motion = Motion(width_px)
        self.number = np.empty(0, np.int64)
        self.boxes = np.empty((0, 4), np.float32)
        self.size = np.empty(0)
        self.contrast = np.empty(0)
        self.change = np.empty(0)
        self.seen = np.empty((0, REMEMBERED), bool)
        self.age = np.empty(0, np.int64)
        self.missed_s = np.empty(0)
        self.missed = np.empty(0, np.int64)
        self.confirmed = np.empty(0, bool)
        self.extra: list[Any] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self.number)

    def follow(self, found: Candidates, places: Array, changes: Array | None, elapsed_s: float) -> tuple[Indices, Indices]:
        """Predict all, and take in what a picture shows, `places` (m, 2) in scene pixels; rows that were seen, and their candidates.

        `changes` (m) are sigmas from what is usual there, None while nobody knows.
        """
        self.motion.predict(elapsed_s)
        variance, sizes = variance_of(found.boxes), _sizes(found.boxes)
        here = Places(self.motion.place, self.motion.covariance[:, 0, 0], self.size, self.contrast, self.change)
        rows, which = pairs(here, Places(places, variance, sizes, found.contrast.astype(np.float64), changes))
        self.motion.update(rows, places[which], variance[which])
        self.boxes[rows] = found.boxes[which]
        self.size[rows] += LIKENESS_STEP * (sizes[which] - self.size[rows])
        self.contrast[rows] += LIKENESS_STEP * (found.contrast[which] - self.contrast[rows])
        if changes is not None:
            self.change[rows] += LIKENESS_STEP * (changes[which] - self.change[rows])
        seen = np.zeros(len(self), bool)
        seen[rows] = True
        self.seen = np.concatenate([self.seen[:, 1:], seen[:, None]], axis=1)
        self.age += 1
        self.missed = np.where(seen, 0, self.missed + 1)
        self.missed_s = np.where(seen, 0.0, self.missed_s + elapsed_s)
        return rows, which

    def begin(self, found: Candidates, places: Array, extra: list[Any]) -> None:
        """Begin a track of each candidate, as far as there is room for it."""
        many = min(MOST_TRACKS - len(self), len(found))
        if many <= 0:
            return
        found, places = found.of(np.arange(many)), places[:many]
        self.motion.add(places, variance_of(found.boxes))
        self.number = np.concatenate([self.number, self._next + np.arange(many)])
        self._next += many
        self.boxes = np.concatenate([self.boxes, found.boxes])
        self.size = np.concatenate([self.size, _sizes(found.boxes)])
        self.contrast = np.concatenate([self.contrast, found.contrast.astype(np.float64)])
        self.change = np.concatenate([self.change, np.zeros(many)])
        self.seen = np.concatenate([self.seen, np.eye(REMEMBERED, dtype=bool)[np.full(many, REMEMBERED - 1)]])
        self.age = np.concatenate([self.age, np.ones(many, np.int64)])
        self.missed_s = np.concatenate([self.missed_s, np.zeros(many)])
        self.missed = np.concatenate([self.missed, np.zeros(many, np.int64)])
        self.confirmed = np.concatenate([self.confirmed, np.zeros(many, bool)])
        self.extra += extra[:many]

    def gone(self) -> NDArray[np.bool_]:
        """Which have not been seen for too long."""
        return np.asarray(np.where(self.confirmed, self.missed_s > COASTS_S, self.missed > TENTATIVE_MISSES))

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget all others."""
        if which.all():
            return
        self.motion.keep(which)
        for name in ("number", "boxes", "size", "contrast", "change", "seen", "age", "missed_s", "missed", "confirmed"):
            setattr(self, name, getattr(self, name)[which])
        self.extra = [one for one, kept in zip(self.extra, which, strict=True) if kept]


def _sizes(boxes: NDArray[np.float32]) -> Array:
    return np.asarray(np.maximum(boxes[:, 2], boxes[:, 3]).astype(np.float64))
