"""What a judge learns of dots: recordings from near and from afar and simulated flights, so that no size speaks for any kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from edge_node.camera.sight import dots as sight
from edge_node.camera.sight.dots import LARGEST, SHAPE_PX, SIZE, USED, Dots
from edge_node.camera.sight.knowledge import LABELS, Band
from edge_node.camera.sight.look import Networks
from tools.bench.camera_clips import Clip, clips
from tools.sight_afar import flights
from tools.sight_far import far
from tools.sight_learn import Summaries, summaries
from tools.sight_scenes import fold
from tools.sight_tracks import Told, told
from tools.watched import watched

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

KINDS = LABELS[: sight.KINDS]
SHARES = {"drone": 0.5, "bird": 0.25, "aeroplane": 0.12, "helicopter": 0.08, "balloon": 0.05}
"""Of what flies, as fusion takes it before anything is said: half are drones."""
PRIOR = np.log(np.array([SHARES[name] for name in KINDS], np.float32))
RECORDED = 0.7
"""Of each kind, where there are both: recordings have true bodies and trackers' errors, simulation speeds at which nobody films."""
FROM_AFAR = ((1.0, 1), (3.0, 1), (2.0, 3))
"""How many times smaller recordings are seen, and in every how manieth picture."""
SCENES = 80
SIZES_PX = (3.0, 5.0, 7.5)
"""Between sizes at which every kind counts alike: how small something is says how far off it is, and not what."""
HELD_BACK = 0.03
"""How far weights are held back: the inverse of the regression's penalty."""
LEFT = np.linspace(0.1, 1.0, 19)
"""What may be left of the evidence: as much as what was held out bears out."""


def lessons(band: Band, networks: dict[int, Networks], seed: int) -> Summaries:
    """What is small in a band's clips, as they are and from afar, and in simulated flights, looked at by networks that do not know it."""
    known = [one for smaller, slower in FROM_AFAR for clip in clips(band) for one in recorded(band, clip, smaller, slower)]
    known += flights(band, SCENES, sorted(networks), seed)
    return small(summaries(known, networks))


def recorded(band: Band, clip: Clip, smaller: float, slower: int) -> Iterator[Told]:
    """Tracks of things in a clip that is seen from afar."""
    seen = clip if smaller == slower == 1 else far(clip, smaller, slower)
    every = told(seen, fold(band, clip.path.stem), watched(seen.pictures(), seen.rate_hz))
    return (one for one in every if one.label in KINDS and one.sure)


def small(known: Summaries) -> Summaries:
    """Those of KINDS that are smaller than SHAPE_PX."""
    return known.of((np.exp(known.vectors[:, SIZE]) < SHAPE_PX) & (known.labels < len(KINDS)))


def even(known: Summaries) -> Floats:
    """Weights (n,), mean 1: each size as often as it comes, in it each kind its share, of that each clip the same and in it each track."""
    out, bins = np.zeros(len(known.labels)), np.digitize(known.vectors[:, SIZE], np.log(SIZES_PX))
    for size in np.unique(bins):
        for kind, name in enumerate(KINDS):
            mine = (bins == size) & (known.labels == kind)
            both = len(np.unique(known.recorded[mine])) > 1
            for real in np.unique(known.recorded[mine]):
                some, part = mine & (known.recorded == real), (RECORDED if real else 1 - RECORDED) if both else 1.0
                out[some] = SHARES[name] * part * float((bins == size).mean()) * _by_clip(known, some)
    return np.asarray(out / out.mean(), np.float32)


def fitted(known: Summaries) -> dict[str, np.ndarray]:
    """The arrays of Dots, by `dot_` and their name; raises ValueError unless there are all kinds."""
    learnt, odds, weights = _learnt(known), held_out(known) - PRIOR, even(known)
    left = min(LEFT, key=lambda by: _loss(by * odds + PRIOR, known, weights))
    dots = Dots(learnt.offset, learnt.scale, left * learnt.linear, left * learnt.bias + (1 - left) * PRIOR)
    return {f"dot_{name}": np.asarray(getattr(dots, name), np.float32) for name in Dots.__struct_fields__}


def held_out(known: Summaries) -> Floats:
    """Log probabilities (n, KINDS) by what knew nothing of the fold of each."""
    out = np.zeros((len(known.labels), len(KINDS)), np.float32)
    for number in np.unique(known.folds):
        here = known.folds == number
        out[here] = _learnt(known.of(~here)).log_shares(known.vectors[here])
    return out


def _learnt(known: Summaries) -> Dots:
    weights, used = even(known), known.vectors[:, USED]
    offset = np.average(used, axis=0, weights=weights)
    scale = 1 / (np.sqrt(np.average((used - offset) ** 2, axis=0, weights=weights)) + 1e-3)
    scaled = np.clip((used - offset) * scale, -LARGEST, LARGEST)
    line: Any = LogisticRegression(C=HELD_BACK, max_iter=500).fit(scaled, known.labels, sample_weight=weights)
    if len(line.classes_) < len(KINDS):
        raise ValueError(f"flights of {len(line.classes_)} kinds, not of all {len(KINDS)}")
    return Dots(*(np.asarray(part, np.float32) for part in (offset, scale, line.coef_.T, line.intercept_)))


def _loss(odds: Floats, known: Summaries, weights: Floats) -> float:
    """Mean negative logarithm of what is said of the true kind by log odds (n, KINDS)."""
    return float(np.average(np.log(np.exp(odds).sum(axis=1)) - odds[np.arange(len(odds)), known.labels], weights=weights))


def _by_clip(known: Summaries, some: Bools) -> Floats:
    """Of some, that sum to 1: each clip the same, and in it each track."""
    clips_of, tracks_of = known.clips[some], known.tracks[some]
    names, of_clip = np.unique(clips_of, return_inverse=True)
    _, of_track, rows = np.unique(tracks_of, return_inverse=True, return_counts=True)
    each = np.array([len(np.unique(tracks_of[clips_of == name])) for name in names])
    return np.asarray(1 / (len(names) * each[of_clip] * rows[of_track]), np.float32)
