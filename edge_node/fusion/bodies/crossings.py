"""Two that are plotted without numbers and meet: plots are taken as is likeliest, and who is who is decided when they are apart again."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.body import Body
from edge_node.fusion.filter.bank import States

APART_S = 3.0
"""So long after a plot might last have been either's, their velocities are what they are, whatever was mixed up before."""
MOST_S, MOST_MET = 20.0, 50
"""What flew together for longer flew as it liked: how it came tells nothing of who it is."""


class Met(Struct):
    """Two bodies, their states (2, ...) from before they met, and when it was first and last not sure what is whose."""

    bodies: tuple[Body, Body]
    before: States
    since_s: float
    doubted_s: float


class Crossings:
    """By rows, the lower first."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._met: dict[tuple[int, int], Met] = {}
        self._rows: set[int] = set()

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def note(self, row: int, other: int, t_s: float) -> None:
        """Remember how both came, where they have a place, for a plot may be of either."""
        pair = min(row, other), max(row, other)
        met = self._met.get(pair)
        if met is not None:
            met.doubted_s = max(t_s, met.doubted_s)
        elif len(self._met) < MOST_MET and self._bodies.objects.located[list(pair)].all():
            before = self._bodies.objects.placed(np.array(pair))
            self._met[pair] = Met((self._bodies[pair[0]], self._bodies[pair[1]]), before, t_s, t_s)
            self._rows.update(pair)

    def settle(self, t_s: float) -> None:
        """Give those that are apart again the states that go on as they came."""
        for pair, met in list(self._met.items()):
            gone = any(row not in self._bodies or self._bodies[row] is not body for row, body in zip(pair, met.bodies, strict=True))
            if gone or t_s - met.doubted_s > APART_S or t_s - met.since_s > MOST_S:
                del self._met[pair]
                if not gone and t_s - met.doubted_s > APART_S:
                    self._decide(pair, met.before)
        self._rows = {row for pair in self._met for row in pair}

    def _decide(self, pair: tuple[int, int], before: States) -> None:
        rows = np.array(pair)
        if not self._bodies.objects.located[rows].all():
            return
        likely = self._bodies.objects.likely_now(before, rows)
        if likely[0, 1] + likely[1, 0] > likely[0, 0] + likely[1, 1]:
            self._bodies.objects.exchange(*pair)
            self._bodies.touch(rows)
