"""Small convolutional networks taught by Adam (Kingma and Ba 2015) in plain numpy."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.sight.look import LAST_PX, PLANES, SIDE, STEP, Inputs, Networks, pieces, scaled

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Layers = list[Floats]
CONVOLUTIONS = 3


class Recipe(Struct, frozen=True):
    """How many networks, the share of recorded examples (None: by how many clips there are), channels of the convolutions and cells of
    the hidden layer, how long and fast to learn, how much weights decay, hidden cells fall out and targets are softened.
    """

    networks: int = 2
    recorded: float | None = None
    channels: tuple[int, int, int] = (12, 20, 32)
    hidden: int = 32
    steps: int = 1800
    batch: int = 192
    rate: float = 3e-3
    decay: float = 2e-3
    drop: float = 0.2
    soft: float = 0.02


class Lessons(Struct, frozen=True):
    """Patches (n, 32, 32) to learn, which class each is (n,), and how often it is to be drawn (n,)."""

    patches: NDArray[np.float16]
    labels: Ints
    weights: Floats

    def drawn(self, batch: int, rng: np.random.Generator) -> tuple[Inputs, Ints]:
        """Some of them, every other mirrored."""
        edges = np.cumsum(self.weights, dtype=np.float64)
        rows = np.minimum(np.searchsorted(edges, rng.uniform(0, edges[-1], batch)), len(edges) - 1)
        patches = self.patches[rows].astype(np.float32)
        patches[::2] = patches[::2, :, ::-1]
        return scaled(patches), self.labels[rows]


def taught(lessons: Lessons, classes: int, recipe: Recipe, rng: np.random.Generator) -> Layers:
    """Weights and biases, layer by layer."""
    layers = started(classes, recipe, rng)
    mean = [np.zeros_like(part) for part in layers]
    square = [np.zeros_like(part) for part in layers]
    for step in range(1, recipe.steps + 1):
        inputs, labels = lessons.drawn(recipe.batch, rng)
        target = np.full((len(labels), classes), recipe.soft / classes, np.float32)
        target[np.arange(len(labels)), labels] += 1 - recipe.soft
        rate = recipe.rate * 0.5 * (1 + np.cos(np.pi * step / recipe.steps))
        for k, slope in enumerate(slopes(layers, inputs, target, recipe.drop, rng)):
            mean[k] += 0.1 * (slope - mean[k])
            square[k] += 0.001 * (slope * slope - square[k])
            ahead = (mean[k] / (1 - 0.9**step)) / (np.sqrt(square[k] / (1 - 0.999**step)) + 1e-8)
            layers[k] -= np.float32(rate) * (ahead + recipe.decay * layers[k] * (layers[k].ndim == 2))
    return layers


def stacked(several: list[Layers]) -> Networks:
    """Networks that judge together."""
    return Networks(*(np.stack([layers[k] for layers in several]) for k in range(len(several[0]))))


def started(classes: int, recipe: Recipe, rng: np.random.Generator) -> Layers:
    """Weights and biases of a network that knows nothing yet."""
    into = [SIDE * SIDE * many for many in (PLANES, *recipe.channels[:2])]
    into += [LAST_PX * LAST_PX * recipe.channels[2] + 1, recipe.hidden]
    return [
        part
        for a, b in zip(into, (*recipe.channels, recipe.hidden, classes), strict=True)
        for part in (np.asarray(rng.standard_normal((a, b)) * np.sqrt(2 / a), np.float32), np.zeros(b, np.float32))
    ]


def slopes(layers: Layers, inputs: Inputs, target: Floats, drop: float, rng: np.random.Generator) -> Layers:
    """Gradients of the mean cross-entropy, layer by layer."""
    seen, shown = [], [inputs.planes]
    for weights, bias in zip(layers[0:6:2], layers[1:6:2], strict=True):
        seen.append(pieces(shown[-1]))
        shown.append(np.maximum(seen[-1] @ weights + bias, 0))
    flat = np.concatenate((shown[-1].reshape(len(target), -1), inputs.clear[:, None]), axis=1)
    keep = (rng.random(flat.shape, np.float32) > drop) / np.float32(1 - drop)
    flat *= keep
    hidden = np.maximum(flat @ layers[6] + layers[7], 0)
    scores = hidden @ layers[8] + layers[9]
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    back = (likely / likely.sum(axis=1, keepdims=True) - target) / np.float32(len(target))
    to_hidden = (back @ layers[8].T) * (hidden > 0)
    slopes = [flat.T @ to_hidden, to_hidden.sum(axis=0), hidden.T @ back, back.sum(axis=0)]
    onto = ((to_hidden @ layers[6].T) * keep)[:, :-1].reshape(shown[-1].shape)
    for k in reversed(range(CONVOLUTIONS)):
        onto = (onto * (shown[k + 1] > 0)).reshape(-1, shown[k + 1].shape[3])
        slopes[:0] = [seen[k].reshape(len(onto), -1).T @ onto, onto.sum(axis=0)]
        if k:
            onto = _joined((onto @ layers[2 * k].T).reshape(seen[k].shape), shown[k].shape)
    return slopes


def _joined(parts: Floats, shape: tuple[int, ...]) -> Floats:
    """Slopes of planes of a shape, summed from those of their pieces: the transpose of `pieces`."""
    n, down, across, _ = parts.shape
    cells = np.zeros((n, down + 1, across + 1, STEP * STEP * shape[3]), np.float32)
    for part, (y, x) in zip(np.split(parts, 4, axis=-1), ((y, x) for y in (0, 1) for x in (0, 1)), strict=True):
        cells[:, y : down + y, x : across + x] += part
    whole = cells.reshape(n, down + 1, across + 1, STEP, STEP * shape[3]).transpose(0, 1, 3, 2, 4)
    out = np.zeros(shape, np.float32)
    out[:, : STEP * (down + 1), : STEP * (across + 1)] = whole.reshape(n, STEP * (down + 1), STEP * (across + 1), shape[3])
    return out
