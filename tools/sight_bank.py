"""Patches to teach networks how things look: real ones in other light, polarity, noise and places, before other backgrounds."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import PATCH_PX

Floats = NDArray[np.float32]
Random = np.random.Generator

ROWS, COLUMNS = np.mgrid[:PATCH_PX, :PATCH_PX].astype(np.float32) - (PATCH_PX - 1) / 2
WINDOW = (1 / (1 + np.exp((np.hypot(ROWS, COLUMNS) - 12) / 1.0))).astype(np.float32)


def varied(patch: Floats, rng: Random, turning_polarity: float) -> Floats:
    """The same thing as it might have looked: mirrored, shifted, larger, turned, blurred, noisier, clipped, in blocks."""
    angle, scale = rng.normal(0, 8), float(np.exp(rng.normal(0, 0.18)))
    turn = cv2.getRotationMatrix2D(((PATCH_PX - 1) / 2, (PATCH_PX - 1) / 2), angle, scale)
    turn[:, 2] += rng.normal(0, 1.5, 2)
    if rng.uniform() < 0.5:
        turn[0] = -turn[0]
        turn[0, 2] += PATCH_PX - 1
    out = cv2.warpAffine(patch, turn, (PATCH_PX, PATCH_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    level = float(np.median(out))
    peak = max(float(np.abs(out - level).max()), 1e-3)
    if rng.uniform() < turning_polarity:
        out = 2 * level - out
    if rng.uniform() < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.5, 1.5))
    if rng.uniform() < 0.25:
        out = np.clip(out, level - peak * rng.uniform(0.5, 1), level + peak * rng.uniform(0.5, 1))
    if rng.uniform() < 0.2:
        out = _blocks(out, int(rng.choice((2, 4, 8))), rng.uniform(0.2, 0.7))
    if rng.uniform() < 0.4:
        grain = rng.standard_normal(out.shape).astype(np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2 if rng.uniform() < 0.5 else grain
        out = out + grain * np.float32(peak * np.exp(rng.uniform(np.log(0.02), np.log(0.25))))
    return np.asarray(out, np.float32)


def before(patch: Floats, background: Floats, rng: Random) -> Floats:
    """The thing in the middle of a patch before another background, as clear against it as chance will have it."""
    edge = np.concatenate((patch[0], patch[-1], patch[:, 0], patch[:, -1]))
    thing = (patch - np.median(edge)) * WINDOW
    peak = max(float(np.abs(thing).max()), 1e-3)
    spread = max(float(np.std(background)), 1e-3)
    gain = spread * float(np.exp(rng.uniform(np.log(2.5), np.log(40)))) / peak
    return np.asarray(background + gain * thing, np.float32)


def _blocks(patch: Floats, side: int, share: float) -> Floats:
    """As a codec that keeps little but the mean of each block."""
    small = cv2.resize(patch, (PATCH_PX // side, PATCH_PX // side), interpolation=cv2.INTER_AREA)
    means = cv2.resize(small, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(patch + share * (means - patch), np.float32)
