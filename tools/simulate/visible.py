"""A visible camera's sensor: light to grey levels with its noise."""

from __future__ import annotations

import numpy as np

from tools.simulate.fractal import Floats
from tools.simulate.outdoors import Eye
from tools.simulate.video import Grey, compressed


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
