"""Camera electronics: kelvin to 16-bit counts with all that a microbolometer adds, counts to grey by a gain control, light to grey."""

from __future__ import annotations

from math import floor

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.simulate.fractal import Floats
from tools.simulate.outdoors import KELVIN_PER_COUNT, Eye

Counts = NDArray[np.uint16]
Grey = NDArray[np.uint8]
FIRST_FFC = 0.4
COLUMN_K, ROW_K, PIXEL_K = 0.03, 0.015, 0.03
"""Fixed pattern that is left after a correction (1 sigma); it grows to `DRIFTED` times that until the next."""
DRIFTED = 3.0
FLICKER_ROW_K = 0.008
LEAST_SPREAD_K = 10.0
"""A gain control goes no further, lest it show noise alone."""
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
        age, offset_k = self._age(t_s)
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

    def _age(self, t_s: float) -> tuple[float, float]:
        """How far the pattern has grown (0 to 1), and the level's error."""
        every_s = self._eye.ffc_every_s
        if every_s <= 0:
            return 0.3, 0.0
        number = floor(t_s / every_s)
        begin_s, _, offset_k = self._correction(number)
        if t_s < begin_s:
            begin_s, _, offset_k = self._correction(number - 1)
        return min((t_s - begin_s) / every_s, 1.0), offset_k


class GainControl:
    """Counts to grey as a core's own video has it; fed in order, it holds its gain until the scene has changed by `HOLD`, then jumps.

    `locality` from 0 to 1 is how much the surroundings' mean is taken out: 1 makes the halo along a hot horizon.
    """

    HOLD = 0.12

    def __init__(self, locality: float = 0.8, contrast: float = 1.0, middle: float = 110.0) -> None:
        self._locality, self._contrast, self._middle = locality, contrast, middle
        self._gain = self._level = 0.0

    def grey(self, counts: Counts) -> Grey:
        """One picture, uint8."""
        kelvin = counts.astype(np.float32) * np.float32(KELVIN_PER_COUNT)
        small = cv2.resize(kelvin, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        around = cv2.GaussianBlur(small, (0, 0), max(small.shape[1] / 10, 1.0))
        level, spread = float(np.median(small)), small - self._locality * around
        low, high = np.percentile(spread, [3, 97])
        gain = self._contrast * 190 / max(float(high - low), LEAST_SPREAD_K)
        if self._gain == 0 or abs(gain / self._gain - 1) > self.HOLD:
            self._gain, self._level = gain, level
        wide = cv2.resize(around, (kelvin.shape[1], kelvin.shape[0]), interpolation=cv2.INTER_LINEAR)
        base = np.float32(self._locality) * wide + np.float32((1 - self._locality) * self._level)
        kelvin -= base
        kelvin *= np.float32(self._gain)
        return np.asarray(np.clip(kelvin + np.float32(self._middle), 0, 255), np.uint8)


class LightSensor:
    """A visible camera: shot and read noise, then its compression where one is asked for."""

    SHOT, READ = 0.10, 0.6

    def __init__(self, eye: Eye, seed: int) -> None:
        self._eye, self._seed = eye, seed

    def grey(self, light: Floats, frame: int) -> Grey:
        """One picture, uint8."""
        rng = np.random.default_rng([self._seed, 6, frame])
        noise = rng.standard_normal(light.shape, np.float32)
        noise *= np.sqrt(np.maximum(light, 0)) * np.float32(self.SHOT) + np.float32(self.READ)
        return compressed(np.asarray(np.clip(light + noise + 0.5, 0, 255), np.uint8), self._eye.jpeg_quality)


def compressed(grey: Grey, jpeg_quality: int) -> Grey:
    """A picture as it comes out of a lossy coder; 0 leaves it as it is."""
    if jpeg_quality <= 0:
        return grey
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


class Video:
    """What a camera's 8-bit video shows of its pictures, fed in order: gain control, noise reduction over time, compression."""

    STILL = 6.0

    def __init__(self, gain: GainControl | None, jpeg_quality: int = 0, calm: float = 0.5) -> None:
        """`calm` is the share of the picture before that is kept where nothing changes by more than `STILL` grey levels."""
        self._gain, self._quality, self._calm = gain, jpeg_quality, calm
        self._before: Floats | None = None

    def grey(self, picture: Counts | Grey) -> Grey:
        """One picture, uint8."""
        grey = self._gain.grey(np.asarray(picture, np.uint16)) if self._gain and picture.dtype == np.uint16 else picture
        now = grey.astype(np.float32)
        if self._before is not None and self._calm > 0:
            change = self._before - now
            now += np.float32(self._calm) * change * (np.abs(change) < self.STILL)
        self._before = now
        return compressed(np.asarray(np.clip(now + 0.5, 0, 255), np.uint8), self._quality)
