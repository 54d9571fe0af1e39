"""What the judges of one band know: networks for looks, trees and a linear part for all, and how far to believe them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import IO, Literal, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.sight.dots import KINDS, Dots, dot_share
from edge_node.camera.sight.look import Networks, scaled
from edge_node.camera.sight.motion import FEATURES
from edge_node.trees import Trees

Floats = NDArray[np.float32]
Band = Literal["thermal", "visible"]

SCHEMA = 4
LABELS = ("drone", "bird", "aeroplane", "helicopter", "balloon", "insect", "clutter")
DRONE, CLUTTER = LABELS.index("drone"), LABELS.index("clutter")
SUMMARY = 2 * len(LABELS) + len(FEATURES) + 1
"""Means and spreads of the looks' log probabilities, FEATURES, and the logarithm of how many observations there were."""
DEPTH = 4  # of the trees
LEAST = 1e-6
LARGEST = 4.0  # sigmas that a feature may lie off


class Knowledge(Struct, frozen=True):
    """Weights of one band; `linear` (SUMMARY, labels) is for summaries less `offset`, times `scale`; `heat` divides log odds.

    `of_looks` is how much more, among what flies, the networks' own log probabilities count, and `of_drones` (offset,
    slope) makes what was held out of the log odds that what flies is a drone: the calibration as a whole is of clutter nearly alone.
    `dots` say what flies where that is too small to look like anything.
    """

    networks: Networks
    offset: Floats
    scale: Floats
    linear: Floats
    linear_bias: Floats
    trees: Trees
    of_trees: float
    of_looks: float
    of_drones: Floats
    heat: Floats
    dots: Dots

    @classmethod
    def load(cls, file: IO[bytes]) -> Self:
        """Weights of a file; ValueError when they are of another schema or shape."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls.of({name: arrays[name] for name in arrays.files})

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> Self:
        """Weights by name, as in the file; ValueError when they are of another schema or do not fit each other."""
        if int(arrays.get("schema", np.array(0))) != SCHEMA:
            raise ValueError(f"weights of schema {arrays.get('schema')}, not {SCHEMA}")
        fields = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items() if array.dtype.kind == "f"}
        networks = Networks(*(fields[f"net_{name}"] for name in Networks.__struct_fields__))
        trees = Trees(*(arrays[f"tree_{name}"] for name in Trees.__struct_fields__))
        dots = Dots(*(fields[f"dot_{name}"] for name in Dots.__struct_fields__))
        own = {name: fields[name] for name in ("offset", "scale", "linear", "linear_bias", "heat", "of_drones")}
        shapes = [own[name].shape for name in ("offset", "scale", "linear", "linear_bias", "heat", "of_drones")]
        if shapes != [(SUMMARY,), (SUMMARY,), (SUMMARY, len(LABELS)), (len(LABELS),), (2,), (2,)]:
            raise ValueError("weights do not fit the features")
        if not networks.fits(len(LABELS)) or not trees.fits(SUMMARY) or len(trees.child) % len(LABELS) or not dots.fits():
            raise ValueError("networks, trees or dots do not fit the features")
        return cls(
            networks=networks,
            trees=trees,
            dots=dots,
            of_trees=float(arrays["of_trees"]),
            of_looks=float(arrays["of_looks"]),
            **own,
        )

    def look(self, patches: Floats) -> Floats:
        """Log probabilities (n, labels) of patches (n, 32, 32) by their looks alone."""
        return self.networks.log_probabilities(scaled(patches))

    def judge(self, summaries: Floats) -> Floats:
        """Calibrated probabilities (n, labels) of summaries (n, SUMMARY)."""
        odds = self.log_odds(summaries)
        heat = np.exp(self.heat[0] + self.heat[1] * summaries[:, -1:])
        likely = np.exp((odds - odds.max(axis=1, keepdims=True)) / heat)
        said = weighed(likely / likely.sum(axis=1, keepdims=True), self.of_drones)
        return self._of_dots(said, summaries)

    def _of_dots(self, said: Floats, summaries: Floats) -> Floats:
        """Probabilities (n, labels), among what flies by `dots` as far as it is one; those of insects and clutter stay."""
        share = dot_share(summaries)
        rows = np.flatnonzero(share)
        if len(rows):
            share, kinds = share[rows, None], said[rows, :KINDS]
            odds = (1 - share) * np.log(np.maximum(kinds, LEAST)) + share * self.dots.log_shares(summaries[rows])
            likely = np.exp(odds - odds.max(axis=1, keepdims=True))
            said[rows, :KINDS] = kinds.sum(axis=1, keepdims=True) * likely / likely.sum(axis=1, keepdims=True)
        return said

    def log_odds(self, summaries: Floats) -> Floats:
        """Logarithms (n, labels) of probabilities, less some constant, before they are calibrated."""
        even = np.clip((summaries - self.offset) * self.scale, -LARGEST, LARGEST)
        linear = even @ self.linear + self.linear_bias
        grown = self.trees.scores(summaries, len(LABELS), DEPTH)
        odds = (1 - self.of_trees) * linear + self.of_trees * grown
        looks = summaries[:, :CLUTTER]
        odds[:, :CLUTTER] += self.of_looks * (looks - np.log(np.exp(looks).sum(axis=1, keepdims=True)))
        return np.asarray(odds)


def weighed(probabilities: Floats, of_drones: Floats) -> Floats:
    """Probabilities (n, labels) with log odds of a drone, if it flies, times the slope plus the offset; that of clutter stays."""
    flying = np.maximum(1 - probabilities[:, CLUTTER], LEAST)
    drone = np.clip(probabilities[:, DRONE] / flying, LEAST, 1 - LEAST)
    share = 1 / (1 + np.exp(-(of_drones[0] + of_drones[1] * np.log(drone / (1 - drone)))))
    out = probabilities * ((1 - share) / (1 - drone))[:, None]
    out[:, DRONE], out[:, CLUTTER] = flying * share, probabilities[:, CLUTTER]
    return np.asarray(out / out.sum(axis=1, keepdims=True))


@cache
def knowledge(band: Band) -> Knowledge:
    """The weights that the package holds for a band; ValueError when they are of another schema or shape."""
    with files("edge_node.camera.sight").joinpath(f"{band}.npz").open("rb") as file:
        return Knowledge.load(file)
