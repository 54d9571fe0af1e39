"""What stands on the horizon, painted once as a panorama: fields and hills, the edge of a wood, trees, houses, masts."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.simulate.fractal import Floats, fractal, profile
from tools.simulate.outdoors import Band, Ground
from tools.simulate.trees import Wind, bare, crown

TOP_DEG = 28.0
FAR_M, WOOD_M = 3000.0, 350.0
POINTS = 4096
"""Azimuths at which the horizon has its own height."""
Spot = tuple[slice, slice]


class Window(Struct, frozen=True):
    """The part of the panorama that a camera can see: azimuths `reach_deg` to both sides of the middle, up from `low_deg`."""

    middle_deg: float
    reach_deg: float
    low_deg: float
    pixel_deg: float


class Panorama:
    """`shown` (rows, columns, 2) is value times cover and cover, `depth_m` (rows, columns) how far it is; row 0 is at `TOP_DEG`.

    Everything has its place in the world from the seed, whichever camera looks there.
    """

    def __init__(self, ground: Ground, air_k: float, band: Band, seed: int, *, window: Window, wind_mps: float) -> None:
        self._ground, self._air_k, self._thermal, self._window, self._seed = ground, air_k, band == "thermal", window, seed
        self.pixel_deg = window.pixel_deg
        self.columns = max(8, round(2 * window.reach_deg / self.pixel_deg))
        self.rows = max(8, round((TOP_DEG - window.low_deg) / self.pixel_deg))
        self.shown = np.zeros((self.rows, self.columns, 2), np.float32)
        self.depth_m = np.full((self.rows, self.columns), np.inf, np.float32)
        self._wind = Wind(self.rows, self.columns, self.pixel_deg)
        self._elevation = (TOP_DEG - (np.arange(self.rows, dtype=np.float32) + 0.5) * self.pixel_deg)[:, None]
        azimuth = window.middle_deg - window.reach_deg + (np.arange(self.columns) + 0.5) * self.pixel_deg
        self._point = np.floor((azimuth % 360) / 360 * POINTS).astype(np.intp) % POINTS
        self._fields(self._rng(0))
        self._wood(self._rng(1))
        self._each(2, ground.houses, self._house)
        self._each(3, ground.poles, self._pole)
        self._each(4, ground.trees, self._tree)
        self.first_row = int(np.argmax((self.shown[..., 1] > 0).any(1)))
        self._wind.start(self._rng(5), self.shown, wind_mps, glint=not self._thermal)

    def places(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        """Columns and rows (..., 2) of the panorama where directions lie; azimuths count from the window's middle, -180 to 180."""
        column = (azimuth_deg + np.float32(self._window.reach_deg)) / np.float32(self.pixel_deg) - np.float32(0.5)
        return np.stack([column, (np.float32(TOP_DEG) - elevation_deg) / np.float32(self.pixel_deg) - np.float32(0.5)], -1)

    def blow(self, t_s: float) -> Floats:
        """Let the leaves flicker; how far (rows / 4, columns / 4) all sways to the right, in texels."""
        return self._wind.blow(self.shown, t_s)

    def _rng(self, what: int, number: int = 0) -> np.random.Generator:
        return np.random.default_rng([self._seed, 2, what, number])

    def _each(self, what: int, count: int, put: Callable[[np.random.Generator, float], None]) -> None:
        """Put things where they stand, in degrees right of the middle."""
        for number in range(count):
            rng = self._rng(what, number)
            put(rng, (rng.uniform(0, 360) - self._window.middle_deg + 180) % 360 - 180)

    def _line(self, rng: np.random.Generator, slope: float) -> Floats:
        return profile(rng, POINTS, slope)[self._point]

    def _value(self, warmth_k: float, grey: float) -> float:
        return self._air_k + warmth_k if self._thermal else grey

    def _paint(self, mask: Floats, value: Floats | float, depth_m: float, spot: Spot = (slice(None), slice(None))) -> None:
        """Lay something over a part of the panorama."""
        under = self.shown[spot]
        under *= 1 - mask[..., None]
        under[..., 0] += mask * value
        under[..., 1] += mask
        self.depth_m[spot][mask > 0.4] = depth_m

    def _fields(self, rng: np.random.Generator) -> None:
        line = self._ground.hills_deg * (0.4 * self._line(rng, 1.6) + 0.3)
        below = np.clip((line[None, :] - self._elevation) / self.pixel_deg + 0.5, 0, 1).astype(np.float32)
        nearer = np.clip(-self._elevation / 10, 0, 1)
        warm, light, front = rng.uniform(-2, 2), rng.uniform(50, 85), rng.uniform(-4, 2)
        rough = (0.7 if self._thermal else 7.0) * (0.4 + nearer) * fractal(rng, self.rows, self.columns, 0.9, 5.0)
        value = self._value(warm, light) + (front if self._thermal else 10) * nearer + rough
        self._paint(below, value.astype(np.float32), FAR_M)

    def _wood(self, rng: np.random.Generator) -> None:
        ground = self._ground
        if ground.wood_deg <= 0 or ground.wood_share <= 0:
            return
        there = profile(rng, POINTS, 1.3)
        edge = (there - np.quantile(there, 1 - ground.wood_share))[self._point] if ground.wood_share < 1 else np.full(self.columns, 9.0)
        tall, foot = self._line(rng, 1.0), 0.25 * self._line(rng, 1.6) - 0.4
        crowns = cv2.GaussianBlur(rng.standard_normal((1, self.columns)).astype(np.float32), (0, 0), max(0.25 / self.pixel_deg, 0.6))[0]
        height = ground.wood_deg * (0.8 + 0.14 * tall + 0.16 * crowns / max(float(crowns.std()), 1e-6)) * np.clip(edge * 4, 0, 1)
        clumps, stems = (self._blurred(rng, across, up) for across, up in ((0.8, 0.8), (0.55, 3.5)))
        ragged = ground.leafy * clumps * 2 + (1 - ground.leafy) * stems * 2.5
        inside = (height[None, :] - self._elevation) / (0.12 * ground.wood_deg) + ragged
        mask = np.clip(inside, 0, 1) * np.clip((self._elevation - foot) / self.pixel_deg, 0, 1) * (height > 0.1)
        warm, grey = rng.uniform(-0.5, 2.5), rng.uniform(22, 45)
        value = self._value(warm, grey) + (0.8 if self._thermal else 9.0) * fractal(rng, self.rows, self.columns, 0.6)
        self._paint(mask.astype(np.float32), value.astype(np.float32), WOOD_M)
        lift = np.clip(self._elevation / ground.wood_deg, 0, 1.2) * (mask > 0)
        self._wind.add(np.asarray(lift, np.float32), (mask > 0.05) & (inside < 3.0), WOOD_M, (slice(None), slice(None)))

    def _spot(self, right_deg: float, wide_deg: float, high_deg: float, foot_deg: float) -> Spot | None:
        """Where something stands, as much of it as there is in the window."""
        middle, half = (right_deg + self._window.reach_deg) / self.pixel_deg, max(1.0, wide_deg / 2 / self.pixel_deg)
        foot = (TOP_DEG - foot_deg) / self.pixel_deg
        if middle - half < 0 or middle + half > self.columns or foot - high_deg / self.pixel_deg < 0 or foot > self.rows:
            return None
        rows, columns = slice(round(foot - high_deg / self.pixel_deg), round(foot)), slice(round(middle - half), round(middle + half))
        return (rows, columns) if rows.stop - rows.start > 1 and columns.stop - columns.start > 1 else None

    def _house(self, rng: np.random.Generator, right_deg: float) -> None:
        range_m = rng.uniform(60, 400)
        high, wide = (float(np.degrees(rng.uniform(*limits) / range_m)) for limits in ((4, 12), (8, 35)))
        spot = self._spot(right_deg, wide, high, -0.5)
        if spot is None:
            return
        h, w = _size(spot)
        wall = np.full((h, w), self._value(rng.uniform(-2, 6), rng.uniform(50, 170)), np.float32)
        roof = round(h * rng.uniform(0.08, 0.35))
        wall[:roof] = self._value(rng.uniform(-12, 8), rng.uniform(35, 120))
        storey, bay = (max(3, round(float(np.degrees(metres / range_m)) / self.pixel_deg)) for metres in (3.0, 2.5))
        pane = self._value(rng.uniform(-6, 4), rng.uniform(20, 60))
        for top in range(roof + storey // 3, h - storey // 2, storey):
            for left in range(bay // 3, w - bay // 2, bay):
                wall[top : top + storey // 2, left : left + bay // 2] = pane
        wall += rng.standard_normal((h, w)).astype(np.float32) * np.float32(0.15 if self._thermal else 2.0)
        self._paint(np.ones((h, w), np.float32), wall, range_m, spot)
        self._wind.still(np.ones((h, w), bool), spot)

    def _pole(self, rng: np.random.Generator, right_deg: float) -> None:
        range_m = rng.uniform(25, 200)
        spot = self._spot(right_deg, float(np.degrees(3 / range_m)), float(np.degrees(rng.uniform(6, 14) / range_m)), -1.0)
        if spot is None:
            return
        mask: NDArray[np.uint8] = np.zeros(_size(spot), np.uint8)
        middle, thick = mask.shape[1] // 2, max(1, round(float(np.degrees(0.15 / range_m)) / self.pixel_deg))
        cv2.line(mask, (middle, 0), (middle, mask.shape[0]), 255, thick, cv2.LINE_AA)
        if rng.random() < 0.6:
            cv2.line(mask, (middle, 0), (min(middle * 2, mask.shape[1] - 1), 0), 255, thick + 1, cv2.LINE_AA)
        self._paint(mask.astype(np.float32) * np.float32(1 / 255), self._value(rng.uniform(-3, 3), rng.uniform(30, 130)), range_m, spot)
        self._wind.still(mask > 128, spot)

    def _blurred(self, rng: np.random.Generator, across_px: float, up_px: float) -> Floats:
        """Noise of unit variance, blurred."""
        noise = cv2.GaussianBlur(rng.standard_normal((self.rows, self.columns)).astype(np.float32), (0, 0), across_px, sigmaY=up_px)
        return np.asarray(noise / np.float32(noise.std()), np.float32)

    def _grain(self, rng: np.random.Generator, h: int, w: int) -> Floats:
        rough = cv2.GaussianBlur(rng.standard_normal((h, w)).astype(np.float32), (0, 0), 1.2)
        return np.asarray(rough * np.float32(1.0 if self._thermal else 18.0), np.float32)

    def _tree(self, rng: np.random.Generator, right_deg: float) -> None:
        range_m = float(np.exp(rng.uniform(np.log(40), np.log(300))))
        high = float(np.degrees(rng.uniform(6, 16) / range_m))
        spot = self._spot(right_deg, 1.7 * high, high, -0.8)
        if spot is None:
            return
        h, w = _size(spot)
        warm, grey, leafy = rng.uniform(-0.5, 4.0), rng.uniform(18, 45), rng.random() < self._ground.leafy
        cover = bare(rng, h, w)
        leaves = crown(rng, h, w) if leafy else np.zeros((h, w), np.float32)
        grain = self._grain(rng, h, w)
        self._paint(
            np.asarray(np.maximum(cover, leaves), np.float32), np.asarray(self._value(warm, grey) + grain, np.float32), range_m, spot
        )
        lift = np.repeat(np.linspace(1, 0, h, dtype=np.float32)[:, None] ** 1.5, w, 1)
        self._wind.add(lift, leaves > 0.05, range_m, spot)


def _size(spot: Spot) -> tuple[int, int]:
    return spot[0].stop - spot[0].start, spot[1].stop - spot[1].start
