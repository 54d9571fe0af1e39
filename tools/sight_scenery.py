"""Tracks that the watch makes of wholly simulated scenes: places and bodies that no recording shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tools.bench.camera_clips import Clip, Grey, Label
from tools.sight_tracks import Told, told
from tools.simulate.flyers import Kind
from tools.simulate.outdoors import Band
from tools.simulate.variety import clip
from tools.watched import watched

KINDS: tuple[Kind, ...] = ("drone", "drone", "bird", "aeroplane", "helicopter", "balloon", "insect")
BODIES, FRAMES, RATE_HZ = 3, 45, 30.0
SLOWER = 3
"""Every other scene is seen by a camera so many times slower."""
LEAST_SEEN = 0.3


def scenery(band: Band, scenes: int, folds: Sequence[int], seed: int) -> list[Told]:
    """All tracks of so many random scenes of BODIES bodies each, spread over the folds."""
    rng = np.random.default_rng(seed)
    out: list[Told] = []
    for number in range(scenes):
        step = SLOWER if number % 2 else 1
        kinds = [KINDS[int(k)] for k in rng.integers(len(KINDS), size=BODIES)]
        pictures, labels = _shown(band, kinds, int(rng.integers(2**31)), step)
        here = Clip(Path(f"scenery {number}"), labels)
        fold = folds[number % len(folds)]
        out += [Told(one.clip, fold, one.label, one.seen, recorded=False, sure=one.sure) for one in _told(here, fold, pictures, step)]
    return out


def _told(here: Clip, fold: int, pictures: Sequence[Grey], step: int) -> Iterator[Told]:
    return told(here, fold, watched(pictures, RATE_HZ / step))


def _shown(band: Band, kinds: Sequence[Kind], seed: int, step: int) -> tuple[list[Grey], dict[int, list[Label]]]:
    pictures: list[Grey] = []
    labels: dict[int, list[Label]] = {}
    for k, (picture, truth) in enumerate(clip(seed, band, kinds, frames=FRAMES * step)):
        if k % step:
            continue
        labels[len(pictures)] = [Label(one.kind, one.box) for one in truth.sighted if one.seen >= LEAST_SEEN]
        pictures.append(picture)
    return pictures, labels
