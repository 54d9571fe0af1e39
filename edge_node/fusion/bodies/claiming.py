"""Whose body is whose claim's: claims are dealt to bodies all together, for what fits one claim well may fit its neighbour's as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import NamedTuple

import numpy as np

from edge_node.fusion.bodies.assignment import SURE, dealt
from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.joining import MERGES
from edge_node.fusion.bodies.measured import Claim, Located
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import Array
from edge_node.fusion.pointing import Key
from edge_node.geometry import distance_m


class Found(NamedTuple):
    """By index of a claim the row that it surely is of; and indices of claims whose body surely is another's."""

    merges: Mapping[int, int]
    parts: Sequence[int]


class Claiming:
    """Looks at the claims beside the bodies of one node, about twice a second."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._keys: set[Key] = set()

    def look(self, claims: Sequence[Claim], t_s: float) -> Found:
        """What is sure: the best way to deal them, where it is SURE better than the best that has it otherwise, and than any other claim.

        So one that is wrong, for all it is worth, never clears the way for the next. What tells neighbours apart is wrong by the same for
        long, mountings and satellites, so that between them evidence counts once, however long it lasts. What is lost is nobody's anew: it
        may be farther and farther off, and would fit by that alone.
        """
        self._forget({claim.said.key for claim in claims if claim.said.key is not None})
        pairs = [(row, k, nats) for k, claim in enumerate(claims) for row, nats in self._fits(claim, t_s)]
        pairs = _without_twins(pairs, claims)
        if not pairs:
            return Found({}, ())
        rows, which, scores = (np.array(column) for column in zip(*pairs, strict=True))
        deal = dealt(rows, which, scores)
        sure = {int(rows[pair]): pair for pair in deal.pairs[deal.sure].tolist() if scores[pair] - _rival(pair, rows, scores) >= SURE}
        owned = {row: int(which[pair]) for row, pair in sure.items()}
        new = {k: row for row, k in owned.items() if claims[k].row is None and self._total(claims[k], row) >= MERGES}
        parts = [k for k, claim in enumerate(claims) if claim.row in owned and owned[claim.row] != k]
        return Found(new, parts)

    def _total(self, claim: Claim, row: int) -> float:
        """How much likelier both are one than that they are two."""
        return self._bodies.affinities.of(claim.said.key)[row].total() if claim.said.key else 0.0

    def _forget(self, keys: set[Key]) -> None:
        """What is claimed no more fits nothing."""
        for key in self._keys - keys:
            self._bodies.affinities.forget_source(key)
        self._keys = keys

    def _fits(self, claim: Claim, t_s: float) -> Sequence[tuple[int, float]]:
        """Rows that a claim may be of, and how well it fits each."""
        bodies = self._bodies
        fits = bodies.affinities.of(claim.said.key) if claim.said.key else {}
        some = {row: fit for row, fit in fits.items() if row == claim.row or not bodies[row].is_lost(t_s, bodies.scanned)}
        return [(row, nats) for row, fit in some.items() if (nats := fit.nats) > 0]


def _rival(pair: int, rows: Indices, scores: Array) -> float:
    """The best of what other claims gain by the row of a pair."""
    others = rows == rows[pair]
    others[pair] = False
    return float(scores[others].max(initial=0.0))


def _without_twins(pairs: Sequence[tuple[int, int, float]], claims: Sequence[Claim]) -> list[tuple[int, int, float]]:
    """Of claims that are nearer to each other than they are known, one: they may be one object that speaks twice, or change nothing."""
    rivals: dict[int, list[int]] = {}
    for row, k, _ in pairs:
        rivals.setdefault(row, []).append(k)
    twins: set[int] = set()
    for each in rivals.values():
        first: list[int] = []
        for k in sorted(each, key=lambda k: (claims[k].row is None, k)):
            if any(_are_together(claims[k].said, claims[other].said) for other in first):
                twins.add(k)
            else:
                first.append(k)
    return [pair for pair in pairs if pair[1] not in twins]


def _are_together(one: Located, other: Located) -> bool:
    """Whether their places are within one sigma of each other."""
    here, there = one.place, other.place
    apart_m = distance_m(here.latitude_deg, here.longitude_deg, there.latitude_deg, there.longitude_deg)
    return apart_m < hypot(here.sigma_horizontal_m, there.sigma_horizontal_m)
