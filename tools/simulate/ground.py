"""What stands on the horizon, painted once as a panorama: fields and hills, the edge of a wood, trees, houses, masts."""

from __future__ import annotations

from math import cos, pi, radians, sin

import cv2
import numpy as np

from tools.simulate.fractal import Floats, fractal, profile
from tools.simulate.outdoors import Band, Ground

TOP_DEG = 28.0
FAR_M, WOOD_M = 3000.0, 350.0
LIMB_STEP = 4
STEADY_WIND_MPS = 5.0
"""The wind at which a tree of 10 m sways by `SWAY_M`."""
SWAY_M = 0.12


class Panorama:
    """A window of the panorama: `shown` (rows, columns, 2) is value times cover and cover, `depth_m` how far it is."""

    def __init__(
        self, ground: Ground, air_k: float, band: Band, seed: int, pixel_deg: float, window: tuple[float, float, float], wind_mps: float
    ) -> None:
        """`window` is the azimuths left and right (to be had from -180 to 180) and the lowest elevation."""
        self._ground, self._air_k, self._thermal = ground, air_k, band == "thermal"
        self.left_deg, right_deg, self.low_deg = window
        self.pixel_deg = pixel_deg
        self.columns = max(8, round((right_deg - self.left_deg) / pixel_deg))
        self.rows = max(8, round((TOP_DEG - self.low_deg) / pixel_deg))
        self._rng = np.random.default_rng([seed, 2])
        self.shown = np.zeros((self.rows, self.columns, 2), np.float32)
        self.depth_m = np.full((self.rows, self.columns), np.inf, np.float32)
        self._limb = np.zeros((-(-self.rows // LIMB_STEP), -(-self.columns // LIMB_STEP)), np.float32)
        self._leaves = np.zeros((self.rows, self.columns), bool)
        self._elevation = (TOP_DEG - (np.arange(self.rows, dtype=np.float32) + 0.5) * pixel_deg)[:, None]
        self._azimuth = self.left_deg + (np.arange(self.columns, dtype=np.float32) + 0.5) * pixel_deg
        self._fields()
        self._wood()
        for _ in range(self._share(ground.houses)):
            self._house()
        for _ in range(self._share(ground.poles)):
            self._pole()
        for _ in range(self._share(ground.trees)):
            self._tree()
        self.first_row = int(np.argmax((self.shown[..., 1] > 0).any(1)))
        self._prepare_wind(wind_mps)

    def places(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        """Columns and rows (..., 2) of the panorama where directions lie."""
        column = (azimuth_deg - np.float32(self.left_deg)) / np.float32(self.pixel_deg) - np.float32(0.5)
        return np.stack([column, (np.float32(TOP_DEG) - elevation_deg) / np.float32(self.pixel_deg) - np.float32(0.5)], -1)

    def blow(self, t_s: float) -> Floats:
        """Let the leaves flicker; how far (rows/4, columns/4) all sways to the right, in texels."""
        if len(self._leaf_at):
            flicker = 1 + self._flutter * np.cos(self._leaf_rate * np.float32(t_s) + self._leaf_phase)
            cover = np.minimum(self._leaf_cover * flicker, 1.0)
            flat = self.shown.reshape(-1, 2)
            flat[self._leaf_at, 1] = cover
            flat[self._leaf_at, 0] = cover * self._leaf_value * (1 + self._leaf_glint * (flicker - 1))
        sway = sum(np.sin(rate * t_s + phase + across * self._sway_at) for rate, phase, across in self._gusts) / len(self._gusts) ** 0.5
        return np.asarray(self._limb * sway.astype(np.float32), np.float32)

    def _prepare_wind(self, wind_mps: float) -> None:
        rng, strength = self._rng, min((wind_mps / STEADY_WIND_MPS) ** 2, 4.0)
        self._limb *= np.float32(strength)
        at = np.flatnonzero(self._leaves)
        self._leaf_at = at[rng.random(len(at)) < 0.5] if strength > 0.01 else at[:0]
        flat = self.shown.reshape(-1, 2)[self._leaf_at]
        self._leaf_cover = flat[:, 1].copy()
        self._leaf_value = flat[:, 0] / np.maximum(flat[:, 1], 1e-6)
        self._leaf_rate = (2 * pi * rng.uniform(0.5, 5.0, len(self._leaf_at))).astype(np.float32)
        self._leaf_phase = rng.uniform(0, 2 * pi, len(self._leaf_at)).astype(np.float32)
        self._flutter = np.float32(0.12 * min(strength, 2.0))
        self._leaf_glint = np.float32(0.0 if self._thermal else 1.0)
        self._gusts = [(2 * pi * rng.uniform(0.15, 1.2), rng.uniform(0, 2 * pi), rng.uniform(-1.5, 1.5)) for _ in range(4)]
        self._sway_at = self.left_deg + np.arange(self._limb.shape[1]) * LIMB_STEP * self.pixel_deg

    def _share(self, whole_circle: int) -> int:
        return int(self._rng.binomial(whole_circle, min(1.0, self.columns * self.pixel_deg / 360)))

    def _value(self, warmth_k: float, grey: float) -> float:
        return self._air_k + warmth_k if self._thermal else grey

    def _paint(self, mask: Floats, value: Floats | float, depth_m: float, rows: slice, columns: slice) -> None:
        """Lay something over a part of the panorama."""
        under = self.shown[rows, columns]
        under *= 1 - mask[..., None]
        under[..., 0] += mask * value
        under[..., 1] += mask
        depth = self.depth_m[rows, columns]
        depth[mask > 0.4] = depth_m

    def _fields(self) -> None:
        rng, wide = self._rng, (slice(None), slice(None))
        line = self._ground.hills_deg * (0.4 * profile(rng, 4096, 1.6)[self._profile_at(4096)] + 0.3)
        below = np.clip((line[None, :] - self._elevation) / self.pixel_deg + 0.5, 0, 1).astype(np.float32)
        rough = fractal(rng, self.rows, self.columns, 0.9, 5.0)
        nearer = np.clip(-self._elevation / 10, 0, 1)
        warm, light = rng.uniform(-2, 2), rng.uniform(50, 85)
        scale = (1.2 if self._thermal else 7.0) * (0.4 + nearer)
        value = self._value(warm, light) + (rng.uniform(-4, 2) if self._thermal else 10) * nearer + scale * rough
        self._paint(below, value.astype(np.float32), FAR_M, *wide)

    def _profile_at(self, points: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.floor((self._azimuth % 360) / 360 * points).astype(np.intp) % points

    def _wood(self) -> None:
        rng, ground = self._rng, self._ground
        if ground.wood_deg <= 0:
            return
        present = profile(rng, 4096, 1.3)[self._profile_at(4096)]
        limit = (
            np.quantile(profile(rng, 4096, 1.3), 1 - ground.wood_share)
            if 0 < ground.wood_share < 1
            else (9.0 if ground.wood_share == 0 else -9.0)
        )
        crowns = cv2.GaussianBlur(rng.standard_normal((1, self.columns)).astype(np.float32), (0, 0), max(0.25 / self.pixel_deg, 0.6))[0]
        height = ground.wood_deg * (
            0.8 + 0.14 * profile(rng, 4096, 1.0)[self._profile_at(4096)] + 0.16 * crowns / max(float(crowns.std()), 1e-6)
        )
        height *= np.clip((present - limit) * 4, 0, 1)
        ragged = cv2.GaussianBlur(rng.standard_normal((self.rows, self.columns)).astype(np.float32), (0, 0), 0.8) * 2
        edge = (height[None, :] - self._elevation) / (0.12 * ground.wood_deg) + ragged * (0.4 + 0.6 * ground.leafy)
        foot = 0.25 * profile(rng, 4096, 1.6)[self._profile_at(4096)] - 0.4
        mask = np.clip(edge, 0, 1) * np.clip((self._elevation - foot) / self.pixel_deg, 0, 1) * (height > 0.1)
        grain = fractal(rng, self.rows, self.columns, 0.6)
        value = self._value(rng.uniform(-0.5, 2.5), rng.uniform(22, 45)) + (0.8 if self._thermal else 9.0) * grain
        whole = (slice(None), slice(None))
        self._paint(mask.astype(np.float32), value.astype(np.float32), WOOD_M, *whole)
        self._leaves |= (mask > 0.05) & (edge < 3.0)
        lift = np.clip(self._elevation / ground.wood_deg, 0, 1.2) * (mask > 0)
        self._move(np.asarray(lift, np.float32), WOOD_M, slice(None), slice(None))

    def _move(self, lift: Floats, range_m: float, rows: slice, columns: slice) -> None:
        """What may sway: `lift` is 0 at a tree's foot and 1 at its top."""
        texels = np.zeros((self.rows, self.columns), np.float32)
        texels[rows, columns] = lift * np.float32(np.degrees(SWAY_M / range_m) / self.pixel_deg)
        spread = cv2.dilate(texels, np.ones((3, 7), np.uint8))
        small = cv2.resize(spread, (self._limb.shape[1], self._limb.shape[0]), interpolation=cv2.INTER_AREA)
        np.maximum(self._limb, cv2.GaussianBlur(small, (0, 0), 1.5), out=self._limb)

    def _spot(self, wide_deg: float, high_deg: float, foot_deg: float) -> tuple[slice, slice] | None:
        """A window of the panorama for something that stands somewhere."""
        column = int(self._rng.integers(0, self.columns))
        half = max(2, round(wide_deg / 2 / self.pixel_deg))
        columns = slice(max(0, column - half), min(self.columns, column + half))
        rows = slice(
            max(0, round((TOP_DEG - foot_deg - high_deg) / self.pixel_deg)), min(self.rows, round((TOP_DEG - foot_deg) / self.pixel_deg))
        )
        return (rows, columns) if rows.stop - rows.start > 1 and columns.stop - columns.start > 1 else None

    def _house(self) -> None:
        rng = self._rng
        range_m = rng.uniform(60, 400)
        high, wide = np.degrees(rng.uniform(4, 12) / range_m), np.degrees(rng.uniform(8, 35) / range_m)
        spot = self._spot(wide, high, -0.5)
        if spot is None:
            return
        rows, columns = spot
        h, w = rows.stop - rows.start, columns.stop - columns.start
        wall = np.full((h, w), self._value(rng.uniform(-2, 6), rng.uniform(50, 170)), np.float32)
        roof = round(h * rng.uniform(0.08, 0.35))
        wall[:roof] = self._value(rng.uniform(-12, 8), rng.uniform(35, 120))
        pitch_h, pitch_w = (
            max(3, round(np.degrees(3 / range_m) / self.pixel_deg)),
            max(3, round(np.degrees(2.5 / range_m) / self.pixel_deg)),
        )
        pane = self._value(rng.uniform(-6, 4), rng.uniform(20, 60))
        for top in range(roof + pitch_h // 3, h - pitch_h // 2, pitch_h):
            for left in range(pitch_w // 3, w - pitch_w // 2, pitch_w):
                wall[top : top + pitch_h // 2, left : left + pitch_w // 2] = pane
        wall += rng.standard_normal((h, w)).astype(np.float32) * np.float32(0.15 if self._thermal else 2.0)
        self._paint(np.ones((h, w), np.float32), wall, range_m, rows, columns)

    def _pole(self) -> None:
        rng = self._rng
        range_m = rng.uniform(25, 200)
        spot = self._spot(np.degrees(3 / range_m), np.degrees(rng.uniform(6, 14) / range_m), -1.0)
        if spot is None:
            return
        rows, columns = spot
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        middle = mask.shape[1] // 2
        thick = max(1, round(np.degrees(0.15 / range_m) / self.pixel_deg))
        cv2.line(mask, (middle, 0), (middle, mask.shape[0]), 255, thick, cv2.LINE_AA)
        if rng.random() < 0.6:
            cv2.line(mask, (middle, 0), (min(middle * 2, mask.shape[1] - 1), 0), 255, thick + 1, cv2.LINE_AA)
        self._paint(mask.astype(np.float32) / 255, self._value(rng.uniform(-3, 3), rng.uniform(30, 130)), range_m, rows, columns)

    def _tree(self) -> None:
        rng = self._rng
        range_m = float(np.exp(rng.uniform(np.log(40), np.log(300))))
        high = float(np.degrees(rng.uniform(6, 16) / range_m))
        spot = self._spot(1.7 * high, high, -0.8)
        if spot is None:
            return
        rows, columns = spot
        h, w = rows.stop - rows.start, columns.stop - columns.start
        mask = np.zeros((h, w), np.uint8)
        self._branch(mask, (w / 2, float(h)), -pi / 2 + rng.normal(0, 0.06), 0.24 * h, 0.028 * h, 8 if h > 50 else 6)
        cover = cv2.GaussianBlur(mask.astype(np.float32) * np.float32(1 / 255), (0, 0), 0.5)
        leafy = rng.random() < self._ground.leafy
        if leafy:
            crown = self._crown(h, w)
            self._leaves[rows, columns] |= crown > 0.05
            cover = np.maximum(cover, crown)
        grain = cv2.GaussianBlur(rng.standard_normal((h, w)).astype(np.float32), (0, 0), 1.2) * np.float32(1.0 if self._thermal else 18.0)
        value = self._value(rng.uniform(-0.5, 4.0), rng.uniform(18, 45)) + grain
        self._paint(cover, np.asarray(value, np.float32), range_m, rows, columns)
        lift = np.repeat(np.linspace(1, 0, h, dtype=np.float32)[:, None] ** 1.5, w, 1)
        self._move(lift, range_m, rows, columns)

    def _crown(self, h: int, w: int) -> Floats:
        """Leaves in clumps, ragged and with holes between, where a tree has its crown."""
        rng = self._rng
        clumps = np.zeros((h, w), np.float32)
        wide = min(w, 0.8 * h)
        for _ in range(30):
            turn, out = rng.uniform(0, 2 * pi), rng.uniform(0, 1) ** 0.6
            centre = (int(w / 2 + 0.36 * wide * out * cos(turn)), int(0.4 * h + 0.28 * h * out * sin(turn)))
            cv2.circle(clumps, centre, max(1, round(0.1 * h * rng.uniform(0.5, 1.2))), 1.0, -1)
        soft = cv2.GaussianBlur(clumps, (0, 0), max(0.03 * h, 0.6))
        return np.asarray(np.clip((soft - 0.42 + 0.16 * fractal(rng, h, w, 0.9)) * 3.5, 0, 1) ** 0.7, np.float32)

    def _branch(
        self,
        mask: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
        foot: tuple[float, float],
        turn: float,
        long: float,
        thick: float,
        left: int,
    ) -> None:
        """A branch and those that grow from it, in two pieces so that it bends."""
        rng = self._rng
        for part in (0.5, 0.5):
            turn += rng.normal(0, 0.1)
            end = (foot[0] + part * long * cos(turn), foot[1] + part * long * sin(turn))
            ends = [(round(x * 16), round(y * 16)) for x, y in (foot, end)]
            cv2.line(mask, ends[0], ends[1], int(255 * min(1.0, max(0.35, thick))), max(1, round(thick)), cv2.LINE_AA, 4)
            foot = end
        if left == 0:
            return
        for aside in (-1, 1) if rng.random() < 0.7 else (-1, 0, 1):
            spread = aside * radians(22) + rng.normal(0, radians(10))
            lifted = 0.12 * (-pi / 2 - turn)
            self._branch(mask, foot, turn + spread + lifted, long * rng.uniform(0.66, 0.88), thick * 0.66, left - 1)
