"""Networks of two hidden layers taught by Adam (Kingma and Ba 2015) in plain numpy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.sight.look import Networks

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Layers = list[Floats]


class Recipe(Struct, frozen=True):
    """How many networks, the share of recorded examples (None: by how many clips there are), width of the layers, how long and fast
    to learn, how much weights decay, cells fall out and targets are softened.
    """

    networks: int = 2
    recorded: float | None = None
    hidden: tuple[int, int] = (48, 24)
    steps: int = 2000
    batch: int = 256
    rate: float = 3e-3
    decay: float = 5e-4
    drop: float = 0.1
    soft: float = 0.02


class Lessons(Struct, frozen=True):
    """Inputs (n, in) to learn, which class each is (n,), and how often it is to be drawn (n,)."""

    inputs: NDArray[np.float16]
    labels: Ints
    weights: Floats

    def drawn(self, batch: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
        """Some of them."""
        edges = np.cumsum(self.weights, dtype=np.float64)
        rows = np.minimum(np.searchsorted(edges, rng.uniform(0, edges[-1], batch)), len(edges) - 1)
        return self.inputs[rows].astype(np.float32), self.labels[rows]


def taught(lessons: Lessons, classes: int, recipe: Recipe, rng: np.random.Generator) -> Layers:
    """Weights and biases, layer by layer."""
    sizes = (lessons.inputs.shape[1], *recipe.hidden, classes)
    layers = [part for a, b in pairwise(sizes) for part in (_started(rng, a, b), np.zeros(b, np.float32))]
    mean = [np.zeros_like(part) for part in layers]
    square = [np.zeros_like(part) for part in layers]
    for step in range(1, recipe.steps + 1):
        x, y = lessons.drawn(recipe.batch, rng)
        target = np.full((len(y), classes), recipe.soft / classes, np.float32)
        target[np.arange(len(y)), y] += 1 - recipe.soft
        rate = recipe.rate * 0.5 * (1 + np.cos(np.pi * step / recipe.steps))
        for k, slope in enumerate(_slopes(layers, x, target, recipe, rng)):
            mean[k] += 0.1 * (slope - mean[k])
            square[k] += 0.001 * (slope * slope - square[k])
            ahead = (mean[k] / (1 - 0.9**step)) / (np.sqrt(square[k] / (1 - 0.999**step)) + 1e-8)
            layers[k] -= np.float32(rate) * (ahead + recipe.decay * layers[k] * (layers[k].ndim == 2) * 10)
    return layers


def stacked(several: list[Layers]) -> Networks:
    """Networks that judge together."""
    return Networks(*(np.stack([layers[k] for layers in several]) for k in range(6)))


def _started(rng: np.random.Generator, a: int, b: int) -> Floats:
    return np.asarray(rng.standard_normal((a, b)) * np.sqrt(2 / a), np.float32)


def _slopes(layers: Layers, x: Floats, target: Floats, recipe: Recipe, rng: np.random.Generator) -> Layers:
    """Gradients of the mean cross-entropy, layer by layer."""
    keep = (rng.random(x.shape, np.float32) > recipe.drop / 3).astype(np.float32)
    x = x * keep
    first = np.maximum(x @ layers[0] + layers[1], 0)
    first *= (rng.random(first.shape, np.float32) > recipe.drop) / np.float32(1 - recipe.drop)
    second = np.maximum(first @ layers[2] + layers[3], 0)
    scores = second @ layers[4] + layers[5]
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    back = (likely - target) / np.float32(len(x))
    to_second = (back @ layers[4].T) * (second > 0)
    to_first = (to_second @ layers[2].T) * (first > 0) / np.float32(1 - recipe.drop)
    return [x.T @ to_first, to_first.sum(axis=0), first.T @ to_second, to_second.sum(axis=0), second.T @ back, back.sum(axis=0)]
