"""Where in the scene tracks come from that come to nothing, learned while it runs: what begins there needs more to be believed."""

from __future__ import annotations

from math import ceil, exp

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CELL_PX = 8
FORGETS_S = 1800.0
"""Time constant: half an hour outlasts gusts, not the weather."""
FREE = 2.0
"""So many vain tracks of a cell and its neighbours are no habit."""
MOST_LOG_ODDS = 4.0
QUIET_S, MOST_QUIET_S = 2.0, 30.0
"""For so long nothing begins where something stood that was dismissed, times how often that was, unless it moves."""


class ClutterMap:
    """Vain tracks by cell of the scene, over a picture and as much again about it; further off nothing is remembered."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._vain = np.zeros((3 * ceil(height_px / CELL_PX), 3 * ceil(width_px / CELL_PX)))
        self._quiet_until_s = np.full(self._vain.shape, -np.inf)
        self._origin = np.array([width_px, height_px], np.float64)
        self._last_s: float | None = None

    def step(self, t_s: float) -> None:
        """Let time pass, and with it what was learned."""
        if self._last_s is not None and t_s > self._last_s:
            self._vain *= exp(-(t_s - self._last_s) / FORGETS_S)
        self._last_s = t_s

    def blame(self, places: Array) -> None:
        """Note where tracks (n, 2) began that came to nothing."""
        rows, columns, inside = self._cells(places)
        np.add.at(self._vain, (rows[inside], columns[inside]), 1.0)

    def dismiss(self, places: Array) -> None:
        """Note where things (n, 2) stand that are none."""
        self.blame(places)
        rows, columns, inside = self._cells(places)
        for row, column in zip(rows[inside], columns[inside], strict=True):
            quiet_s = min(QUIET_S * self._vain[row, column], MOST_QUIET_S)
            around = slice(max(0, row - 1), row + 2), slice(max(0, column - 1), column + 2)
            self._quiet_until_s[around] = np.maximum(self._quiet_until_s[around], (self._last_s or 0.0) + quiet_s)

    def quiet(self, places: Array) -> NDArray[np.bool_]:
        """Which of some places (n, 2) are known to show nothing but what always stands there."""
        rows, columns, inside = self._cells(places)
        quiet = np.zeros(len(places), bool)
        quiet[inside] = self._quiet_until_s[rows[inside], columns[inside]] > (self._last_s or 0.0)
        return quiet

    def against(self, place: Array) -> float:
        """Log odds, 0 or more, that speak against what begins at one place (2,)."""
        rows, columns, inside = self._cells(place[None])
        if not inside[0]:
            return 0.0
        row, column = int(rows[0]), int(columns[0])
        near = float(self._vain[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].sum())
        return min(float(np.log(max(near, FREE) / FREE)), MOST_LOG_ODDS)

    def _cells(self, places: Array) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        at = np.floor((places + self._origin) / CELL_PX).astype(np.intp)
        columns, rows = at[:, 0], at[:, 1]
        inside = (rows >= 0) & (rows < self._vain.shape[0]) & (columns >= 0) & (columns < self._vain.shape[1])
        return rows, columns, inside
