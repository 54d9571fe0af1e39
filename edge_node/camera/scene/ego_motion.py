"""How the picture moved against the scene: features of a kept picture, found in each new one."""

from __future__ import annotations

import cv2
import numpy as np

from edge_node.camera.scene.features import LEAST_FEATURES, Features, Grey
from edge_node.camera.scene.similarity import Affine, Similarity

MOST_WIDTH_PX = 320
"""Motion is measured in a picture reduced to about so many columns."""
ENOUGH = 0.55
"""Share of the features that must agree, or a new picture is kept."""
MOVED_ON = 0.2
"""Another picture is kept once the scene moved by so much of its width."""


class EgoMotion:
    """Finds, in every picture, where the picture kept last lies in it; a new one is kept when too little of that is in sight."""

    def __init__(self) -> None:
        self._scale = 1
        self._before: Grey = np.empty((0, 0), np.uint8)
        self._features: Features | None = None
        self._now = self._last_step = Similarity()
        self.kept_anew = True
        self.sure = False

    def step(self, picture: Grey, ignore: Grey | None = None) -> Affine:
        """Kept picture to this one, in pixels of the whole picture; `kept_anew` says that this is the one that is kept now.

        `ignore` is 0 where nothing of the scene is seen (drawn masks). `sure` is False where there is nothing to hold on to, as in a clear
        sky: the picture is then taken to stand where it stood.
        """
        small = self._reduced(picture)
        seen = None if ignore is None else self._reduced(ignore)
        if self._features is None or self._before.shape != small.shape:
            self._keep(small, seen)
            self.sure, self._before = False, small
            return self._now.matrix
        before = self._now
        found, share = self._features.found_in(small, self._last_step.after(before))
        if found is None and len(self._features) >= LEAST_FEATURES:
            found, share = self._from_before(small, seen), 0.0
        self.sure, self._now = found is not None, found or before
        self._last_step = self._now.after(before.back())
        told, self._before = self._now, small
        self.kept_anew = False
        if (share < ENOUGH and len(self._features) >= LEAST_FEATURES) or self._is_far(small):
            self._keep(small, seen)
        return self._whole(told).matrix

    def _reduced(self, picture: Grey) -> Grey:
        self._scale = max(1, round(picture.shape[1] / MOST_WIDTH_PX))
        if self._scale == 1:
            return picture
        size = picture.shape[1] // self._scale, picture.shape[0] // self._scale
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _keep(self, small: Grey, seen: Grey | None) -> None:
        self._features, self._now, self.kept_anew = Features(small, seen), Similarity(), True

    def _from_before(self, small: Grey, seen: Grey | None) -> Similarity | None:
        """Kept picture to this one by way of the one just before, where a fast slew or a passing cloud took too many features at once."""
        window = cv2.createHanningWindow((small.shape[1], small.shape[0]), cv2.CV_32F)
        (right, down), _ = cv2.phaseCorrelate(self._before.astype(np.float32), small.astype(np.float32), window)
        found, _ = Features(self._before, seen).found_in(small, Similarity(shift=complex(right, down)))
        return None if found is None else found.after(self._now)

    def _is_far(self, small: Grey) -> bool:
        return bool(abs(self._now.shift) > MOVED_ON * small.shape[1])

    def _whole(self, reduced: Similarity) -> Similarity:
        """The same in pixels of the whole picture, whose pixel centres lie between those of the reduced one."""
        offset = complex(1, 1) * (self._scale - 1) / 2
        return Similarity(reduced.turn, self._scale * reduced.shift + offset - reduced.turn * offset)
