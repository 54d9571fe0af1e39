"""One object that C2 follows, and the node tracks that speak of it."""

from __future__ import annotations

from collections.abc import Collection
from math import sqrt

import numpy as np

from edge_node.fusion.filter.models import Array
from edge_node.geometry import LocalFrame
from tools.c2.picture import Key
from tools.c2.reports import Report

USUAL, USUAL_COUNTS, MOST_COUNTS = 6.0, 6.0, 100.0
"""Mean square of second differences of bearings, in variances, until it is measured; as how many that counts; how many are remembered."""
LEAST_CORRELATION, MOST_CORRELATION = -0.1, 0.97
"""A little below 0 lets what chance makes of independent errors even out."""
EVEN = 1.6
"""Gaps of which one is longer than the other by more than this say nothing."""


class Smoothness:
    """How far a node's bearings are smoothed: they jump less from one to the next than independent errors of their sigma would.

    The mean square of second differences is 6 variances where errors are independent, 2 (1-r) (3-r) where r correlates one with the next.
    """

    def __init__(self) -> None:
        self._mean, self._counts = USUAL, USUAL_COUNTS
        self._last: list[tuple[float, Array]] = []

    def add(self, t_s: float, angles: Array, sigma: Array) -> None:
        """One more bearing that is used: angles (2) and sigmas (2) in radians, infinite where one was not measured."""
        self._last = [*self._last[-2:], (t_s, angles)]
        if len(self._last) < 3:
            return
        (t0, first), (t1, second), (t2, third) = self._last
        if max(t1 - t0, t2 - t1) > EVEN * min(t1 - t0, t2 - t1):
            return
        turns = np.array([third[0] - second[0], second[0] - first[0]])
        turned = (turns + np.pi) % (2 * np.pi) - np.pi
        bend = np.array([turned[0] - turned[1], third[1] - 2 * second[1] + first[1]])
        known = np.isfinite(sigma)
        self._counts = min(self._counts + 1, MOST_COUNTS)
        self._mean += (float(np.mean((bend[known] / sigma[known]) ** 2)) - self._mean) / self._counts

    @property
    def inflation(self) -> float:
        """By how much variances grow so that correlated errors, taken for independent ones, are not counted twice (1 + r) / (1 - r)."""
        correlation = min(max(2 - sqrt(1 + self._mean / 2), LEAST_CORRELATION), MOST_CORRELATION)
        return (1 + correlation) / (1 - correlation)


class Part:
    """One node track that speaks of an object; `astray_s` is since when it does not fit."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.astray_s: float | None = None

    def note(self, fits: bool, t_s: float) -> None:
        """Whether what it says fits the object."""
        if fits:
            self.astray_s = None
        elif self.astray_s is None:
            self.astray_s = t_s


class Source(Part):
    """One node track whose bearings are taken to be of an object; `slot` is where the error of its mounting is kept, -1 for none."""

    def __init__(self, key: Key, slot: int) -> None:
        super().__init__(key)
        self.slot = slot
        self.used_s = -np.inf
        self.smoothness = Smoothness()


class Claim(Part):
    """One node track that says a position of an object."""


class Followed:
    """An object by its number; `row` is its state of bearings among all, None where only positions are known of it."""

    def __init__(self, number: int, frame: LocalFrame, begun_s: float) -> None:
        self.number, self.frame, self.begun_s = number, frame, begun_s
        self.row: int | None = None
        self.sources: dict[Key, Source] = {}
        self.claims: dict[Key, Claim] = {}
        self.ambiguous = False
        self.score = 0.0
        self.known_height = False
        self.updated_s = self.shared_s = begun_s

    @property
    def keys(self) -> set[Key]:
        """All node tracks that speak of it: who it is."""
        return self.sources.keys() | self.claims.keys()

    def has_node(self, node8: str, but: Key, fresh: Collection[Key]) -> bool:
        """Whether another track of that node, one of those that are fresh, speaks of it."""
        return any(key[0] == node8 and key != but and key in fresh for key in self.keys)


def angles(report: Report) -> Array:
    """Azimuth, as an angle across, and elevation (2) of a bearing in radians."""
    bearing = report.bearing or {}
    raised = np.radians(bearing["elevation_deg"] or 0.0)
    return np.array([np.radians(bearing["azimuth_deg"]), raised])
