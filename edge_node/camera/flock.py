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


class Flock:
    """Remembers who came in company, for a flock that scatters is still one, and who came alone, for birds that come by hide nobody."""

    def __init__(self, width_px: int) -> None:
        self._reach_px = REACH * width_px
        self._in_company: dict[int, bool] = {}

    def members(self, tracks: Sequence[int], middles: NDArray[np.float64], drone: Sequence[float]) -> NDArray[np.bool_]:
        """Which objects of a picture, by track, place (n, 2) and how probably a drone each, came in a flock of what are hardly drones."""
        hardly_drones = np.asarray(drone) < MOST_DRONE
        together = self._together(middles, hardly_drones)
        self._in_company = {
            track: hardly and self._in_company.get(track, bool(near))
            for track, hardly, near in zip(tracks, hardly_drones.tolist(), together, strict=True)
        }
        return np.array(list(self._in_company.values()), bool)

    def _together(self, middles: NDArray[np.float64], hardly_drones: NDArray[np.bool_]) -> NDArray[np.bool_]:
        if hardly_drones.sum() <= NEIGHBOURS:
            return np.zeros(len(hardly_drones), bool)
        apart = np.hypot(*(middles[:, None] - middles[None, :]).transpose(2, 0, 1))
        near = (apart < self._reach_px) & hardly_drones[None, :]
        return np.asarray(near.sum(axis=1) > NEIGHBOURS, bool)
