"""How likely one second of sound is a drone: features, a few networks and many trees, calibrated probabilities."""

from __future__ import annotations

from importlib.resources import files
from typing import Self

import numpy as np
from msgspec import Struct

from edge_node.acoustic.rotor.comb import Floats
from edge_node.acoustic.rotor.features import RATE_HZ, WINDOW, Features, features
from edge_node.messages import SoundLabel
from edge_node.trees import Trees

__all__ = ["DRONES", "LABELS", "RATE_HZ", "SCHEMA", "WINDOW", "RotorModel", "RotorVerdict"]

SCHEMA = 2
LABELS: tuple[SoundLabel, ...] = ("multirotor", "fixed_wing", "helicopter", "machine", "none")
DRONES = 2
OF_TREES = 0.3  # of the log odds
OCTAVE = 0.8  # lines of which every other hardly shows are those of an octave above
COMB_SCORE = 5.0  # noise alone reaches it in less than one window of a thousand


class RotorVerdict(Struct, frozen=True):
    """What one window is: `probabilities` of LABELS, which sum to 1; `drone_probability` is calibrated.

    `blade_pass_hz` is the spacing of the lines and `blade_pass_rate_hz_s` its drift, None where lines make no comb; of a
    rotor whose blades differ the spacing is the shaft's. `tonality` is how far lines stand out, in nats.
    """

    probabilities: tuple[float, ...]
    drone_probability: float
    label: SoundLabel
    blade_pass_hz: float | None
    blade_pass_rate_hz_s: float | None
    comb_score: float
    tonality: float


class RotorModel(Struct, frozen=True):
    """Networks of one hidden layer (networks, in, hidden) and (networks, hidden, labels), trees, and a calibration of their log odds."""

    offset: Floats
    scale: Floats
    into: Floats
    into_bias: Floats
    out: Floats
    out_bias: Floats
    raw_log_odds: Floats
    true_log_odds: Floats
    trees: Trees

    @classmethod
    def load(cls) -> Self:
        """The weights that the package holds; ValueError when they are of another schema or shape."""
        with files("edge_node.acoustic.rotor").joinpath("weights.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return cls.of({name: arrays[name] for name in arrays.files})

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> Self:
        """Weights by name, as in the file; ValueError when they are of another schema or do not fit each other."""
        if int(arrays.get("schema", np.array(0))) != SCHEMA:
            raise ValueError(f"weights of schema {arrays.get('schema')}, not {SCHEMA}")
        names = [name for name in cls.__struct_fields__ if name != "trees"]
        fields = {name: np.ascontiguousarray(arrays[name], dtype=np.float32) for name in names}
        trees = Trees(*(arrays[f"tree_{name}"] for name in Trees.__struct_fields__))
        inputs = len(fields["offset"])
        if fields["into"].shape[1] != inputs or fields["out"].shape[2] != len(LABELS) or fields["scale"].shape != (inputs,):
            raise ValueError("weights do not fit each other")
        if not trees.fits(inputs):
            raise ValueError("trees do not fit the features")
        return cls(**fields, trees=trees)

    def judge(self, sound: Floats) -> RotorVerdict:
        """What the last second of `sound` (n,) float32 at 16 kHz is; ValueError when it is shorter."""
        return self.verdict(features(sound))

    def verdict(self, heard: Features) -> RotorVerdict:
        """What a window with these features is; ValueError when these weights are for other features."""
        probabilities = self.probabilities(heard.vector[None])[0]
        comb = heard.comb if heard.comb.score >= COMB_SCORE else None
        octave = 2 if heard.comb.octave > OCTAVE else 1
        return RotorVerdict(
            probabilities=tuple(float(p) for p in probabilities),
            drone_probability=float(probabilities[:DRONES].sum()),
            label=LABELS[int(probabilities.argmax())],
            blade_pass_hz=comb.fundamental_hz * octave if comb else None,
            blade_pass_rate_hz_s=comb.rate_hz_s * octave if comb else None,
            comb_score=heard.comb.score,
            tonality=heard.tonality,
        )

    def probabilities(self, vectors: Floats) -> Floats:
        """Calibrated probabilities (n, labels) of feature vectors (n, features)."""
        if vectors.shape[1] != len(self.offset):
            raise ValueError(f"weights for {len(self.offset)} features, not {vectors.shape[1]}")
        said = self.networks(vectors)
        drone = np.clip(said[:, :DRONES].sum(axis=1), 1e-6, 1 - 1e-6)
        log_odds = np.interp(self._mixed(drone, vectors), self.raw_log_odds, self.true_log_odds)
        calibrated = 1 / (1 + np.exp(-log_odds))
        said[:, :DRONES] *= (calibrated / drone)[:, None]
        said[:, DRONES:] *= ((1 - calibrated) / (1 - drone))[:, None]
        return np.asarray(said / said.sum(axis=1, keepdims=True))

    def log_odds(self, vectors: Floats) -> Floats:
        """Log odds (n,) of a drone before calibration, of feature vectors (n, features)."""
        return self._mixed(np.clip(self.networks(vectors)[:, :DRONES].sum(axis=1), 1e-6, 1 - 1e-6), vectors)

    def _mixed(self, drone: Floats, vectors: Floats) -> Floats:
        """Log odds (n,) of the networks' probabilities of a drone (n,) and of the trees."""
        return np.asarray((1 - OF_TREES) * np.log(drone / (1 - drone)) + OF_TREES * self.trees.scores(vectors))

    def networks(self, vectors: Floats) -> Floats:
        """The networks' mean probabilities (n, labels), uncalibrated."""
        scaled = np.clip((vectors - self.offset) * self.scale, -3, 3)
        hidden = np.maximum(scaled @ self.into + self.into_bias[:, None], 0)
        scores = hidden @ self.out + self.out_bias[:, None]
        likely = np.exp(scores - scores.max(axis=2, keepdims=True))
        return np.asarray((likely / likely.sum(axis=2, keepdims=True)).mean(axis=0), dtype=np.float32)
