"""A picture in the making: the sky, then the ground over it, then body after body behind or before what stands there."""

from __future__ import annotations

import numpy as np

from tools.simulate.fractal import Floats, looked_up
from tools.simulate.ground import Panorama
from tools.simulate.sky import SkyDome, enlarged
from tools.simulate.sprite import Sprite
from tools.simulate.trees import LIMB_STEP


class Canvas:
    """One picture (rows, columns) without noise; `grid` are the directions that `sky.enlarged` takes."""

    def __init__(self, dome: SkyDome, full: tuple[int, int], grid: Floats, t_s: float) -> None:
        self._dome, self._full, self._grid, self._t_s = dome, full, grid, t_s
        self.picture = dome.paint(grid, full, t_s)
        self._panorama: Panorama | None = None

    def ground(self, panorama: Panorama, middle_deg: float) -> None:
        """Lay the panorama, whose middle is at an azimuth, over the sky."""
        east, north, up = np.moveaxis(self._grid, -1, 0)
        azimuth = (np.degrees(np.arctan2(east, north)) - np.float32(middle_deg) + 180) % 360 - 180
        places = enlarged(panorama.places(azimuth, np.degrees(np.arcsin(np.clip(up, -1, 1)))), self._full)
        rows = slice(int(np.argmax((places[..., 1] >= panorama.first_row - 2).any(1))), None)
        sway = looked_up(panorama.blow(self._t_s), places[rows] * np.float32(1 / LIMB_STEP))
        moved = places[rows].copy()
        moved[..., 0] -= sway
        layer = looked_up(panorama.shown, moved)
        self._cover = np.zeros(self._full, np.float32)
        self._cover[rows] = layer[..., 1]
        self.picture[rows] *= 1 - layer[..., 1]
        self.picture[rows] += layer[..., 0]
        self._panorama, self._places = panorama, places

    def lay(self, sprite: Sprite, base: float, range_m: float) -> tuple[float, float]:
        """Add a body whose values count from `base`; how much of it the ground leaves open, and the strongest change it makes."""
        height, width = sprite.cover.shape
        window = slice(sprite.top, sprite.top + height), slice(sprite.left, sprite.left + width)
        through = self._dome.through(range_m)
        clear = np.ones_like(sprite.cover)
        if self._panorama is not None:
            depth = looked_up(self._panorama.depth_m, self._places[window], nearest=True, outside=float("inf"))
            clear -= self._cover[window] * (depth < range_m)
        change = (sprite.shown + np.float32(base) * sprite.cover - sprite.cover * self.picture[window]) * clear * np.float32(through)
        self.picture[window] += change
        seen = float((sprite.cover * clear).sum() / max(float(sprite.cover.sum()), 1e-9))
        return seen, float(change.flat[np.abs(change).argmax()])
