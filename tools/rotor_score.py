"""How good scores of windows are: area under the curve, found at a rate of false alarms, calibration, events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

from edge_node.acoustic.rotor.features import RATE_HZ, WINDOW
from tools.rotor_data import Clip
from tools.simulate.sounds import Floats, Random

HOP_S = 0.5
Truth = NDArray[np.bool_]


class Windows(Struct, frozen=True):
    """Windows (n, WINDOW) of recordings, which recording (n,), and whether it is a drone (n,)."""

    sounds: list[Floats]
    clips: NDArray[np.intp]
    drone: Truth

    def of(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which windows are of the chosen recordings (recordings,)."""
        return np.asarray(chosen[self.clips])


def windows(known: list[Clip], pink_snr_db: float | None = None, seed: int = 0) -> Windows:
    """All windows of 1 s every HOP_S, in pink noise where a ratio is given, over the whole band and clip."""
    rng = np.random.default_rng(seed)
    cut = [(k, piece) for k, clip in enumerate(known) for piece in _cut(_in_pink(clip.sound, pink_snr_db, rng))]
    of = np.array([k for k, _ in cut])
    return Windows([piece for _, piece in cut], of, np.array([clip.kind == "drone" for clip in known])[of])


def _cut(sound: Floats) -> Iterator[Floats]:
    for start in range(0, len(sound) - WINDOW + 1, round(HOP_S * RATE_HZ)):
        yield sound[start : start + WINDOW]


def _in_pink(sound: Floats, snr_db: float | None, rng: Random) -> Floats:
    if snr_db is None:
        return sound
    spectrum = np.fft.rfft(rng.standard_normal(len(sound)))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, 20)), len(sound))
    return np.asarray(sound + noise * (sound.std() / noise.std() * 10 ** (-snr_db / 20)), dtype=np.float32)


def auc(scores: Floats, drone: Truth) -> float:
    """Area under the receiver's curve."""
    return float(roc_auc_score(drone, scores))


def found_at(scores: Floats, drone: Truth, false_rate: float = 0.01) -> float:
    """Share of drones' windows found when that share of the others is taken for one."""
    false, true, _ = roc_curve(drone, scores)
    return float(np.interp(false_rate, false, true))


def brier(probabilities: Floats, drone: Truth) -> float:
    """Mean square of probability less truth."""
    return float(np.mean((probabilities - drone) ** 2))


def reliability(probabilities: Floats, drone: Truth, bins: int = 10) -> list[tuple[float, float, int]]:
    """Per bin of probability that holds windows: mean probability, share of drones, windows."""
    of = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (float(probabilities[of == k].mean()), float(drone[of == k].mean()), int((of == k).sum())) for k in range(bins) if (of == k).any()
    ]


def calibration_error(probabilities: Floats, drone: Truth) -> float:
    """Expected calibration error: mean distance of the reliability curve from the diagonal, weighted by windows."""
    return sum(abs(said - true) * count for said, true, count in reliability(probabilities, drone)) / len(drone)
