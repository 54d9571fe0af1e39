"""Tracks to learn sight from: those that a tracker makes of recorded clips, held against the labels, and simulated ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from edge_node.camera.observation import Observation
from edge_node.camera.sight.knowledge import LABELS
from tools.bench.camera_clips import TRUE_SHARE, Clip, Grey, clips
from tools.sight_light import Picture
from tools.sight_made import KINDS, made
from tools.sight_scenes import FOLDS, fold
from tools.sight_turned import turned
from tools.simulate.outdoors import Band
from tools.watched import watched

RENAMED = {"airplane": "aeroplane"}
TWICE = {"thermal": ("drone",), "visible": ("drone", "aeroplane")}
SURELY, HARDLY = 0.5, 0.1  # of a track's observations that lie in a label: what is between is neither
CLUTTER_A_CLIP, LONGEST = 60, 100
Tracker = Callable[[Iterable[Grey], float], Iterable[Sequence[Observation]]]


class Told(Struct, frozen=True):
    """One track, what it is, of which clip and fold (simulated ones: before whose pictures); one that is not `sure` teaches nothing."""

    clip: str
    fold: int
    label: str
    seen: Sequence[Observation]
    recorded: bool = True
    sure: bool = True


def told(clip: Clip, number: int, made_of_it: Iterable[Sequence[Observation]]) -> Iterator[Told]:
    """What each track of a clip is: what most of its observations lie in, clutter where less than TRUE_SHARE lie in any label."""
    for seen in made_of_it:
        kinds = [next((label.kind for label in clip.labels.get(one.frame, ()) if label.holds(one.box)), None) for one in seen]
        hits = Counter(kind for kind in kinds if kind)
        share = hits.total() / len(seen)
        kind = hits.most_common(1)[0][0] if share >= TRUE_SHARE else "clutter"
        yield Told(clip.path.stem, number, RENAMED.get(kind, kind), seen[:LONGEST], sure=not HARDLY <= share < SURELY)


def recorded(band: str, seed: int, tracker: Tracker = watched) -> list[Told]:
    """All tracks of objects in the clips of a band, as they are and seen by a head that turns, and CLUTTER_A_CLIP others of each."""
    out: list[Told] = []
    for clip in (*clips(band), *map(turned, clips(band))):
        rng = np.random.default_rng(seed)
        number = fold(band, clip.path.stem) if band in FOLDS else 0
        every = list(told(clip, number, tracker(clip.pictures(), clip.rate_hz)))
        clutter = [one for one in every if one.label == "clutter"]
        out += [one for one in every if one.label != "clutter"]
        out += [clutter[k] for k in rng.permutation(len(clutter))[:CLUTTER_A_CLIP]]
    return out


def backgrounds(band: str) -> dict[int, list[Picture]]:
    """The first picture of every clip, by fold."""
    by_fold: dict[int, list[Picture]] = {}
    for clip in clips(band):
        by_fold.setdefault(fold(band, clip.path.stem), []).append(next(clip.pictures()).astype(np.float32))
    return by_fold


def simulated(band: Band, before: dict[int, list[Picture]], each: int, seed: int, length: int = 24) -> list[Told]:
    """So many simulated tracks of each kind, of drones twice as many, and of aeroplanes where few were recorded."""
    rng, folds = np.random.default_rng(seed), sorted(before)
    out = []
    for kind in KINDS:
        for _ in range(each * (2 if kind in TWICE[band] else 1)):
            number = folds[int(rng.integers(len(folds)))]
            seen = made(kind, before[number], band, rng, length)
            if len(seen) >= 5:
                out.append(Told(f"simulated {number}", number, kind, seen, recorded=False))
    return out


def labels_of(several: Sequence[Told]) -> np.ndarray:
    """Indices (n,) into LABELS."""
    return np.array([LABELS.index(one.label) for one in several])
