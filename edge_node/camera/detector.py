"""Pictures in, objects out: what a camera sees in the sky, where it is and what it looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Block, Camera, Frame
from edge_node.camera.flock import Flock
from edge_node.camera.levels import Levels
from edge_node.camera.outlook import Outlook
from edge_node.camera.sight.dots import share_of, side_px
from edge_node.camera.sight.judge import Judge, look_all
from edge_node.camera.sight.second_opinion import SecondOpinion
from edge_node.camera.told import Told
from edge_node.camera.tracks.followed import Belief
from edge_node.camera.watch import Watch
from edge_node.config import CameraTable
from edge_node.messages import CameraDetection, Coverage

LEAST_PX, MOST_PX = 24, 4096
NS_PER_S = 1e9
THERMAL_WIDTH_PX = 400
WARM_GROUND_LEVELS = 40.0
"""A picture whose ground is so much brighter than its sky was not taken by daylight."""

Band = Literal["thermal", "visible"]
NO_MODEL = CameraTable()
BELIEFS: dict[Band, Belief] = {"thermal": Belief(0.95, 0.9, 0.65, steady_s=1.0), "visible": Belief(0.4, 0.3, 0.15, steady_s=0.5)}
"""Chosen by judges that knew nothing of a place, on that place: half a false track a minute and two, and what that leaves of drones. By
daylight fewer things are so surely something."""


class CameraDetector:
    """Keeps one watch for as long as pictures stay of one size and band; a picture that shows nothing new is left out.

    `settings` name a user's own model, asked beside the node's judges; `judge` makes these for a band.
    """

    def __init__(self, settings: CameraTable = NO_MODEL, judge: Callable[[Band], Judge] = Judge) -> None:
        self._opinion, self._judge = SecondOpinion.by(settings), judge
        self._watch: Watch | None = None
        self._levels, self._outlook = Levels(), Outlook()
        self._told: Told | None = None
        self._shape: tuple[int, ...] = ()
        self._camera: Camera | None = None
        self._count = self._left_out = self._in_flock = 0
        self._flock = Flock(0)
        self._trouble = ""

    def step(self, block: Block) -> Sequence[CameraDetection]:
        """Every believed object that this picture shows, or should show."""
        if not isinstance(block, Frame) or not self._takes(block.picture):
            return ()
        if self._watch is None or block.picture.shape != self._shape or _band_said(block.camera) != _band_said(self._camera):
            self._begin(block)
        elif block.camera is not self._camera:
            self._see_with(block)
        if block.repeated or block.shutter or self._watch is None or self._told is None:
            self._left_out += 1
            return ()
        levels = self._levels.of(block.picture)
        self._outlook.see(block, self._levels.unit)
        seen = self._watch.step(levels, block.sequence, block.t_mono_ns / NS_PER_S, self._levels.unit, self._told.looked_at)
        said = self._without_flock([self._told.of(sighting, block, self._opinion) for sighting in seen])
        self._count += len(said)
        return said

    def words(self) -> str:
        """What is seen now, how much was told, and what is wrong with the pictures."""
        if self._trouble or self._watch is None:
            return self._trouble
        left_out = f"{self._left_out} pictures without news" if self._left_out else ""
        flock = f"a flock of {self._in_flock}, not told one by one" if self._in_flock else ""
        return "; ".join(filter(None, (self._watch.words(), f"{self._count} sightings", flock, left_out, self._opinion.trouble)))

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """Where a small drone would be seen now; None where nobody can tell."""
        return None if self._told is None or self._told.sees_nothing else self._outlook.coverage(t_mono_ns)

    def findings(self) -> list[tuple[str, str]]:
        """What is wrong with the pictures."""
        return [("sensor_problem", self._trouble)] if self._trouble else []

    def levels(self) -> dict[str, float]:
        """How much detail the pictures hold."""
        return self._outlook.levels()

    def _without_flock(self, said: list[CameraDetection]) -> list[CameraDetection]:
        middles = [(one.box[0] + one.box[2] / 2, one.box[1] + one.box[3] / 2) for one in said]
        dots = [share_of(side_px(one.box)) for one in said]
        of_flock = self._flock.members([one.track for one in said], middles, [one.probability for one in said], dots)
        self._in_flock = int(of_flock.sum())
        return [one for one, member in zip(said, of_flock, strict=True) if not member]

    def _takes(self, picture: NDArray[np.generic]) -> bool:
        fits = picture.ndim == 2 and all(LEAST_PX <= side <= MOST_PX for side in picture.shape) and picture.dtype in (np.uint8, np.uint16)
        if not fits:
            self._trouble = f"pictures of {picture.shape} {picture.dtype} cannot be looked at"
        return fits

    def _begin(self, frame: Frame) -> None:
        height, width = self._shape = frame.picture.shape
        self._levels, self._outlook, self._flock = Levels(), Outlook(), Flock(width)
        band: Band = _band_said(frame.camera) or band_of(frame.picture)
        self._watch = Watch(partial(self._judge, band), look_all, BELIEFS[band], (width, height))
        self._see_with(frame)

    def _see_with(self, frame: Frame) -> None:
        """Take a camera's pose anew; what is followed stays, for a head that turns takes its pictures with it."""
        self._camera = frame.camera
        height, width = frame.picture.shape
        self._told = Told(frame.camera, width, height)
        self._trouble = "masks leave nothing to look at" if self._told.sees_nothing else ""


def _band_said(camera: Camera | None) -> Band | None:
    return camera.band if camera else None


def band_of(picture: NDArray[np.uint8] | NDArray[np.uint16]) -> Band:
    """What took a picture, where nobody said it: 16 bits and small sensors are thermal, and so is ground brighter than the sky."""
    height, width = picture.shape
    if picture.dtype == np.uint16 or width <= THERMAL_WIDTH_PX:
        return "thermal"
    warm = float(np.median(picture[-(height // 4) :])) - float(np.median(picture[: height // 2]))
    return "thermal" if warm > WARM_GROUND_LEVELS else "visible"
