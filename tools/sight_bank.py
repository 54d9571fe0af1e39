"""Patches to teach networks how things look: real ones in other light, polarity, noise and places, before other backgrounds."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.observation import PATCH_PX
from edge_node.camera.sight.knowledge import LABELS
from tools.sight_tracks import Told

Floats = NDArray[np.float32]
Random = np.random.Generator

PIECES = 60  # of each picture
TURNING = {"thermal": 0.08, "visible": 0.1}  # share of patches whose polarity is turned
ROWS, COLUMNS = np.mgrid[:PATCH_PX, :PATCH_PX].astype(np.float32) - (PATCH_PX - 1) / 2
WINDOW = (1 / (1 + np.exp((np.hypot(ROWS, COLUMNS) - 12) / 1.0))).astype(np.float32)


def varied(patch: Floats, rng: Random, turning_polarity: float) -> Floats:
    """The same thing as it might have looked: mirrored, shifted, larger, turned, blurred, sharpened, noisier, clipped, in blocks."""
    angle, scale = rng.normal(0, 8), float(np.exp(rng.normal(0, 0.18)))
    turn: NDArray[np.float64] = np.asarray(cv2.getRotationMatrix2D(((PATCH_PX - 1) / 2, (PATCH_PX - 1) / 2), angle, scale), np.float64)
    turn[:, 2] += rng.normal(0, 1.5, 2)
    if rng.uniform() < 0.5:
        turn[0] = -turn[0]
        turn[0, 2] += PATCH_PX - 1
    out = _f(cv2.warpAffine(patch, turn, (PATCH_PX, PATCH_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    level = float(np.median(out))
    peak = max(float(np.abs(out - level).max()), 1e-3)
    if rng.uniform() < turning_polarity:
        out = 2 * level - out
    if rng.uniform() < 0.3:
        out = _f(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.5, 1.5)))
    if rng.uniform() < 0.4:
        out = out + (out - _f(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.8, 1.6)))) * np.float32(rng.uniform(0.2, 1.5))
    if rng.uniform() < 0.25:
        out = np.clip(out, level - peak * rng.uniform(0.5, 1), level + peak * rng.uniform(0.5, 1))
    if rng.uniform() < 0.2:
        out = _blocks(out, int(rng.choice((2, 4, 8))), rng.uniform(0.2, 0.7))
    if rng.uniform() < 0.4:
        grain = rng.standard_normal(out.shape, np.float32)
        grain = _f(cv2.GaussianBlur(grain, (0, 0), 0.8)) * 2 if rng.uniform() < 0.5 else grain
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


def _f(picture: object) -> Floats:
    return np.asarray(picture, np.float32)


def _blocks(patch: Floats, side: int, share: float) -> Floats:
    """As a codec that keeps little but the mean of each block."""
    small = cv2.resize(patch, (PATCH_PX // side, PATCH_PX // side), interpolation=cv2.INTER_AREA)
    means = cv2.resize(small, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(patch + share * (means - patch), np.float32)


class Bank(Struct, frozen=True):
    """Patches (n, 32, 32) less their level and over their peak, labels (n,), the track (n,) of each, its fold and that of what it was put
    before.
    """

    patches: NDArray[np.float16]
    labels: NDArray[np.intp]
    tracks: NDArray[np.intp]
    folds: NDArray[np.intp]
    before: NDArray[np.intp]


def bank(band: str, known: Sequence[Told], behind: dict[int, list[Floats]], seed: int) -> Bank:
    """Patches of all tracks that are surely told, varied; of things every other before another background."""
    rng = np.random.default_rng(seed)
    pieces = [(number, _piece(picture, rng)) for number, pictures in behind.items() for picture in pictures for _ in range(PIECES)]
    turning = TURNING[band]
    patches, rows = [], []
    for k, one in enumerate(known):
        if not one.sure:
            continue
        thing = one.label != "clutter"
        some, times = ((20, 4) if thing else (4, 2)) if one.recorded else (8, 2)
        for at in np.unique(np.linspace(0, len(one.seen) - 1, some).astype(int)):
            for time in range(times):
                patch, number = one.seen[at].patch, one.fold
                if thing and time % 2 and pieces:
                    number, piece = pieces[int(rng.integers(len(pieces)))]
                    patch = before(patch, piece, rng)
                patches.append(_free_of_units(varied(patch, rng, turning)))
                rows.append((LABELS.index(one.label), k, one.fold, number))
    labels, tracks, folds, numbers = np.array(rows).T
    return Bank(np.array(patches), labels, tracks, folds, numbers)


def _free_of_units(patch: Floats) -> NDArray[np.float16]:
    level = patch - np.median(patch)
    return (level / max(float(np.abs(level).max()), 1e-6)).astype(np.float16)


def _piece(picture: Floats, rng: Random) -> Floats:
    """A square of some size of the upper two thirds of a picture, as a patch."""
    side = int(rng.choice((16, 24, 32, 48)))
    x, y = int(rng.integers(picture.shape[1] - side)), int(rng.integers(max(picture.shape[0] * 2 // 3 - side, 1)))
    return np.asarray(cv2.resize(picture[y : y + side, x : x + side], (PATCH_PX, PATCH_PX)), np.float32)
