"""From tracks to what a judge knows: networks by fold, summaries that no network saw, trees and a linear part, calibration."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from edge_node.camera.sight.dots import KINDS, USED, Dots
from edge_node.camera.sight.knowledge import CLUTTER, DEPTH, DRONE, LABELS, LARGEST, LEAST, SCHEMA, Knowledge
from edge_node.camera.sight.look import Networks, scaled
from edge_node.camera.sight.memory import Memory
from tools.grown_trees import exported
from tools.sight_bank import Bank
from tools.sight_net import Lessons, Recipe, stacked, started, taught
from tools.sight_tracks import Told

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

AT = (5, 8, 12, 15, 20, 30, 45, 60, 90)
"""Observations after which tracks are judged."""
SHARES = {"drone": 0.25, "bird": 0.2, "aeroplane": 0.14, "helicopter": 0.13, "balloon": 0.04, "insect": 0.04, "clutter": 0.2}
"""How often a network is taught each label."""
OF_SUMMARIES = {"drone": 0.22, "bird": 0.15, "aeroplane": 0.1, "helicopter": 0.1, "balloon": 0.03, "insect": 0.03, "clutter": 0.37}
RECORDED = 0.7  # of a label's summaries: simulated flights are short
SIMULATED_CLIPS = 5  # recorded clips of a label that all simulated tracks of it count as many as
OF_TREES = 0.6
SETTLED = 12  # observations after which a track is what it will be


class Summaries(Struct, frozen=True):
    """Summaries (n, SUMMARY) of tracks (n,) of clips (n,) after so many observations (n,), their labels, folds and what they count (n,)."""

    vectors: Floats
    labels: Ints
    tracks: Ints
    clips: Ints
    counts: Ints
    folds: Ints
    recorded: NDArray[np.bool_]
    weights: Floats

    def of(self, chosen: NDArray[np.bool_]) -> Summaries:
        """Those that are chosen."""
        return Summaries(*(field[chosen] for field in msgspec.structs.astuple(self)))


def even(
    known: Sequence[Told], tracks: Ints, chosen: NDArray[np.bool_], shares: dict[str, float], of_recorded: float | None = None
) -> Floats:
    """Weights (n,) of examples of tracks (n,): each label its share, of that each clip the same and in it each track.

    Where there are both, recorded clips count `of_recorded`, or as many as they are beside SIMULATED_CLIPS.
    """
    out = np.zeros(len(tracks))
    label, clip, recorded = (np.array([getattr(one, name) for one in known])[tracks] for name in ("label", "clip", "recorded"))
    for name, share in shares.items():
        mine = chosen & (label == name)
        some = len(np.unique(clip[mine & recorded]))
        real = some / (some + SIMULATED_CLIPS) if of_recorded is None or not some else of_recorded
        real = real if (mine & ~recorded).any() else 1.0
        for kind, part in ((True, share * real), (False, share * (1 - real))):
            clips = np.unique(clip[mine & (recorded == kind)])
            for one in clips:
                here = mine & (recorded == kind) & (clip == one)
                _, of, count = np.unique(tracks[here], return_inverse=True, return_counts=True)
                out[here] = part / len(clips) / len(count) / count[of]
    return np.asarray(out / max(out.sum(), 1e-12), np.float32)


def network(known: Sequence[Told], bank: Bank, chosen: NDArray[np.bool_], seed: int, recipe: Recipe) -> Networks:
    """Networks that know the chosen patches (n,)."""
    lessons = Lessons(bank.patches, bank.labels, even(known, bank.tracks, chosen, SHARES, recipe.recorded))
    return stacked([taught(lessons, len(LABELS), recipe, np.random.default_rng((seed, k))) for k in range(recipe.networks)])


def by_fold(known: Sequence[Told], bank: Bank, seed: int, recipe: Recipe) -> dict[int, Networks]:
    """For each fold networks that know nothing of it."""
    folds = sorted({one.fold for one in known})
    return {fold: network(known, bank, (bank.folds != fold) & (bank.before != fold), seed + fold, recipe) for fold in folds}


def summaries(known: Sequence[Told], networks: dict[int, Networks]) -> Summaries:
    """Every track after AT observations, by looks of networks that do not know it."""
    rows = [
        (vector, LABELS.index(one.label), k, count, one.fold, one.recorded)
        for k, one in enumerate(known)
        for count, vector in summed(one, networks[one.fold])
    ]
    vectors, labels, tracks, counts, folds, recorded = (np.array(column) for column in zip(*rows, strict=True))
    sure = np.array([one.sure for one in known])[tracks]
    weights = even(known, tracks, sure, OF_SUMMARIES, RECORDED)
    clips = np.unique([one.clip for one in known], return_inverse=True)[1][tracks]
    return Summaries(vectors.astype(np.float32), labels, tracks, clips, counts, folds, recorded, weights)


def summed(one: Told, networks: Networks) -> Iterator[tuple[int, Floats]]:
    """How many observations, and the summary then."""
    memory = Memory()
    looked = networks.log_probabilities(scaled(np.array([seen.patch for seen in one.seen], np.float32)))
    for seen, look in zip(one.seen, looked, strict=True):
        if memory.take(seen) is not None:
            memory.told(look)
        if memory.seen in AT:
            yield memory.seen, memory.summary()


def combined(known: Summaries, seed: int, of_looks: float) -> dict[str, Any]:
    """The linear part and trees for the known summaries, by the names of Knowledge, not yet calibrated."""
    weights = known.weights * (len(known.weights) / known.weights.sum())
    offset, scale = known.vectors.mean(axis=0), 1 / (known.vectors.std(axis=0) + 1e-4)
    scaled_vectors = np.clip((known.vectors - offset) * scale, -LARGEST, LARGEST)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        line: Any = LogisticRegression(C=0.03, max_iter=200).fit(scaled_vectors, known.labels, sample_weight=weights)
    grown = HistGradientBoostingClassifier(
        max_iter=80,
        max_depth=DEPTH,
        learning_rate=0.08,
        l2_regularization=5.0,
        min_samples_leaf=30,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    ).fit(known.vectors, known.labels, sample_weight=weights)
    if len(line.classes_) < len(LABELS):
        raise ValueError(f"examples of {len(line.classes_)} labels, not of all {len(LABELS)}")
    return {
        "schema": np.array(SCHEMA),
        "offset": offset.astype(np.float32),
        "scale": scale.astype(np.float32),
        "linear": line.coef_.T.astype(np.float32),
        "linear_bias": line.intercept_.astype(np.float32),
        "of_trees": np.array(OF_TREES, np.float32),
        "of_looks": np.array(of_looks, np.float32),
        "of_drones": np.array([0.0, 1.0], np.float32),
        "heat": np.zeros(2, np.float32),
        **exported(grown),
    }


def calibration(odds: Floats, counts: Ints, labels: Ints, weights: Floats, steps: int = 400) -> tuple[Floats, Floats]:
    """What to add to log odds (n, labels) that were held out, and (a, b) of the heat exp(a + b log count) that then divides them."""
    bias, heat = np.zeros(odds.shape[1]), np.zeros(2)
    there = np.isin(np.arange(odds.shape[1]), labels)
    count = np.log(counts)[:, None]
    share = (weights / weights.sum())[:, None]
    truth = np.eye(odds.shape[1])[labels]
    for step in range(steps):
        cold = np.exp(-heat[0] - heat[1] * count)
        scores = (odds + bias) * cold
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = share * (likely - truth)
        rate = 1.0 * (1 - step / steps) + 0.02
        bias -= rate * np.where(there, (slope * cold).sum(axis=0), 0) * 5
        to_heat = -(slope * scores).sum(axis=1, keepdims=True)
        heat -= rate * np.array([to_heat.sum(), (to_heat * count).sum() * 0.1])
    return np.asarray(bias, np.float32), np.asarray(heat, np.float32)


def held_out(known: Summaries, seed: int, of_looks: float) -> Floats:
    """Log odds (n, labels) by a linear part and trees that knew nothing of the fold of each."""
    odds = np.zeros((len(known.labels), len(LABELS)), np.float32)
    for fold in np.unique(known.folds):
        out = known.folds == fold
        odds[out] = judging(combined(known.of(~out & (known.weights > 0)), seed, of_looks)).log_odds(known.vectors[out])
    return odds


def calibrated(known: Summaries, odds: Floats) -> Floats:
    """Probabilities (n, labels) of held-out log odds, each fold's calibrated on the others'."""
    out = np.zeros_like(odds)
    weights = at_large(known)
    for fold in np.unique(known.folds):
        here = known.folds == fold
        bias, heat = calibration(odds[~here], known.counts[~here], known.labels[~here], weights[~here])
        out[here] = warmed(odds[here], known.counts[here], bias, heat)
    return out


def of_drones(known: Summaries, probabilities: Floats) -> Floats:
    """Offset and slope (2,) for the log odds of a drone among what flies, by held-out probabilities (n, labels) of recorded clips."""
    rows = known.recorded & (known.labels != CLUTTER) & (known.counts >= SETTLED)
    truth = known.labels[rows] == DRONE
    if len(np.unique(truth)) < 2:
        return np.array([0.0, 1.0], np.float32)
    shown = np.clip(probabilities[rows, DRONE] / np.maximum(1 - probabilities[rows, CLUTTER], LEAST), LEAST, 1 - LEAST)
    _, of, count = np.unique(known.clips[rows], return_inverse=True, return_counts=True)
    weights = len(count) / count[of]
    fitted: Any = LogisticRegression(C=1.0).fit(np.log(shown / (1 - shown))[:, None], truth, sample_weight=weights / weights.mean())
    return np.array([fitted.intercept_[0], fitted.coef_[0, 0]], np.float32)


def warmed(odds: Floats, counts: Ints, bias: Floats, heat: Floats) -> Floats:
    """Probabilities (n, labels) of log odds by a calibration."""
    scores = (odds + bias) * np.exp(-heat[0] - heat[1] * np.log(counts))[:, None]
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def at_large(known: Summaries) -> Floats:
    """Weights (n,) by which recorded tracks count as often as they come, however long, and simulated ones do not."""
    _, of, count = np.unique(known.tracks, return_inverse=True, return_counts=True)
    return np.asarray(known.recorded / count[of], np.float32)


def finished(known: Summaries, odds: Floats, networks: Networks, seed: int, of_looks: float) -> dict[str, np.ndarray]:
    """All arrays of a band's file but those of dots: all that is known, calibrated on held-out log odds, and among what flies once more."""
    arrays = combined(known.of(known.weights > 0), seed, of_looks)
    bias, heat = calibration(odds, known.counts, known.labels, at_large(known))
    arrays["linear_bias"] = (arrays["linear_bias"] + bias / (1 - OF_TREES)).astype(np.float32)
    arrays["heat"] = heat
    arrays["of_drones"] = of_drones(known, calibrated(known, odds))
    return arrays | {f"net_{name}": getattr(networks, name).astype(np.float16) for name in Networks.__struct_fields__}


def judging(arrays: dict[str, Any]) -> Knowledge:
    """What can judge summaries by these arrays; it cannot look, and takes every dot for anything."""
    blank = stacked([started(len(LABELS), Recipe(), np.random.default_rng(0))])
    return Knowledge.of(arrays | blank_dots() | {f"net_{name}": getattr(blank, name) for name in Networks.__struct_fields__})


def blank_dots() -> dict[str, np.ndarray]:
    """Arrays of Dots that know nothing."""
    many = len(USED)
    none = np.zeros(many, np.float32)
    blank = Dots(none, none + 1, np.zeros((many, KINDS), np.float32), np.zeros(KINDS, np.float32))
    return {f"dot_{name}": getattr(blank, name) for name in Dots.__struct_fields__}
