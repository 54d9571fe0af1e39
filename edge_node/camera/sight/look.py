"""How one patch looks: scaled free of units and polarity, then a few small networks."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.observation import PATCH_PX

Floats = NDArray[np.float32]

INPUTS = 2 * (PATCH_PX // 2) ** 2 + 2
CORE = slice(PATCH_PX // 4, 3 * PATCH_PX // 4)  # where the box is
QUIET = 0.02  # of the peak: the least spread that surroundings are believed to have
CLEAR = 4.0  # sigmas at which the second picture begins to saturate
EDGE = np.zeros((PATCH_PX, PATCH_PX), dtype=np.bool_)
EDGE[[0, -1], :] = EDGE[:, [0, -1]] = True
EDGE_AT = np.flatnonzero(EDGE)


class Networks(Struct, frozen=True):
    """Networks of two hidden layers (networks, in, out), to labels."""

    into: Floats
    into_bias: Floats
    middle: Floats
    middle_bias: Floats
    out: Floats
    out_bias: Floats

    def log_probabilities(self, inputs: Floats) -> Floats:
        """Their mean log probabilities (n, labels) for inputs (n, in)."""
        hidden = np.maximum(inputs @ self.into + self.into_bias[:, None], 0)
        hidden = np.maximum(hidden @ self.middle + self.middle_bias[:, None], 0)
        scores = hidden @ self.out + self.out_bias[:, None]
        scores -= scores.max(axis=2, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=2, keepdims=True))
        return np.asarray(scores.mean(axis=0))

    def fits(self, labels: int) -> bool:
        """Whether the layers fit each other, the inputs and so many labels."""
        n, inputs, first = self.into.shape
        second = self.middle.shape[2]
        return (inputs, self.into_bias.shape, self.middle.shape, self.middle_bias.shape, self.out.shape, self.out_bias.shape) == (
            INPUTS,
            (n, first),
            (n, first, second),
            (n, second),
            (n, second, labels),
            (n, labels),
        )


def scaled(patches: Floats) -> Floats:
    """Inputs (n, INPUTS) of patches (n, 32, 32): shape over its peak, shape over the spread of its edge, how clear, hot or cold."""
    half = 0.25 * (patches[:, ::2, ::2] + patches[:, 1::2, ::2] + patches[:, ::2, 1::2] + patches[:, 1::2, 1::2])
    edge = np.sort(patches.reshape(len(patches), -1)[:, EDGE_AT], axis=1)
    middle, quarter = edge.shape[1] // 2, edge.shape[1] // 4
    level = edge[:, middle]
    half -= level[:, None, None]
    core = half[:, CORE.start // 2 : CORE.stop // 2, CORE.start // 2 : CORE.stop // 2].reshape(len(half), -1)
    hottest, coldest = core.max(axis=1), core.min(axis=1)
    sign = np.where(hottest >= -coldest, 1.0, -1.0).astype(np.float32)
    peak = np.maximum(np.maximum(hottest, -coldest), 1e-6)
    spread = np.maximum(0.74 * (edge[:, -quarter] - edge[:, quarter]), QUIET * peak)
    shape = half.reshape(len(half), -1)
    inputs = np.empty((len(half), INPUTS), np.float32)
    cells = shape.shape[1]
    np.clip(shape * (sign / peak)[:, None], -1, 1, out=inputs[:, :cells])
    np.tanh(shape * (sign / (CLEAR * spread))[:, None], out=inputs[:, cells : 2 * cells])
    inputs[:, -2], inputs[:, -1] = 0.5 * np.log(peak / spread), sign
    return inputs
