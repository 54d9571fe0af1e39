"""`python -m tools.train_rotor FOLDER`: rebuild the weights of rotor detection from CC0 recordings and simulated sound."""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.isotonic import IsotonicRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from edge_node.acoustic.rotor import model as rotor
from edge_node.acoustic.rotor.features import features
from edge_node.acoustic.rotor.model import DRONES, LABELS, SCHEMA, RotorModel
from edge_node.trees import DEPTH
from tools.grown_trees import exported
from tools.rotor_data import LICENCE, Clip, audible, clips, examples, recordings
from tools.rotor_noise import DRAWS, SHALLOWEST_DB, in_noise
from tools.simulate.sounds import Floats

NETWORKS, HIDDEN, DECAY, PASSES = 6, 96, 0.3, 30
TREES, LEAVES, SHARE_OF_FEATURES = 300, 31, 0.3
HEARD_FROM_DB = -12.0  # a drone that lies deeper in its background teaches nothing
CALIBRATED_FROM_DB = -6.0
KNOTS, ODDS = 24, 14.0
OF_ONE_SOUND = 3 * DRAWS  # at most so many successive examples


class Round(Struct, frozen=True):
    """How many examples to draw, a share of them of recordings, all under steady noise or none; `seed` is added to the one asked for."""

    examples: int
    seed: int
    recorded: float
    noisy: bool


ROUNDS = (
    *(Round(11_000, seed, 0.4, noisy=False) for seed in range(4)),
    *(Round(11_000, seed, 0.4, noisy=True) for seed in (100, 101)),
    *(Round(11_000, seed, 0.75, noisy=True) for seed in range(100, 104)),
)


class Learned(Struct, frozen=True):
    """Feature vectors (n, features), what they are (n,), in which recording (n,), -1 for simulated, how loud and in how much noise (n,)."""

    vectors: Floats
    labels: NDArray[np.intp]
    clips: NDArray[np.intp]
    snr_db: Floats
    noise_db: Floats

    def of(self, chosen: NDArray[np.bool_]) -> Learned:
        """Those of the examples that are chosen."""
        return Learned(*(field[chosen] for field in msgspec.structs.astuple(self)))

    def beside(self, other: Learned) -> Learned:
        """These examples and others."""
        fields = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Learned(*(np.concatenate(pair) for pair in fields))

    @property
    def audible(self) -> NDArray[np.bool_]:
        """Which examples can be told by ear to be what they are."""
        return (self.labels >= DRONES) | (self.snr_db >= HEARD_FROM_DB)

    @property
    def fair(self) -> NDArray[np.bool_]:
        """Which examples probabilities are held against: those not under steady noise, drones somewhat louder."""
        return (self.noise_db > SHALLOWEST_DB) & ((self.labels >= DRONES) | (self.snr_db >= CALIBRATED_FROM_DB))


def learn(known: list[Clip], count: int, seed: int, recorded: float = 0.4, noisy: bool = False) -> Learned:
    """Features of `count` examples, all of them under steady noise or none."""
    heard, rng = audible(known), np.random.default_rng(seed)
    of = [*recordings(heard), -1]
    clear = examples(heard, rng, recorded)
    made = islice(in_noise(rng, clear) if noisy else clear, count)
    rows = [(features(one.window).vector, LABELS.index(one.label), of[one.clip], one.snr_db, one.noise_db) for one in made]
    vectors, labels, recorded_in, *loud = zip(*rows, strict=True)
    return Learned(np.array(vectors), np.array(labels), np.array(recorded_in), *np.array(loud, dtype=np.float32))


def in_rounds(known: list[Clip], share: float, seed: int) -> Learned:
    """Features of a share of the examples of all ROUNDS, on all processors."""
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=threadpool_limits, initargs=(1,)) as pool:
        parts = [pool.submit(learn, known, round(share * one.examples), seed + one.seed, one.recorded, one.noisy) for one in ROUNDS]
        return reduce(Learned.beside, [part.result() for part in parts])


def networks(learned: Learned, seed: int, count: int) -> dict[str, Floats]:
    """Weights of `count` networks, uncalibrated, by the names of RotorModel."""
    heard = learned.of(learned.audible)
    offset, scale = heard.vectors.mean(axis=0), 1 / (heard.vectors.std(axis=0) + 1e-6)
    scaled = np.clip((heard.vectors - offset) * scale, -3, 3)
    nets = []
    for k in range(count):
        net: Any = MLPClassifier((HIDDEN,), alpha=DECAY, max_iter=PASSES, early_stopping=True, random_state=seed + k)
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):  # PASSES are few on purpose
            nets.append(net.fit(scaled, heard.labels))
    weights = {"into": np.array([net.coefs_[0] for net in nets]), "into_bias": np.array([net.intercepts_[0] for net in nets])}
    return weights | _outputs(nets) | {"offset": offset, "scale": scale}


