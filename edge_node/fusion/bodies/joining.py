"""Which objects are found to be one, and which claims of whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import inf

import numpy as np

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.body import Body
from edge_node.fusion.bodies.returning import Returning
from edge_node.fusion.filter.sensing import lengths
from edge_node.fusion.pointing import Key

MERGES, MARGIN = 8.0, 3.0
"""So much likelier, in natural logarithm, than that they are two, and so much more than any other."""
ACTIVE_S = 3.0
PARTS = -6.0
TWIN_SIGMAS, TWIN_LOOKS = 3.0, 4
"""What is plotted without numbers may be followed twice: then both go together, and no sensor ever plots both at once."""
MOST_PLOTTED = 150


class Joining:
    """Looks at the bodies of one node, about twice a second."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies, self._returning = bodies, Returning(bodies)
        self._together: dict[tuple[int, int], int] = {}

    def joins(self, t_s: float) -> list[tuple[int, int]]:
        """Rows that are one object, each row once; the first is the one that goes on."""
        found: list[tuple[int, int]] = []
        used: set[int] = set()
        for row, other in [*self._returning.pairs(t_s), *self._by_sources(t_s), *self._twins(t_s)]:
            if used.isdisjoint((row, other)):
                used |= {row, other}
                first, second = sorted((row, other), key=lambda one: self._bodies[one].number or inf)
                found.append((first, second))
        return found

    def parts(self, key: Key, row: int) -> bool:
        """Whether a claim surely is no longer of this row."""
        fit = self._bodies.affinities.of(key).get(row)
        return fit is not None and fit.total() < PARTS

    def _by_sources(self, t_s: float) -> Iterable[tuple[int, int]]:
        """Of what sensors number: all sources of one object fit another one."""
        for row, body in self._bodies:
            active = [key for key, spoke_s in body.sources.items() if t_s - spoke_s < ACTIVE_S]
            totals = {to: nats for to, nats in self._totals(active, t_s).items() if to != row}
            other = _best(totals) if active else None
            if other is not None:
                yield row, other

    def _totals(self, keys: Iterable[Key], t_s: float) -> dict[int, float]:
        """How well all of an object's sources together fit each other object; one that does not fit, or numbers it otherwise, decides."""
        totals: dict[int, float] | None = None
        for key in keys:
            all_fits = self._bodies.affinities.of(key).items()
            fits = {row: fit.total() for row, fit in all_fits if not self._bodies[row].is_numbered_by(key[1], (key,), t_s)}
            totals = fits if totals is None else {row: totals[row] + fits[row] for row in totals.keys() & fits.keys()}
        return totals or {}

    def _twins(self, t_s: float) -> Iterable[tuple[int, int]]:
        """Of what is plotted: two that go together for some looks."""
        plotted = {row: body for row, body in self._bodies if body.plotted and t_s - body.hit_s < ACTIVE_S}
        now: dict[tuple[int, int], int] = {}
        for row, other in self._near(list(plotted)[:MOST_PLOTTED]):
            if not _are_plotted_apart(plotted[row], plotted[other]):
                now[row, other] = self._together.get((row, other), 0) + 1
        self._together = now
        return [pair for pair, looks in now.items() if looks >= TWIN_LOOKS]

    def _near(self, rows: list[int]) -> Iterable[tuple[int, int]]:
        """Pairs in one direction and, where both are known, in one place."""
        if len(rows) < 2:
            return
        outlook, located = self._bodies.outlook, self._bodies.objects.located
        place, cov = outlook.place[rows] - self._bodies.ground.here, outlook.cov[rows]
        far = np.maximum(lengths(place), 1.0)
        towards = place / far[:, None]
        along = np.vecdot(towards, np.matvec(cov, towards))
        sigma = np.sqrt(np.maximum(np.einsum("naa->n", cov) - along, 0.0)) / far
        off = np.arccos(np.clip(towards @ towards.T, -1.0, 1.0))
        close = off < TWIN_SIGMAS * np.hypot(sigma[:, None], sigma[None])
        for one, two in combinations(range(len(rows)), 2):
            if not close[one, two]:
                continue
            apart = place[one] - place[two]
            both = bool(located[rows[one]] and located[rows[two]])
            if not both or apart @ np.linalg.solve(cov[one] + cov[two], apart) < TWIN_SIGMAS**2:
                yield rows[one], rows[two]


def _are_plotted_apart(one: Body, other: Body) -> bool:
    """Whether a sensor plotted both in one scan of late."""
    return any(other.plotted_by.get(sensor) == spoke_s for sensor, spoke_s in one.plotted_by.items())


def _best(totals: Mapping[int, float]) -> int | None:
    ranked = sorted(totals.items(), key=lambda one: -one[1])
    if not ranked or ranked[0][1] < MERGES or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN):
        return None
    return ranked[0][0]
