"""Birds in a flock: sixty tracks of them tell nobody more than one sentence does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_DRONE = 0.15
"""What may be a drone is told, in whatever company it flies."""
NEIGHBOURS = 5
REACH = 0.2
"""Of the picture's width: how far off the nearest NEIGHBOURS of one in a flock are."""


def members(middles: NDArray[np.float64], drone: Sequence[float], width_px: int) -> NDArray[np.bool_]:
    """Which of the objects in a picture, (n, 2) and how probably a drone each, fly in a flock of what are hardly drones."""
    likely_birds = np.asarray(drone) < MOST_DRONE
    if likely_birds.sum() <= NEIGHBOURS:
        return np.zeros(len(likely_birds), bool)
    apart = np.hypot(*(middles[:, None] - middles[None, :]).transpose(2, 0, 1))
    near = (apart < REACH * width_px) & likely_birds[None, :]
    return np.asarray(likely_birds & (near.sum(axis=1) > NEIGHBOURS))
