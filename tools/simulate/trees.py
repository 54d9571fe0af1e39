"""Trees: how one looks, with leaves or without, and what the wind does to all of them."""

from __future__ import annotations

from math import cos, pi, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.simulate.fractal import Floats, fractal

LIMB_STEP = 4
"""Swaying is known for every fourth texel each way."""
STEADY_WIND_MPS, SWAY_M = 5.0, 0.12
"""The wind at which a tree's top sways by so much (1 sigma); the force grows with its square."""
STRONGEST = 4.0
FLUTTER = 0.12
"""How much more or less sky a leafy texel lets through as its leaves turn, at that wind."""


class Wind:
    """What moves in a panorama of `rows` x `columns` texels, and how."""

    def __init__(self, rows: int, columns: int, pixel_deg: float) -> None:
        self._shape, self._pixel_deg = (rows, columns), pixel_deg
        self._limb = np.zeros((-(-rows // LIMB_STEP), -(-columns // LIMB_STEP)), np.float32)
        self._leaves = np.zeros((rows, columns), bool)

    def add(self, lift: Floats, leaves: NDArray[np.bool_], range_m: float, spot: tuple[slice, slice]) -> None:
        """A tree: `lift` is 0 at its foot and 1 at its top."""
        self._leaves[spot] |= leaves
        texels = np.zeros(self._shape, np.float32)
        texels[spot] = lift * np.float32(np.degrees(SWAY_M / range_m) / self._pixel_deg)
        spread = cv2.dilate(texels, np.ones((3, 7), np.uint8))
        small = cv2.resize(spread, (self._limb.shape[1], self._limb.shape[0]), interpolation=cv2.INTER_AREA)
        np.maximum(self._limb, cv2.GaussianBlur(small, (0, 0), 1.5), out=self._limb)

    def still(self, hidden: NDArray[np.bool_], spot: tuple[slice, slice]) -> None:
        """Something stands before the trees that does not move."""
        self._leaves[spot] &= ~hidden
        rows, columns = (slice(part.start // LIMB_STEP, -(-part.stop // LIMB_STEP)) for part in spot)
        self._limb[rows, columns] = 0

    def start(self, rng: np.random.Generator, shown: Floats, wind_mps: float, *, glint: bool) -> None:
        """Let it blow over what is `shown`; leaves that `glint` are lighter when they let less through."""
        strength = min((wind_mps / STEADY_WIND_MPS) ** 2, STRONGEST)
        self._limb *= np.float32(strength)
        at = np.flatnonzero(self._leaves)
        self._at = at[rng.random(len(at)) < 0.5] if strength > 0.01 else at[:0]
        flat = shown.reshape(-1, 2)[self._at]
        self._cover, self._value = flat[:, 1].copy(), flat[:, 0] / np.maximum(flat[:, 1], 1e-6)
        self._rate = (2 * pi * rng.uniform(0.5, 5.0, len(self._at))).astype(np.float32)
        self._phase = rng.uniform(0, 2 * pi, len(self._at)).astype(np.float32)
        self._flutter, self._glint = np.float32(FLUTTER * min(strength, 2.0)), np.float32(glint)
        self._gusts = [(2 * pi * rng.uniform(0.15, 1.2), rng.uniform(0, 2 * pi), rng.uniform(-1.5, 1.5)) for _ in range(4)]
        self._across_deg = np.arange(self._limb.shape[1]) * LIMB_STEP * self._pixel_deg

    def blow(self, shown: Floats, t_s: float) -> Floats:
        """Turn the leaves in what is `shown`; how far all sways to the right, in texels, one value for `LIMB_STEP` of them each way."""
        flicker = 1 + self._flutter * np.cos(self._rate * np.float32(t_s) + self._phase)
        cover, flat = np.minimum(self._cover * flicker, 1.0), shown.reshape(-1, 2)
        flat[self._at, 1] = cover
        flat[self._at, 0] = cover * self._value * (1 + self._glint * (flicker - 1))
        sway = np.mean([np.sin(rate * t_s + phase + per_deg * self._across_deg) for rate, phase, per_deg in self._gusts], 0) * 2
        return np.asarray(self._limb * sway.astype(np.float32), np.float32)


def crown(rng: np.random.Generator, h: int, w: int) -> Floats:
    """How much the leaves of a tree in a window (h, w) hide: clumps, ragged and with holes between."""
    clumps = np.zeros((h, w), np.float32)
    wide = min(w, 0.8 * h)
    for _ in range(30):
        turn, out = rng.uniform(0, 2 * pi), rng.uniform(0, 1) ** 0.6
        centre = (int(w / 2 + 0.36 * wide * out * cos(turn)), int(0.4 * h + 0.28 * h * out * sin(turn)))
        cv2.circle(clumps, centre, max(1, round(0.1 * h * rng.uniform(0.5, 1.2))), 1.0, -1)
    soft = cv2.GaussianBlur(clumps, (0, 0), max(0.03 * h, 0.6))
    return np.asarray(np.clip((soft - 0.42 + 0.16 * fractal(rng, h, w, 0.9)) * 3.5, 0, 1) ** 0.7, np.float32)


def bare(rng: np.random.Generator, h: int, w: int) -> Floats:
    """How much the trunk and the branches of a tree in a window (h, w) hide."""
    mask: NDArray[np.uint8] = np.zeros((h, w), np.uint8)
    growing = [((w / 2, float(h)), -pi / 2 + rng.normal(0, 0.06), 0.24 * h, 8 if h > 50 else 6)]
    while growing:
        foot, turn, long, left = growing.pop()
        thick = 0.12 * long
        for _ in range(2):
            turn += rng.normal(0, 0.1)
            end = (foot[0] + long / 2 * cos(turn), foot[1] + long / 2 * sin(turn))
            ends = [(round(x * 16), round(y * 16)) for x, y in (foot, end)]
            cv2.line(mask, ends[0], ends[1], int(255 * min(1.0, max(0.35, thick))), max(1, round(thick)), cv2.LINE_AA, 4)
            foot = end
        for aside in ((-1, 1) if rng.random() < 0.7 else (-1, 0, 1)) if left else ():
            spread = aside * radians(22) + rng.normal(0, radians(10)) - 0.12 * (turn + pi / 2)
            growing.append((foot, turn + spread, long * rng.uniform(0.66, 0.88), left - 1))
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32) * np.float32(1 / 255), (0, 0), 0.5), np.float32)
