"""What judges are measured beside: a logistic regression on motion alone, and a network on patches of 20 x 20 alone."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from edge_node.camera.observation import Observation
from edge_node.camera.sight.knowledge import LABELS
from edge_node.camera.sight.motion import FEATURES
from tools.sight_learn import AT, Summaries
from tools.sight_tracks import Told

Floats = NDArray[np.float32]
MOTION, NETWORK = "motion features alone, logistic regression", "patches of 20 x 20 and size alone, 64 hidden"
SIDE_PX, HIDDEN, PATCHES = 20, 64, 24


def by_motion(known: Summaries) -> Floats:
    """Probabilities (n, LABELS) of summaries by motion alone, taught by recorded tracks of the other folds."""
    vectors = known.vectors[:, 2 * len(LABELS) : 2 * len(LABELS) + len(FEATURES)]
    out = np.zeros((len(vectors), len(LABELS)), np.float32)
    for fold in np.unique(known.folds):
        asked, taught = known.folds == fold, (known.folds != fold) & known.recorded & (known.weights > 0)
        fit: Any = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=300))
        fit.fit(vectors[taught], known.labels[taught])
        out[np.ix_(asked, fit.classes_)] = fit.predict_proba(vectors[asked])
    return out


def by_patches(known: Summaries, told: Sequence[Told]) -> Floats:
    """Probabilities (n, LABELS) of summaries: mean of a network's over the patches till then, taught by recorded tracks of other folds."""
    shown = {k: np.array([_shown(one) for one in told[k].seen[: AT[-1]]]) for k in np.unique(known.tracks)}
    out = np.zeros((len(known.labels), len(LABELS)), np.float32)
    for fold in np.unique(known.folds):
        network = _network(fold, known, told, shown)
        for track in np.unique(known.tracks[known.folds == fold]):
            scores = network.predict_proba(shown[track])
            for row in np.flatnonzero(known.tracks == track):
                out[row, network.classes_] = scores[: known.counts[row]].mean(axis=0)
    return out


def _network(fold: int, known: Summaries, told: Sequence[Told], shown: dict[int, Floats]) -> Any:
    tracks = np.unique(known.tracks[known.recorded & (known.folds != fold) & (known.weights > 0)])
    vectors = np.concatenate([shown[k][:: max(1, len(shown[k]) // PATCHES)] for k in tracks])
    labels = np.concatenate([np.full(len(shown[k][:: max(1, len(shown[k]) // PATCHES)]), LABELS.index(told[k].label)) for k in tracks])
    rng = np.random.default_rng(0)
    least = min(int((labels == label).sum()) for label in np.unique(labels))
    even = np.concatenate([rng.choice(np.flatnonzero(labels == label), 4 * least) for label in np.unique(labels)])
    network: Any = MLPClassifier((HIDDEN,), alpha=0.1, max_iter=40, early_stopping=True, random_state=0)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return network.fit(vectors[even], labels[even])


def _shown(one: Observation) -> Floats:
    if one.patch is None:
        raise ValueError("an observation without a patch shows nothing")
    small = cv2.resize(one.patch, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    small = (small - small.mean()) / (small.std() + 1e-3)
    return np.append(small.ravel(), np.log(max(one.box[2:]))).astype(np.float32)
