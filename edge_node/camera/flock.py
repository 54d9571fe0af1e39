"""Birds in a flock: sixty tracks of them tell nobody more than one sentence does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_DRONE = 0.2
"""What may be a drone is told, in whatever company it flies."""
MOST_OF_DOTS, BIRDS = 0.65, 0.45
"""A dot may always be one, and company tells: where half of what is seen is less likely a drone than BIRDS, only who stands out is told."""
NEIGHBOURS = 5
REACH = 0.2
"""Of the picture's width: how far off the nearest NEIGHBOURS of one in a flock are."""


class Flock:
    """Remembers who came in company, for a flock that scatters is still one, and who came alone, for birds that come by hide nobody."""

    def __init__(self, width_px: int) -> None:
        self._reach_px = REACH * width_px
        self._in_company: dict[int, bool] = {}

    def members(self, tracks: Sequence[int], middles: ArrayLike, drone: Sequence[float], dots: Sequence[float]) -> NDArray[np.bool_]:
        """Which objects of a picture came in a flock of what are hardly drones.

        They are told by track, place (n, 2), how probably each is a drone, and how far, 0 to 1, but a dot.
        """
        of_dots = MOST_OF_DOTS if len(drone) and np.median(drone) < BIRDS else MOST_DRONE
        most = [MOST_DRONE + (of_dots - MOST_DRONE) * share for share in dots]
        hardly_drones = [probability < limit for probability, limit in zip(drone, most, strict=True)]
        together = self._together(np.array(middles), np.array(hardly_drones)) if sum(hardly_drones) > NEIGHBOURS else repeat(False)
        self._in_company = {
            track: hardly and self._in_company.get(track, near)
            for track, hardly, near in zip(tracks, hardly_drones, together, strict=False)
        }
        return np.array(list(self._in_company.values()), bool)

    def _together(self, middles: NDArray[np.float64], hardly_drones: NDArray[np.bool_]) -> list[bool]:
        apart = np.hypot(*(middles[:, None] - middles[None, :]).transpose(2, 0, 1))
        near = (apart < self._reach_px) & hardly_drones[None, :]
        return [bool(many) for many in near.sum(axis=1) > NEIGHBOURS]
