"""Simulated flights of what is a dot, as the watch follows them: lessons in motion alone, at sizes that few recordings show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from tools.bench.camera_clips import Clip, Grey, Label
from tools.sight_tracks import Told, told
from tools.simulate.afar import PATHS
from tools.simulate.flyers import Kind
from tools.simulate.outdoors import Band
from tools.simulate.variety import clip
from tools.watched import watched

KINDS: tuple[Kind, ...] = ("drone", "drone", "drone", "bird", "bird", "aeroplane", "helicopter", "balloon")
BODIES, PICTURES, RATE_HZ = 4, 50, 30.0
SLOWER = (1, 2, 3)
"""Pictures of the simulation for each that the camera takes: 30, 15 and 10 a second."""
SIDE_PX = (1.8, 9.0)
PICTURE_PX = (320, 256)
LEAST_SEEN = 0.5


def flights(band: Band, scenes: int, folds: Sequence[int], seed: int) -> list[Told]:
    """All tracks of bodies in so many random scenes, spread over the folds."""
    rng, out = np.random.default_rng(seed), []
    for number in range(scenes):
        kinds = [KINDS[int(k)] for k in rng.integers(len(KINDS), size=BODIES)]
        side_px, step = float(np.exp(rng.uniform(*np.log(SIDE_PX)))), SLOWER[number % len(SLOWER)]
        pictures, labels = _shown(band, kinds, int(rng.integers(2**31)), side_px, step)
        tracks = told(Clip(Path(f"afar {band} {number}"), labels), folds[number % len(folds)], watched(pictures, RATE_HZ / step))
        out += [replace(one, recorded=False) for one in tracks if one.label != "clutter" and one.sure]
    return out


def _shown(band: Band, kinds: Sequence[Kind], seed: int, side_px: float, step: int) -> tuple[list[Grey], dict[int, list[Label]]]:
    shown = list(clip(seed, band, kinds, frames=PICTURES * step, every=step, size_px=side_px, paths=PATHS, picture_px=PICTURE_PX))
    labels = {k: [Label(one.kind, one.box) for one in truth.sighted if one.seen >= LEAST_SEEN] for k, (_, truth) in enumerate(shown)}
    return [picture for picture, _ in shown], labels
