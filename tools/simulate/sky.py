"""The sky over a camera, in kelvin or in grey: a gradient, a glow about the sun, and one deck of clouds that drifts and changes."""

from __future__ import annotations

from math import cos, radians, sin
from statistics import NormalDist

import cv2
import numpy as np

from tools.simulate.fractal import Floats, fractal, looked_up
from tools.simulate.outdoors import Band, Sky

SIDE = 1024
COARSE_M, FINE_M = 8.0, 2.9
"""Metres of cloud a texel of the two textures shows at a base of 1500 m; they drift apart, so that clouds come and go."""
FINE_SHARE = 0.45
LAPSE_K_M = 0.0065
COLD_K = 55.0
"""How much colder than the air the sky would be at the zenith if the air itself did not glow."""
LOWEST_SIN = 0.012
SOFT = {"cumulus": 0.7, "stratus": 1.4, "cirrus": 1.8}
OPAQUE = {"cumulus": 1.0, "stratus": 0.95, "cirrus": 0.45}
STRETCH = {"cumulus": 1.0, "stratus": 1.6, "cirrus": 4.0}


def air_mass(elevation_deg: Floats) -> Floats:
    """How many zeniths' worth of air a line of sight passes (Kasten and Young 1989)."""
    above = np.maximum(elevation_deg, 0.0)
    return np.asarray(1 / (np.sin(np.radians(above)) + 0.50572 * (above + 6.07995) ** -1.6364), np.float32)


