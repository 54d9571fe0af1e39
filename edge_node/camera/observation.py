"""What one picture showed of one object: what the tracks are made of and what tells them apart."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

PATCH_PX = 32
"""Rows and columns of an observation's patch."""
LEAST_JUDGED = 5
"""Observations of one object before anybody says what it is."""
LOST = 3
"""Pictures that do not show an object, after which what is taken for it may be something else."""
PATCH_OVER_BOX = 2.0
LEAST_PATCH_PX = 16.0
"""A patch shows a square of `PATCH_OVER_BOX` times the larger side of the box, and at least so many pixels of the picture."""


class Observation(Struct, frozen=True, gc=False):
    """One object in one picture.

    `box` is x, y, width, height in pixels of the picture. `scene_x`, `scene_y` are its centre in pixels of a picture that stands still: the
    camera's own motion is taken out. `contrast` is its peak over its surroundings in the picture's own units, below 0 where it is darker
    or colder, and `noise` the spread of the surroundings (1 sigma). `moving` is how much it differs from what was there before, in
    sigmas of that pixel over time, None while nobody knows. `patch` is (32, 32) float32 in the picture's own units about the box's
    middle (see `PATCH_OVER_BOX`), None where nobody wanted to look. `missed` is how many pictures before this one did not show it.
    """

    frame: int
    t_s: float
    box: tuple[float, float, float, float]
    scene_x: float
    scene_y: float
    contrast: float
    noise: float
    patch: NDArray[np.float32] | None
    moving: float | None = None
    missed: int = 0
