"""One picture and its candidates: which are looked at, what changed there, and what is kept of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import LEAST_PATCH_PX, PATCH_OVER_BOX, PATCH_PX, Observation
from edge_node.camera.scene.background import LEVELS_A_SIGMA
from edge_node.camera.targets.candidates import Candidates

Grey = NDArray[np.uint8]
Array = NDArray[np.float64]

AROUND = np.ones((5, 5), np.uint8)


def within(found: Candidates, seen: Grey | None) -> Candidates:
    """Those of which the middle is looked at: where `seen` is not 0."""
    if seen is None or not len(found):
        return found
    x = np.clip(found.boxes[:, 0] + found.boxes[:, 2] / 2, 0, seen.shape[1] - 1).astype(np.intp)
    y = np.clip(found.boxes[:, 1] + found.boxes[:, 3] / 2, 0, seen.shape[0] - 1).astype(np.intp)
    return found.of(seen[y, x] > 0)


def changes_of(moving: Grey | None, places: Array) -> NDArray[np.float32]:
    """How much each of some places (n, 2) of `moving` differs from what is usual there, in sigmas; 0 while nobody knows."""
    if moving is None or not len(places):
        return np.zeros(len(places), np.float32)
    around = cv2.dilate(moving, AROUND)
    x = np.clip(places[:, 0], 0, moving.shape[1] - 1).astype(np.intp)
    y = np.clip(places[:, 1], 0, moving.shape[0] - 1).astype(np.intp)
    return around[y, x].astype(np.float32) / LEVELS_A_SIGMA


class Look(NamedTuple):
    """One picture as observations are cut from it; `changes` as of `changes_of`, None while nobody knows."""

    picture: Grey
    frame: int
    t_s: float
    unit: float
    changes: Sequence[float] | None

    def at(self, found: Candidates, places: Array, missed: Sequence[int], wanted: Sequence[bool]) -> Iterator[Observation]:
        """What it shows of each candidate, `places` (n, 2) its middle in the scene, `missed` (n) pictures before without it.

        Patches are cut where they are `wanted` (n).
        """
        contrasts = (found.contrast.astype(np.float64) * self.unit).tolist()
        changes = self.changes or repeat(None)
        each = zip(found.boxes.tolist(), places.tolist(), contrasts, found.ratio.tolist(), missed, wanted, changes, strict=False)
        for box, (scene_x, scene_y), contrast, ratio, lost, want, moving in each:
            yield Observation(
                frame=self.frame,
                t_s=self.t_s,
                box=tuple(box),
                scene_x=scene_x,
                scene_y=scene_y,
                contrast=contrast,
                noise=abs(contrast) / ratio,
                patch=self._patch(*box) if want else None,
                moving=moving,
                missed=lost,
            )

    def _patch(self, x: float, y: float, width: float, height: float) -> NDArray[np.float32]:
        side = round(max(PATCH_OVER_BOX * max(width, height), LEAST_PATCH_PX))
        piece = cv2.getRectSubPix(self.picture, (side, side), (x + (width - 1) / 2, y + (height - 1) / 2))
        small = cv2.resize(piece, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
        return np.asarray(small * np.float32(self.unit))
