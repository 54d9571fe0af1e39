"""The simple peers of rotor detection: log-mel statistics and tonality of each band, into a support vector machine or boosted trees."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from edge_node.acoustic.rotor.features import RATE_HZ, mel_bank
from tools.simulate.sounds import Floats

FRAME, HOP, MELS = 1024, 256, 64
BANDS_HZ = np.geomspace(60, 7600, 17)


def vector(window: Floats) -> Floats:
    """Mean, spread and flux of 64 log-mel bands less their mean, and per band peak over median and flatness; (224,)."""
    frames = np.lib.stride_tricks.sliding_window_view(window.astype(np.float64), FRAME)[::HOP] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames)) ** 2 + 1e-10
    mel = np.log(power @ mel_bank(FRAME // 2 + 1, RATE_HZ / FRAME, MELS) + 1e-10)
    mel -= mel.mean()
    long = np.log(np.abs(np.fft.rfft(window * np.hanning(len(window)))) ** 2 + 1e-10)
    edges = (BANDS_HZ * len(window) / RATE_HZ).astype(int)
    pieces = [long[low:high] for low, high in pairwise(edges)]
    tones = [(float(piece.max() - np.median(piece)), float(np.log(np.exp(piece).mean()) - piece.mean())) for piece in pieces]
    return np.concatenate([mel.mean(axis=0), mel.std(axis=0), np.abs(np.diff(mel, axis=0)).mean(axis=0), np.ravel(tones)]).astype(
        np.float32
    )


def machine(vectors: Floats, drone: NDArray[np.bool_], seed: int = 0) -> Any:
    """A trained machine; its `decision_function` scores vectors."""
    return make_pipeline(StandardScaler(), SVC(C=10, gamma="scale", random_state=seed)).fit(vectors, drone)


def trees(vectors: Floats, drone: NDArray[np.bool_], seed: int = 0) -> Any:
    """Trained trees, the better of the two where some of what they are taught lies in noise; `decision_function` scores vectors."""
    return HistGradientBoostingClassifier(max_iter=150, random_state=seed).fit(vectors, drone)
