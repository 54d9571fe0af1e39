"""How one patch looks: scaled free of units, then a few small convolutional networks (LeCun et al. 1998)."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.observation import PATCH_PX

Floats = NDArray[np.float32]

CORE = slice(PATCH_PX // 4, 3 * PATCH_PX // 4)  # where the box is
QUIET = 0.02  # of the peak: the least spread that surroundings are believed to have
CLEAR = 4.0  # sigmas at which the second plane begins to saturate
EDGE = np.zeros((PATCH_PX, PATCH_PX), dtype=np.bool_)
EDGE[[0, -1], :] = EDGE[:, [0, -1]] = True
EDGE_AT = np.flatnonzero(EDGE)
PLANES = 2
SIDE, STEP = 4, 2
"""Pixels a side of every kernel, and from one to the next: of 32 they make 15, 6 and 2."""
LAST_PX = 2


class Inputs(Struct, frozen=True):
    """What networks look at: `planes` (n, 32, 32, PLANES) and how clear each patch is (n,), half the logarithm of peak over spread."""

    planes: Floats
    clear: Floats

    def of(self, rows: NDArray[np.intp]) -> Inputs:
        """Some of them."""
        return Inputs(self.planes[rows], self.clear[rows])


class Networks(Struct, frozen=True):
    """Networks of three convolutions and a hidden layer: weights (networks, in, out) and biases (networks, out) of each, to labels."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    third: Floats
    third_bias: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def log_probabilities(self, inputs: Inputs) -> Floats:
        """Their mean log probabilities (n, labels)."""
        total = np.zeros((len(inputs.clear), self.out.shape[2]), np.float32)
        for k in range(len(self.out)):
            scores = self._scores(inputs, k)
            scores -= scores.max(axis=1, keepdims=True)
            total += scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return total / np.float32(len(self.out))

    def _scores(self, inputs: Inputs, k: int) -> Floats:
        planes = inputs.planes
        for weights, bias in zip((self.first, self.second, self.third), self._biases, strict=True):
            planes = np.maximum(pieces(planes) @ weights[k] + bias[k], 0)
        flat = np.concatenate((planes.reshape(len(planes), -1), inputs.clear[:, None]), axis=1)
        return np.asarray(np.maximum(flat @ self.hidden[k] + self.hidden_bias[k], 0) @ self.out[k] + self.out_bias[k])

    @property
    def _biases(self) -> tuple[Floats, Floats, Floats]:
        return self.first_bias, self.second_bias, self.third_bias

    def fits(self, labels: int) -> bool:
        """Whether the layers fit each other, the inputs and so many labels."""
        weights = (self.first, self.second, self.third, self.hidden, self.out)
        if any(one.ndim != 3 for one in weights):
            return False
        channels = [PLANES, *(one.shape[2] for one in weights)]
        into = [*(SIDE * SIDE * many for many in channels[:3]), LAST_PX * LAST_PX * channels[3] + 1, channels[4]]
        biases = (*self._biases, self.hidden_bias, self.out_bias)
        shapes = [(len(self.out), rows, many) for rows, many in zip(into, channels[1:], strict=True)]
        fit = [one.shape for one in weights] == shapes and channels[-1] == labels
        return fit and all(bias.shape == (n, many) for bias, (n, _, many) in zip(biases, shapes, strict=True))


def pieces(planes: Floats) -> Floats:
    """What a kernel sees from place to place of planes (n, rows, columns, channels): (n, down, across, SIDE * SIDE * channels), a copy."""
    n, rows, columns, channels = planes.shape
    down, across = rows // STEP, columns // STEP
    cells = planes[:, : STEP * down, : STEP * across].reshape(n, down, STEP, across, STEP * channels)
    cells = cells.transpose(0, 1, 3, 2, 4).reshape(n, down, across, -1)
    corners = (cells[:, y : down - 1 + y, x : across - 1 + x] for y in (0, 1) for x in (0, 1))
    return np.concatenate(tuple(corners), axis=-1)


def scaled(patches: Floats) -> Inputs:
    """Planes of patches (n, 32, 32): over their peak, and over the spread of their edge."""
    edge = np.sort(patches.reshape(len(patches), -1)[:, EDGE_AT], axis=1)
    middle, quarter = edge.shape[1] // 2, edge.shape[1] // 4
    shape = patches - edge[:, middle, None, None]
    peak = np.maximum(np.abs(shape[:, CORE, CORE]).reshape(len(shape), -1).max(axis=1), 1e-6)
    spread = np.maximum(0.74 * (edge[:, -quarter] - edge[:, quarter]), QUIET * peak)
    planes = np.empty((*shape.shape, PLANES), np.float32)
    np.clip(shape / peak[:, None, None], -1, 1, out=planes[..., 0])
    np.tanh(shape / (CLEAR * spread)[:, None, None], out=planes[..., 1])
    return Inputs(planes, np.asarray(0.5 * np.log(peak / spread), np.float32))
