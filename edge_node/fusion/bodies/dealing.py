"""Whose each measurement is: what one sensor said at one moment is dealt to the objects that there are, and the rest begins others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf, log
from typing import Any

import numpy as np

from edge_node.fusion.bodies.assignment import Dealt, dealt
from edge_node.fusion.bodies.beginning import Beginning
from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.crossings import Crossings
from edge_node.fusion.bodies.measured import Claim, Located, Pointed, Said
from edge_node.fusion.bodies.scan import PositionScan, Scan
from edge_node.fusion.bodies.unmet import Unmet
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import Array
from edge_node.fusion.pointing import Key

STAYS, CONTESTED, JOINS = 5.0, 1.5, 3.0
"""A sensor seldom takes one object for another, but where two come together it often does; nothing joins another's on one word."""
NEARLY, SWITCHES = -3.0, 2.0
LEAST_CLUTTER = 0.1
"""Plots of nobody in a scan, of the cleanest sensor."""
DOUBTS_S = 2.5
"""For so long an object of which it is not sure what is its own goes on as it went."""
ONCE_S = 0.6
"""The slowest sensor that numbers objects speaks of each twice a second."""
HINT_EVERY_S = 5.0
"""A range from a size is wrong by what the object is; said again, it is no better."""


class Dealing:
    """Deals to the bodies of one node; `doubtful` counts what could as well be another's."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies, self._beginning = bodies, Beginning(bodies)
        self.crossings = Crossings(bodies)
        self.doubtful = 0
        self._unmet = Unmet((), bodies.ground)

    def take(self, said: Sequence[Said]) -> list[int | None]:
        """The row of each of what one sensor said at one moment, all of one kind; None for a plot that waits, and where rows are out."""
        return self._deal(self._bodies.scan(said)) if said else []

    def _deal(self, scan: Scan[Any]) -> list[int | None]:
        said = scan.said
        self._bodies.note_scan(said[0])
        own = self._own(said)
        rows, which = self._pairs(scan, own)
        weighed = scan.weigh(self._bodies.objects, rows, which)
        nats = weighed.likely - scan.others(rows, which, self._unmet)
        deal = self._dealt(said, own, rows, which, nats)
        chosen = np.zeros(len(rows), bool)
        chosen[[pair for pair, sure in zip(deal.pairs, deal.sure, strict=True) if self._goes(sure, said[which[pair]], rows[pair])]] = True
        scan.keep(self._bodies.objects, rows, which, weighed, chosen)
        self._note_fits(said, own, rows, which, nats)
        found: list[int | None] = [None] * len(said)
        for pair, sure in zip(deal.pairs.tolist(), deal.sure.tolist(), strict=True):
            k = int(which[pair])
            if sure or own[k] is not None or said[k].key is None:
                found[k] = int(rows[pair])
                self._bodies.hear(said[k], int(rows[pair]), float(nats[pair]) - self._clutter(said[k]))
        self._beginning.of_others(scan, own, found)
        self._misplace(scan, found)
        self._hint(said, found)
        self._bodies.touch(np.array(sorted({row for row in found if row is not None}), np.intp))
        return found

    def _own(self, said: Sequence[Said]) -> list[int | None]:
        """The row that each one's number means already."""
        return [None if one.key is None else self._bodies.of(one.key) for one in said]

    def _pairs(self, scan: Scan[Any], own: Sequence[int | None]) -> tuple[Indices, Indices]:
        """Rows and those of what was said that may belong together; what was heard but once, of late, may be what is new."""
        mine, newest_s = set(own), max(one.t_s for one in scan.said)
        asked = [(row, body.hits > 1) for row, body in self._bodies if body.hits > 1 or newest_s - body.hit_s < ONCE_S or row in mine]
        alive, firm = np.array([row for row, _ in asked], np.intp), np.array([sure for _, sure in asked], bool)
        if not asked:
            return alive, alive
        rows_of = np.array([-1 if row is None else row for row in own])
        near = scan.near(self._bodies.outlook, alive, self._bodies.objects.located[alive])
        rows, which = np.nonzero((alive[:, None] == rows_of) | (near & (firm[:, None] | (rows_of < 0))))
        return alive[rows], which

    def _dealt(self, said: Sequence[Said], own: Sequence[int | None], rows: Indices, which: Indices, nats: Array) -> Dealt:
        """Which pairs belong together, and whether that is sure."""
        scores = self._scores(said, own, rows, which, nats)
        deal = dealt(rows, which, scores)
        self._meet(deal, said, rows, which, scores)
        deal = self._without_hasty(deal, said, own, rows, which)
        self.doubtful += int((~deal.sure).sum())
        return deal

    def _scores(self, said: Sequence[Said], own: Sequence[int | None], rows: Indices, which: Indices, nats: Array) -> Array:
        """How much each pair gains (p), with what is known beforehand."""
        contested = np.bincount(which[nats > NEARLY], minlength=len(said)) > 1
        keys = {one.key for one in said}
        scores = np.full(len(nats), -np.inf)
        for pair in np.flatnonzero(nats > -STAYS).tolist():
            k = int(which[pair])
            scores[pair] = nats[pair] + self._bias(said[k], own[k], int(rows[pair]), bool(contested[k]), keys)
        return scores

    def _without_hasty(self, deal: Dealt, said: Sequence[Said], own: Sequence[int | None], rows: Indices, which: Indices) -> Dealt:
        """A number that seems to mean another object is not taken at its word: until that lasted, its own goes on as it went."""
        rows_of, said_of = rows.tolist(), which.tolist()
        kept: dict[int, tuple[int, bool]] = {}
        for pair, sure in zip(deal.pairs.tolist(), deal.sure.tolist(), strict=True):
            k, row = said_of[pair], rows_of[pair]
            mine, key = own[k], said[k].key
            hasty = not (mine in (None, row) or key is None or self._bodies.affinities.prefers(key, row, mine, SWITCHES))
            stays = [other for other in range(len(rows)) if rows_of[other] == mine and said_of[other] == k] if hasty else []
            goes = (stays[0], False) if stays else (pair, sure)
            kept.setdefault(rows_of[goes[0]], goes)
        inorder = [kept[row] for row in sorted(kept)]
        return Dealt(np.array([pair for pair, _ in inorder], np.intp), np.array([sure for _, sure in inorder], bool))

    def _meet(self, deal: Dealt, said: Sequence[Said], rows: Indices, which: Indices, scores: Array) -> None:
        """Note whose a plot might as well be: both meet."""
        for pair in deal.pairs[~deal.sure].tolist():
            one, rivals = said[which[pair]], np.flatnonzero((which == which[pair]) & (rows != rows[pair]) & (scores > 0))
            if _is_plot(one) and len(rivals):
                self.crossings.note(int(rows[pair]), int(rows[rivals[scores[rivals].argmax()]]), one.t_s)

    def _goes(self, sure: bool, one: Said, row: int) -> bool:
        """Whether an object takes in what may be another's: plots at once, all else after a while, when it is better than nothing."""
        body = self._bodies[int(row)]
        if sure or (_is_plot(one) and int(row) in self.crossings):
            body.doubted_s = None
            return True
        body.doubted_s = one.t_s if body.doubted_s is None else body.doubted_s
        return one.t_s - body.doubted_s > DOUBTS_S

    def _bias(self, one: Said, own: int | None, row: int, contested: bool, keys: Collection[Key | None]) -> float:
        """What is known beforehand of whose it is."""
        if one.key is None:
            found = self._bodies[row].existence(one.t_s) / self._bodies.scanned[one.sensor].hits_every
            return log(found / (1 - found)) - self._clutter(one)
        if own == row:
            return CONTESTED if contested else STAYS
        body = self._bodies[row]
        if body.is_numbered_by(one.sensor, keys, one.t_s):
            return -np.inf
        return -JOINS if own is None and not body.was_numbered_by(one.sensor) else 0.0

    def _clutter(self, one: Said) -> float:
        """Logarithm of how many plots of a scan are of nobody; a number is of somebody."""
        return 0.0 if one.key is not None else log(max(self._bodies.plots_of(one.sensor).each_scan, LEAST_CLUTTER))

    def _note_fits(self, said: Sequence[Said], own: Sequence[int | None], rows: Indices, which: Indices, nats: Array) -> None:
        """How well each source fits each object that came near, if any but its own did."""
        fits: list[dict[int, float]] = [{} for _ in said]
        for row, k, fit in zip(rows.tolist(), which.tolist(), nats.tolist(), strict=True):
            if fit > -STAYS or row == own[k]:
                fits[k][row] = fit
        for k, one in enumerate(said):
            if one.key is not None and own[k] is not None and (fits[k].keys() - {own[k]} or self._bodies.affinities.of(one.key)):
                self._bodies.affinities.note(one.key, fits[k], one.t_s)

    def _misplace(self, scan: Scan[Any], found: Sequence[int | None]) -> None:
        """What is seen, but is not where it was plotted, is known by its direction alone again."""
        bodies = self._bodies
        lost = [(row, k) for k, row in enumerate(found) if row is not None and bodies[row].is_misplaced(bodies.scanned)]
        if lost and isinstance(scan.said[0], Pointed):
            scan.begin(bodies.objects, np.array([row for row, _ in lost]), np.array([k for _, k in lost]))
            for row, _ in lost:
                bodies[row].placed_by.clear()
                bodies[row].claimed_s = None

    def _hint(self, said: Sequence[Said], found: Sequence[int | None]) -> None:
        for one, row in zip(said, found, strict=True):
            if row is None or not isinstance(one, Pointed) or one.range_m is None or one.sigma_range_m is None:
                continue
            body = self._bodies[row]
            if one.t_s - body.hinted_s >= HINT_EVERY_S:
                body.hinted_s = one.t_s
                share = max(one.sigma_range_m / one.range_m, 0.05)
                self._bodies.objects.take_ranges(
                    np.array([row]), np.array([one.range_m]), np.array([share]), self._bodies.ground.here[None]
                )

    def know(self, claims: Sequence[Claim]) -> None:
        """These are all that are claimed by now."""
        self._unmet = Unmet(claims, self._bodies.ground)

    def claim(self, row: int, said: Located, key: Key) -> None:
        """Let a claimed position correct an object where it fits, and note how well it does."""
        scan, one, only = self._bodies.claim_scan(said, row), np.array([row]), np.array([0])
        weighed = scan.weigh(self._bodies.objects, one, only)
        nats = float(weighed.likely[0] - scan.other[0])
        self._bodies.affinities.note(key, {row: nats}, said.t_s)
        if nats > 0:
            scan.keep(self._bodies.objects, one, only, weighed, np.ones(1, bool))
            self._bodies.touch(one)

    def compare(self, said: Sequence[Located]) -> None:
        """Note how well claims, each with the key of its source, fit objects; nothing else is changed by it.

        Which of two claims an object is of tells how much better one fits, so what fits well is not cut.
        """
        if not said:
            return
        scan = PositionScan(said, self._bodies.ground)
        rows, which = self._pairs(scan, self._own(said))
        nats = scan.weigh(self._bodies.objects, rows, which).likely - scan.other[which]
        for k, one in enumerate(said):
            pairs = np.flatnonzero(which == k)
            if one.key is not None and (len(pairs) or self._bodies.affinities.of(one.key)):
                self._bodies.affinities.note(one.key, {int(rows[pair]): float(nats[pair]) for pair in pairs}, one.t_s, inf)


def _is_plot(one: Said) -> bool:
    """Whether it says a place, and no number."""
    return isinstance(one, Located) and one.key is None