def _outputs(nets: list[Any]) -> dict[str, Floats]:
    """The second layers, with a column for each of LABELS; one that had no example is never likely."""
    out, bias = np.zeros((len(nets), HIDDEN, len(LABELS))), np.full((len(nets), len(LABELS)), -ODDS)
    for k, net in enumerate(nets):
        if len(net.classes_) < 3:
            raise ValueError("examples are of fewer than three classes")
        out[k][:, net.classes_], bias[k][net.classes_] = net.coefs_[1], net.intercepts_[1]
    return {"out": out, "out_bias": bias}


def trees(learned: Learned, seed: int) -> dict[str, np.ndarray]:
    """Boosted trees that tell drones from all else, by the names of RotorModel."""
    heard = learned.of(learned.audible)
    grown = HistGradientBoostingClassifier(
        max_iter=TREES, max_depth=DEPTH, max_leaf_nodes=LEAVES, max_features=SHARE_OF_FEATURES, early_stopping=False, random_state=seed
    ).fit(heard.vectors, heard.labels < DRONES)
    return exported(grown)


def calibrated(odds: Floats, drone: NDArray[np.bool_]) -> dict[str, np.ndarray]:
    """Which log odds (n,) of held-out examples mean which true ones: isotonic, at KNOTS quantiles."""
    fit = IsotonicRegression(y_min=0.003, y_max=0.997, out_of_bounds="clip").fit(odds, drone)
    knots = np.unique(np.quantile(odds, np.linspace(0.01, 0.99, KNOTS)))
    true = fit.predict(knots).clip(0.003, 0.997)
    return {"raw_log_odds": knots, "true_log_odds": np.maximum.accumulate(np.log(true / (1 - true)))}


def held_out(learned: Learned, seed: int, folds: int = 2) -> tuple[Floats, NDArray[np.bool_]]:
    """Log odds of a drone by models that knew neither the recording nor the simulated sound, and whether it was one."""
    groups = np.where(learned.clips >= 0, learned.clips, np.arange(len(learned.clips)) // OF_ONE_SOUND)
    odds = np.zeros(len(groups), dtype=np.float32)
    for fold in range(folds):
        out = groups % folds == fold
        odds[out] = RotorModel.of(_uncalibrated(learned.of(~out), seed, 2)).log_odds(learned.vectors[out])
    return odds[learned.fair], (learned.labels < DRONES)[learned.fair]


def _uncalibrated(learned: Learned, seed: int, count: int) -> dict[str, np.ndarray]:
    same = np.array([-ODDS, ODDS])
    weights = networks(learned, seed, count) | {"raw_log_odds": same, "true_log_odds": same}
    return {"schema": np.array(SCHEMA), **_small(weights), **trees(learned, seed)}


def _small(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float32) for name, array in weights.items()}


def train(learned: Learned, seed: int, count: int = NETWORKS) -> dict[str, np.ndarray]:
    """All arrays of the weights' file."""
    weights = _uncalibrated(learned, seed, count)
    return weights | _small(calibrated(*held_out(learned, seed)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, say on what, and write."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_rotor", description=__doc__)
    parser.add_argument("folder", type=Path, help=f"a folder with manifest.csv; only its {LICENCE} recordings are used")
    parser.add_argument("--output", type=Path, default=Path(rotor.__file__).with_name("weights.npz"))
    parser.add_argument("--share", type=float, default=1.0, help="of the examples, to see in less time whether all is well")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    known = clips(asked.folder, LICENCE)
    print(f"recordings under {LICENCE}: {dict(Counter(f'{clip.family} {clip.kind}' for clip in known))}")
    learned = in_rounds(known, asked.share, asked.seed)
    print(f"examples: {dict(Counter(LABELS[k] for k in learned.labels))}, {np.mean(learned.clips >= 0):.0%} of them recorded")
    with asked.output.open("wb") as file:
        np.savez_compressed(file, **train(learned, asked.seed))  # type: ignore[arg-type]
    print(f"wrote {asked.output} of {asked.output.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
