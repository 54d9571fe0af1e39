"""Which published positions lie near a place or along a bearing, roughly and for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.models import Array
from edge_node.geometry import to_ecef
from tools.c2.crossing import MOST_RANGE_M
from tools.c2.reports import UNSAID_M, Report
from tools.c2.triangulation import axes

SIGMAS = 5.0
MOVES_M = 40.0
"""What an object may fly while its sound is on its way and messages are."""


class Positions:
    """Reports that say a place."""

    def __init__(self, said: Sequence[Report]) -> None:
        self.said = said
        self.ecef = np.array([_ecef(one) for one in said]).reshape(-1, 3)
        majors_m = [(one.kinematics or {})["sigma_major_m"] for one in said]
        self._reach_m = MOVES_M + SIGMAS * np.array([UNSAID_M if one is None else one for one in majors_m])
        numbers = {name: number for number, name in enumerate(dict.fromkeys(one.node8 for one in said))}
        self._nodes = np.array([numbers[one.node8] for one in said], np.intp)
        self._numbers = numbers

    def near(self, ecef: Array) -> list[Report]:
        """Those that may be at a place (3)."""
        return self._some(np.linalg.norm(self.ecef - ecef, axis=1) < 2 * self._reach_m)

    def pairs(self, of: NDArray[np.bool_]) -> list[tuple[Report, Report]]:
        """Those of different nodes that may be at one place, one of them among `of` (n)."""
        rows = np.flatnonzero(of)
        apart_m = np.linalg.norm(self.ecef[rows, None] - self.ecef, axis=-1)
        close = (apart_m < self._reach_m[rows, None] + self._reach_m) & (self._nodes[rows, None] != self._nodes)
        found = ((int(rows[i]), int(j)) for i, j in np.argwhere(close))
        return [(self.said[i], self.said[j]) for i, j in found if not of[j] or i < j]

    def along(self, said: Report) -> list[Report]:
        """Those of other nodes where a bearing points to."""
        place, bearing = said.place or {}, said.bearing or {}
        at = place["latitude_deg"], place["longitude_deg"]
        turn = axes(*at)
        off = (self.ecef - np.array(to_ecef(*at, place["altitude_wgs84_m"] or 0.0))) @ turn.T
        if bearing["elevation_deg"] is None:
            off[:, 2] = 0.0
        far = np.maximum(np.linalg.norm(off, axis=1), 1.0)
        azimuth, elevation = np.radians(bearing["azimuth_deg"]), np.radians(bearing["elevation_deg"] or 0.0)
        towards = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
        angle = np.arccos(np.clip(off @ towards / far, -1.0, 1.0))
        sigma = np.max(said.sigma[np.isfinite(said.sigma)]) + said.sigma_pose
        within = (angle < SIGMAS * sigma + self._reach_m / far) & (far < MOST_RANGE_M)
        return self._some(within & (self._nodes != self._numbers.get(said.node8, -1)))

    def claims(self) -> list[list[Report]]:
        """Those of several nodes, one of a node, that have a name in common and lie near to each other, the first of them first."""
        by_name: dict[str, dict[str, int]] = {}
        for number, one in enumerate(self.said):
            for name in one.ids:
                by_name.setdefault(name, {}).setdefault(one.node8, number)
        groups = [list(one.values()) for one in by_name.values() if len(one) > 1]
        return [[self.said[n] for n in group] for group in groups if any(self._touch(*two) for two in pairwise(group))]

    def _touch(self, one: int, other: int) -> bool:
        return bool(np.linalg.norm(self.ecef[one] - self.ecef[other]) < self._reach_m[one] + self._reach_m[other])

    def _some(self, which: NDArray[np.bool_]) -> list[Report]:
        return [one for one, chosen in zip(self.said, which, strict=True) if chosen]


def _ecef(said: Report) -> tuple[float, float, float]:
    at = said.kinematics or {}
    altitude_m = at["altitude_wgs84_m"] if at["altitude_wgs84_m"] is not None else (said.place or {}).get("altitude_wgs84_m")
    return to_ecef(at["latitude_deg"], at["longitude_deg"], altitude_m or 0.0)
