"""The loudest direction at a glance: steered power over the grid and a paraboloid about its highest point, without a model of noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.srp import Response
from edge_node.acoustic.steering import across

Vector = NDArray[np.float64]
Complex = NDArray[np.complex64]

NEIGHBOURS = 8


class Glance:
    """For those who look at every frame and want to know only where the loudest sound is."""

    def __init__(self, response: Response) -> None:
        self._response = response
        directions = response.directions
        near = np.argsort(-(directions @ directions.T), axis=1)[:, : NEIGHBOURS + 1]
        self._near = near
        self._bases = np.stack([across(direction) for direction in directions])
        offsets = np.einsum("gkx,gnx->gnk", self._bases, directions[near])
        u, v = offsets[..., 0], offsets[..., 1]
        self._to_shape = np.linalg.pinv(np.stack([np.ones_like(u), u, v, u * u / 2, u * v, v * v / 2], axis=2))
        self._reach = np.abs(offsets).max(axis=(1, 2))

    def direction(self, frames: Complex) -> Vector:
        """The unit vector that frames (frames, channels, bins) come from, every bin as loud as every other."""
        total = (frames.real**2 + frames.imag**2).sum(axis=(0, 1))
        power = self._response.power(frames, 1 / np.maximum(total, np.float32(1e-30)))
        best = int(np.argmax(power))
        _, du, dv, uu, uv, vv = self._to_shape[best] @ power[self._near[best]]
        bent = uu * vv - uv * uv
        reach = self._reach[best]
        if uu >= 0 or bent <= 0:
            return np.asarray(self._response.directions[best])
        u = min(max((uv * dv - vv * du) / bent, -reach), reach)
        v = min(max((uv * du - uu * dv) / bent, -reach), reach)
        there = self._response.directions[best] + u * self._bases[best, 0] + v * self._bases[best, 1]
        return np.asarray(there / np.sqrt(there @ there))
