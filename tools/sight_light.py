"""How a small body shows against what is behind it: warm or cold, sunlit from above or a dark shape against the bright sky."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.simulate.flyers import Kind
from tools.simulate.outdoors import Band
from tools.simulate.sprite import Sprite

Picture = NDArray[np.float32]
Random = np.random.Generator

LEAST_CLEAR, MOST_CLEAR = 4.0, 60.0
"""Of the noise: what is less is never found."""
COLD: dict[Kind, float] = {"balloon": 0.5, "insect": 0.5, "bird": 0.2, "drone": 0.05}
SOMETIMES_COLD = 0.1
AGAINST_LIGHT = 0.45
"""The share of bodies seen against the light."""


class Light(Struct, frozen=True):
    """`offset` is what all of a body adds to its own parts (kelvin); `bright` multiplies its grey, more at its top by `from_above`."""

    band: Band
    clear: float
    offset: float
    bright: float
    from_above: float
    haze: float

    def change(self, sprite: Sprite, behind: Picture, noise: float) -> Picture:
        """What the body changes in a picture (rows, columns), of which `noise` is the spread."""
        change = np.zeros(behind.shape, np.float32)
        rows, columns = sprite.cover.shape
        window = slice(sprite.top, sprite.top + rows), slice(sprite.left, sprite.left + columns)
        if self.band == "thermal":
            change[window] = sprite.shown + self.offset * sprite.cover
            return change * np.float32(self.clear * noise / max(float(np.abs(change).max()), 1e-6))
        down = np.linspace(1, -1, rows, dtype=np.float32)[:, None]
        lit = sprite.shown * self.bright * np.maximum(1 + self.from_above * down, 0.15)
        level = float(np.median(behind))
        change[window] = self.haze * (np.minimum(lit, 255 * sprite.cover) - level * sprite.cover)
        return change * np.float32(max(1.0, LEAST_CLEAR * noise / max(float(np.abs(change).max()), 1e-6)))


def some_light(kind: Kind, band: Band, rng: Random) -> Light:
    """Light as it may be."""
    against = rng.uniform() < AGAINST_LIGHT
    cold = rng.uniform() < COLD.get(kind, SOMETIMES_COLD)
    return Light(
        band=band,
        clear=float(np.exp(rng.uniform(np.log(LEAST_CLEAR), np.log(MOST_CLEAR)))),
        offset=-rng.uniform(8, 30) if cold else rng.exponential(10.0),
        bright=rng.uniform(0.2, 0.6) if against else rng.uniform(0.7, 1.3),
        from_above=rng.uniform(-0.1, 0.3) if against else rng.uniform(0.1, 1.0),
        haze=float(np.exp(rng.uniform(np.log(0.25), 0))),
    )
