"""Where a flying body falls in one camera's picture, and how sharp it is there."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from edge_node.mounting import Mounting
from tools.simulate.flyers import Flyer, Pose
from tools.simulate.lens import Lens
from tools.simulate.outdoors import Eye
from tools.simulate.sprite import Box, Outline, Sprite, box_of, drawn, outlines

SHUTTER_S = 0.004
"""How long a visible camera exposes."""
APERTURE_M, SHARP_FROM_M = 0.012, 30.0
"""What is nearer than the lens is focused for is a blur as wide as the aperture looks from there."""
WIDEST_BLUR_PX, LONGEST_SMEAR_PX = 40.0, 60.0


class Cast(Struct, frozen=True):
    """A body in the picture, the box about it there, and the share of its whole box that this is."""

    sprite: Sprite
    box: Box
    inside: float


class Projector:
    """Casts bodies into the pictures of one camera."""

    def __init__(self, eye: Eye, lens: Lens) -> None:
        self._eye, self._lens = eye, lens

    def cast(self, flyer: Flyer, pose: Pose, mounting: Mounting, t_s: float) -> Cast | None:
        """A body as a mounted camera sees it; None where nothing of it is in the picture."""
        eye, range_m = self._eye, float(np.linalg.norm(pose.place))
        parts = self._outlines(flyer, pose, mounting, t_s)
        if not parts:
            return None
        blur_px = min(APERTURE_M * max(0.0, 1 / range_m - 1 / SHARP_FROM_M) / self._lens.pixel_rad, WIDEST_BLUR_PX)
        smear_px = self._smear(pose, mounting, eye.lag_s if eye.band == "thermal" else SHUTTER_S)
        sprite = drawn(parts, (eye.width, eye.height), psf_px=eye.psf_px, smear_px=smear_px, defocus_px=blur_px)
        whole = box_of(parts)
        box = _cut(whole, eye.width, eye.height)
        if sprite is None or box is None:
            return None
        return Cast(sprite, box, box[2] * box[3] / max(whole[2] * whole[3], 1e-9))

    def _outlines(self, flyer: Flyer, pose: Pose, mounting: Mounting, t_s: float) -> list[Outline]:
        place = mounting.to_device(pose.place)
        middle = self._lens.pixels(place)
        reach_px = self._eye.width + flyer.body.span_m / float(np.linalg.norm(place)) / self._lens.pixel_rad
        if not np.isfinite(middle).all() or np.abs(middle - (self._eye.width / 2, self._eye.height / 2)).max() > reach_px:
            return []
        turn = np.stack([mounting.to_device(column) for column in pose.turn.T], 1)
        return outlines(self._lens, flyer.body.at(t_s), place, turn, self._eye.band)

    def _smear(self, pose: Pose, mounting: Mounting, lag_s: float) -> tuple[float, float]:
        """How far the body moves in the picture while it is exposed, pixels."""
        now, before = self._lens.pixels(mounting.to_device(np.stack([pose.place, pose.place - pose.velocity * lag_s])))
        if not np.isfinite(before).all():
            return 0.0, 0.0
        across, down = np.clip(now - before, -LONGEST_SMEAR_PX, LONGEST_SMEAR_PX)
        return float(across), float(down)


def _cut(box: Box, width: int, height: int) -> Box | None:
    """The part of a box that lies in the picture."""
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], float(width)), min(box[1] + box[3], float(height))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None
