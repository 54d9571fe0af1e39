"""A thermal camera's core: kelvin to 16-bit counts, with all that a microbolometer adds and its shutter."""

from __future__ import annotations

from math import floor

import numpy as np
from numpy.typing import NDArray

from tools.simulate.fractal import Floats
from tools.simulate.outdoors import KELVIN_PER_COUNT, Eye

Counts = NDArray[np.uint16]
FIRST_FFC = 0.4
COLUMN_K, ROW_K, PIXEL_K = 0.03, 0.015, 0.03
"""Fixed pattern that is left after a correction (1 sigma); it grows to `DRIFTED` times that until the next."""
DRIFTED = 3.0
FLICKER_ROW_K = 0.008
JUMP_K = 0.3
"""How far the whole picture jumps at a correction (1 sigma)."""


class Bolometer:
    """A thermal camera's core; the same frame at the same time, whatever was asked before."""

    def __init__(self, eye: Eye, seed: int) -> None:
        self._eye, self._seed = eye, seed
        rng = np.random.default_rng([seed, 3])
        shape = (eye.height, eye.width)
        self._left = self._pattern(rng, shape)
        self._grown = self._pattern(rng, shape)
        self._dead = np.flatnonzero(rng.random(shape) < eye.dead_share)
        self._stuck_k = rng.choice([-8.0, 6.0, 15.0], len(self._dead)).astype(np.float32)

    def shut(self, t_s: float) -> bool:
        """Whether a correction is going on."""
        if self._eye.ffc_every_s <= 0:
            return False
        begin_s, long_s, _ = self._correction(floor(t_s / self._eye.ffc_every_s))
        return begin_s <= t_s < begin_s + long_s

    def counts(self, kelvin: Floats, frame: int, t_s: float) -> Counts:
        """The picture as it is read out."""
        rng = np.random.default_rng([self._seed, 4, frame])
        age, offset_k = self.since_correction(t_s)
        out = rng.standard_normal(kelvin.shape, np.float32)
        out *= np.float32(self._eye.netd_k)
        out += kelvin
        out += self._left
        out += self._grown * np.float32(DRIFTED * age)
        out += rng.standard_normal((kelvin.shape[0], 1), np.float32) * np.float32(FLICKER_ROW_K)
        out += np.float32(offset_k)
        out.reshape(-1)[self._dead] = kelvin.mean() + self._stuck_k
        out *= np.float32(1 / KELVIN_PER_COUNT)
        return np.asarray(np.clip(np.rint(out), 0, 65_535), np.uint16)

    def _pattern(self, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
        columns = rng.standard_normal((1, shape[1])) * COLUMN_K
        return np.asarray(columns + rng.standard_normal((shape[0], 1)) * ROW_K + rng.standard_normal(shape) * PIXEL_K, np.float32)

    def _correction(self, number: int) -> tuple[float, float, float]:
        """When the n-th begins, how long it takes, and by how much the level is off afterwards."""
        rng = np.random.default_rng([self._seed, 5, number + 1])
        begin = number + FIRST_FFC + 0.2 * rng.random()
        return begin * self._eye.ffc_every_s, 0.5 + rng.random(), float(rng.normal(0, JUMP_K))

    def since_correction(self, t_s: float) -> tuple[float, float]:
        """How far the pattern has grown since the last correction (0 to 1), and by how many kelvin that left the level off."""
        every_s = self._eye.ffc_every_s
        if every_s <= 0:
            return 0.3, 0.0
        number = floor(t_s / every_s)
        begin_s, _, offset_k = self._correction(number)
        if t_s < begin_s:
            begin_s, _, offset_k = self._correction(number - 1)
        return min((t_s - begin_s) / every_s, 1.0), offset_k
