"""Bearings and positions alike, as far as it matters to whom they belong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.bodies.ground import Ground
from edge_node.fusion.bodies.measured import Located, Pointed, of_bearings, of_positions, some
from edge_node.fusion.bodies.near import SWIFTEST_RAD_S, Outlook
from edge_node.fusion.bodies.unmet import Unmet
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import Array
from edge_node.fusion.filter.objects import Objects, Weighed
from edge_node.fusion.filter.sensing import lengths

SWIFTEST_MPS = 40.0
PAIR_SIGMAS = 4.0

Flags = NDArray[np.bool_]


S = TypeVar("S", Pointed, Located)


class Scan(ABC, Generic[S]):
    """What one sensor said at one moment; `other` (k) is the logarithm of each one's density if it is of an object that is another."""

    said: Sequence[S]
    other: Array

    @abstractmethod
    def near(self, outlook: Outlook, rows: Indices, located: Flags) -> Flags:
        """Whether each row (n) may be each one's (k): (n, k)."""

    @abstractmethod
    def weigh(self, objects: Objects, rows: Indices, which: Indices) -> Weighed:
        """Rows (p) beside those of what was said (p)."""

    def others(self, rows: Indices, which: Indices, unmet: Unmet) -> Array:  # noqa: ARG002 - what plots a place is surer of it than claims are
        """Logarithm of the density of each of these pairs (p) if what was said is of another."""
        return np.asarray(self.other[which])

    @abstractmethod
    def keep(self, objects: Objects, rows: Indices, which: Indices, weighed: Weighed, chosen: Flags) -> None:
        """Make what was weighed and chosen (p) what is known."""

    @abstractmethod
    def begin(self, objects: Objects, rows: Indices, which: Indices) -> None:
        """Begin objects in these rows by these."""

    @abstractmethod
    def apart(self, earlier: Sequence[S], now: Sequence[S]) -> Array:
        """(earlier, now): below 1 for plots that may be of one object, least for the likeliest."""


class BearingScan(Scan[Pointed]):
    """Bearings."""

    def __init__(self, said: Sequence[Pointed], ground: Ground, column: Callable[[Pointed], int]) -> None:
        self.said = said
        self._ground = ground
        self._measured, self.other = of_bearings(said, ground, column)
        self._pose = np.radians([one.bearing.sigma_pose_deg or 0.0 for one in said])

    def near(self, outlook: Outlook, rows: Indices, located: Flags) -> Flags:  # noqa: ARG002 - a direction gates all alike
        return outlook.of_bearings(rows, self._measured, self._pose)

    def weigh(self, objects: Objects, rows: Indices, which: Indices) -> Weighed:
        return objects.weigh_bearings(rows, some(self._measured, which))

    def others(self, rows: Indices, which: Indices, unmet: Unmet) -> Array:
        return unmet.other(rows, which, self.other, self._measured, self._pose)

    def keep(self, objects: Objects, rows: Indices, which: Indices, weighed: Weighed, chosen: Flags) -> None:
        objects.keep_bearings(rows, some(self._measured, which), weighed, chosen)

    def begin(self, objects: Objects, rows: Indices, which: Indices) -> None:
        objects.begin_by_bearing(rows, some(self._measured, which))

    def apart(self, earlier: Sequence[Pointed], now: Sequence[Pointed]) -> Array:
        before, _ = of_bearings(earlier, self._ground, lambda _: -1)
        after, _ = of_bearings(now, self._ground, lambda _: -1)
        off = np.arccos(np.clip(before.towards @ after.towards.T, -1.0, 1.0))
        wide = np.hypot(before.sigma[:, 0][:, None], after.sigma[:, 0][None])
        return np.asarray(off / (PAIR_SIGMAS * wide + SWIFTEST_RAD_S * (after.t_s[None] - before.t_s[:, None])))


class PositionScan(Scan[Located]):
    """Positions, on a ground that is known."""

    def __init__(self, said: Sequence[Located], ground: Ground, column: int = -1) -> None:
        self.said = said
        self._ground = ground
        self._measured, self.other = of_positions(said, ground, column)

    def near(self, outlook: Outlook, rows: Indices, located: Flags) -> Flags:
        return outlook.of_positions(rows, self._measured, located, self._ground.here)

    def weigh(self, objects: Objects, rows: Indices, which: Indices) -> Weighed:
        return objects.weigh_positions(rows, some(self._measured, which))

    def keep(self, objects: Objects, rows: Indices, which: Indices, weighed: Weighed, chosen: Flags) -> None:  # noqa: ARG002 - places alone decide
        objects.keep_positions(rows, weighed, chosen)

    def begin(self, objects: Objects, rows: Indices, which: Indices) -> None:
        objects.begin_by_position(rows, some(self._measured, which))

    def apart(self, earlier: Sequence[Located], now: Sequence[Located]) -> Array:
        before, _ = of_positions(earlier, self._ground)
        after, _ = of_positions(now, self._ground)
        off = lengths((after.state - before.state[:, None])[..., :2])
        wide = np.hypot(before.sigma[:, 0][:, None], after.sigma[:, 0][None])
        return np.asarray(off / (PAIR_SIGMAS * wide + SWIFTEST_MPS * (after.t_s[None] - before.t_s[:, None])))