class SkyDome:
    """The sky of one scene and band; the same at the same time, whatever was asked before."""

    def __init__(self, sky: Sky, air_k: float, band: Band, seed: int) -> None:
        self._sky, self._air_k, self._band = sky, air_k, band
        rng = np.random.default_rng([seed, 1])
        self._start = rng.uniform(0, 1e4, 2)
        if sky.cover > 0:
            self._gather(rng)
        towards = radians(sky.wind_from_deg + 180)
        self._drift = np.array([sin(towards), cos(towards)]) * sky.drift_mps

    def _gather(self, rng: np.random.Generator) -> None:
        """Make the clouds' two textures, and how thick they must be to be seen."""
        stretch = STRETCH[self._sky.clouds]
        coarse = fractal(rng, SIDE, SIDE, 1.9, stretch)
        self._coarse = np.stack([coarse, self._lit(coarse)], -1) if self._band == "visible" else coarse
        self._fine = fractal(rng, SIDE, SIDE, 1.6, stretch)
        spread = float(np.hypot(1.0, FINE_SHARE))
        self._threshold = NormalDist(0, spread).inv_cdf(1 - min(max(self._sky.cover, 1e-4), 1 - 1e-4))

    def clear(self, directions: Floats) -> Floats:
        """Without clouds, for ENU unit vectors (..., 3)."""
        elevation = np.degrees(np.arcsin(np.clip(directions[..., 2], -1, 1)))
        if self._band == "thermal":
            return np.asarray(self._air_k - COLD_K * np.exp(-self._sky.damp * air_mass(elevation)), np.float32)
        return np.asarray(88 + 62 * np.exp(-np.maximum(elevation, 0) / 22) + self._glow(directions), np.float32)

    def through(self, range_m: float) -> float:
        """The share of an object's own contrast that crosses the air: Koschmieder's law, gentler in the thermal band."""
        thin = 1.0 if self._band == "visible" else 0.35
        return float(np.exp(-3.912 * thin * range_m / self._sky.visibility_m))

    def paint(self, grid: Floats, full: tuple[int, int], t_s: float) -> Floats:
        """The sky (rows, columns) of a grid of directions that `enlarged` makes as large as the picture; clouds at half its resolution."""
        clear = self.clear(grid)
        if self._sky.cover <= 0:
            return enlarged(clear, full)
        clouded = self._clouded(grid, clear, (-(-full[0] // 2), -(-full[1] // 2)), t_s)
        return np.ascontiguousarray(cv2.resize(clouded, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)[: full[0], : full[1]])

    def _clouded(self, grid: Floats, clear: Floats, half: tuple[int, int], t_s: float) -> Floats:
        up = np.maximum(grid[..., 2], LOWEST_SIN)
        plane = np.asarray(grid[..., :2] / up[..., None] * np.float32(self._sky.base_m), np.float32)
        scale = self._sky.base_m / 1500 * COARSE_M
        coarse = self._sampled(self._coarse, plane, half, scale, t_s)
        fine = self._sampled(self._fine, plane, half, scale * FINE_M / COARSE_M, 1.25 * t_s)
        thick = (coarse[..., 0] if coarse.ndim == 3 else coarse) + np.float32(FINE_SHARE) * fine
        soft = SOFT[self._sky.clouds]
        cover = np.clip((thick - np.float32(self._threshold - soft / 2)) * np.float32(1 / soft), 0, 1)
        cover *= cover * (3 - 2 * cover) * np.float32(OPAQUE[self._sky.clouds])
        cover = cv2.GaussianBlur(cover, (0, 0), 0.8)
        seen = self._cloud(grid, clear, up)
        picture = enlarged(np.stack([clear, seen[0] - clear, seen[1]], -1), half, STEP // 2)
        detail = picture[..., 2] * (coarse[..., 1] + 0.3 * fine if coarse.ndim == 3 else thick - np.float32(self._threshold))
        return np.asarray(picture[..., 0] + cover * (picture[..., 1] + detail), np.float32)

    def _cloud(self, grid: Floats, clear: Floats, up: Floats) -> tuple[Floats, Floats]:
        """What a cloud looks like in each direction, and how strongly its own shape shows there."""
        near = np.exp(-3.912 * np.minimum(self._sky.base_m / up, 1e6) / (4 * self._sky.visibility_m))
        low = np.clip((grid[..., 2] - LOWEST_SIN) / 0.05, 0, 1)
        if self._band == "thermal":
            base_k = self._air_k - LAPSE_K_M * self._sky.base_m
            return np.maximum(clear, clear + (base_k - clear) * low), np.float32(1.6) * low * near
        bright = 205.0 if self._sky.clouds == "cumulus" else 180.0
        return clear + (bright - clear) * near * low, np.float32(18.0) * near * low

    def _sampled(self, texture: Floats, plane: Floats, half: tuple[int, int], metre_px: float, moved_s: float) -> Floats:
        moved = (plane - (self._drift * moved_s).astype(np.float32) + self._start.astype(np.float32)) / np.float32(metre_px)
        moved -= np.floor(moved.mean((0, 1)) / SIDE) * SIDE
        places = enlarged(np.asarray(moved, np.float32), half, STEP // 2)
        return looked_up(texture, places, border=cv2.BORDER_WRAP)

    def _lit(self, thick: Floats) -> Floats:
        """Brighter where a cloud faces the sun, darker where it is thick."""
        sun = radians(self._sky.sun_azimuth_deg)
        slope = np.gradient(cv2.GaussianBlur(thick, (0, 0), 2.0))
        facing = -(slope[1] * sin(sun) + slope[0] * cos(sun))
        return np.asarray(facing / facing.std() - 0.8 * thick, np.float32)

    def _glow(self, directions: Floats) -> Floats:
        azimuth, elevation = radians(self._sky.sun_azimuth_deg), radians(self._sky.sun_elevation_deg)
        sun = np.array([cos(elevation) * sin(azimuth), cos(elevation) * cos(azimuth), sin(elevation)], np.float32)
        off_deg = np.degrees(np.arccos(np.clip(directions @ sun, -1, 1)))
        return np.asarray(70 * np.exp(-off_deg / 18), np.float32)


STEP = 8
"""Smooth things are worked out for every eighth pixel and enlarged: the error stays under a hundredth of a pixel."""


def grid_of(width: int, height: int) -> Floats:
    """Pixels (rows, columns, 2) of a grid that reaches one step beyond a picture: what `enlarged` wants."""
    across = (np.arange(-(-width // STEP) + 2) - 1) * STEP + (STEP - 1) / 2
    down = (np.arange(-(-height // STEP) + 2) - 1) * STEP + (STEP - 1) / 2
    return np.stack(np.meshgrid(across, down), -1).astype(np.float32)


def enlarged(grid: Floats, full: tuple[int, int], step: int = STEP) -> Floats:
    """A grid's values for every pixel of a picture of `full` (rows, columns), where it has one for every `step` of them."""
    whole = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(whole[step : step + full[0], step : step + full[1]])
