"""The tracker that every peer of the camera's bench gets: constant velocity, nearest neighbours taken globally, five of eight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GATE = 16.0
NEEDED, WINDOW = 5, 8
# A blob's middle is good to about a pixel; a target turns by about half a pixel a frame, a frame; a new one may do a few pixels a frame.
SIGMA_PX = 1.0
SIGMA_TURN_PX = 0.5
SIGMA_SPEED_PX = 3.0
MOST_TRACKS = 2_000
Numbers = NDArray[np.float64]


class Tracker:
    """Boxes (n, 4) of x, y, width, height in, confirmed tracks out; a track ends when it was seen less than once in the last eight frames.

    Both axes have one covariance, since they are alike and apart: position, position and speed, speed.
    """

    def __init__(self) -> None:
        self.numbers = np.zeros(0, np.int64)
        self._state = np.zeros((0, 2, 2))
        self._covariance = np.zeros((0, 3))
        self._size = np.zeros((0, 2))
        self._hits = np.zeros((0, WINDOW), np.bool_)
        self._confirmed = np.zeros(0, np.bool_)
        self._next = 0

    def step(self, boxes: Numbers) -> tuple[NDArray[np.int64], Numbers]:
        """Numbers (m,) and boxes (m, 4) of the confirmed tracks, predicted where nothing was seen."""
        self._predict()
        middles = boxes[:, :2] + boxes[:, 2:] / 2
        tracks, found = self._associate(middles)
        self._update(tracks, middles[found], boxes[found, 2:])
        self._judge(tracks)
        fresh = np.setdiff1d(np.arange(len(boxes)), found)
        self._begin(middles[fresh], boxes[fresh, 2:])
        told = self._confirmed
        corners = self._state[told, 0] - self._size[told] / 2
        return self.numbers[told], np.concatenate([corners, self._size[told]], axis=1)

    def _predict(self) -> None:
        self._state[:, 0] += self._state[:, 1]
        place, both, speed = self._covariance.T
        turn = SIGMA_TURN_PX**2
        self._covariance = np.stack([place + 2 * both + speed + turn / 4, both + speed + turn / 2, speed + turn], axis=1)

    def _associate(self, middles: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of a track and a box, the nearest of all first, each taken once."""
        off = middles[None] - self._state[:, None, 0]
        squared = (off**2).sum(axis=2) / (self._covariance[:, 0] + SIGMA_PX**2)[:, None]
        rows, columns = np.nonzero(squared < GATE)
        order = np.argsort(squared[rows, columns], kind="stable")
        # Confirmed tracks choose before those that are not.
        order = order[np.argsort(~self._confirmed[rows[order]], kind="stable")]
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
            if row not in pairs and column not in taken:
                pairs[row] = column
                taken.add(column)
        return np.array(list(pairs), np.int64), np.array(list(pairs.values()), np.int64)

    def _update(self, tracks: NDArray[np.int64], middles: Numbers, sizes: Numbers) -> None:
        place, both = self._covariance[tracks, :2].T
        spread = place + SIGMA_PX**2
        gains = np.stack([place, both], axis=1) / spread[:, None]
        off = middles - self._state[tracks, 0]
        self._state[tracks] += gains[:, :, None] * off[:, None]
        self._covariance[tracks] -= np.stack([place * place, place * both, both * both], axis=1) / spread[:, None]
        self._size[tracks] = sizes

    def _judge(self, tracks: NDArray[np.int64]) -> None:
        self._hits = np.roll(self._hits, 1, axis=1)
        self._hits[:, 0] = False
        self._hits[tracks, 0] = True
        count = self._hits.sum(axis=1)
        self._confirmed |= count >= NEEDED
        self._keep(np.where(self._confirmed, count > 0, self._hits[:, :3].any(axis=1)))

    def _keep(self, kept: NDArray[np.bool_]) -> None:
        self.numbers, self._state, self._covariance = self.numbers[kept], self._state[kept], self._covariance[kept]
        self._size, self._hits, self._confirmed = self._size[kept], self._hits[kept], self._confirmed[kept]

    def _begin(self, middles: Numbers, sizes: Numbers) -> None:
        count = min(len(middles), MOST_TRACKS - len(self.numbers))
        state = np.zeros((count, 2, 2))
        state[:, 0] = middles[:count]
        hits = np.zeros((count, WINDOW), np.bool_)
        hits[:, 0] = True
        self.numbers = np.concatenate([self.numbers, np.arange(self._next, self._next + count)])
        self._state = np.concatenate([self._state, state])
        self._covariance = np.concatenate([self._covariance, np.tile([SIGMA_PX**2, 0.0, SIGMA_SPEED_PX**2], (count, 1))])
        self._size, self._hits = np.concatenate([self._size, sizes[:count]]), np.concatenate([self._hits, hits])
        self._confirmed = np.concatenate([self._confirmed, np.zeros(count, np.bool_)])
        self._next += count
