"""Whether a sensor sees a body where an identity claims to be: hits and misses over time, as evidence that there is none.

A sensor that misses an object now misses it again a moment later, for the tree before it is still there, and who is too quiet or too grey
for it stays so. So each sensor is either blind for this object or not (a hidden Markov model of two states), it counts one look per its
latency, and all its misses together say no more than how seldom it is blind.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log

from edge_node.fusion.claims.covered import share
from edge_node.fusion.claims.standing import NS_PER_S, Direction, Seen
from edge_node.messages import Coverage, Sense

BLIND: dict[Sense, float] = {"sight": 0.07, "sound": 0.15, "other": 0.15}
"""How often a sensor never senses an object that it should: something stands before it, it is too quiet, or as grey as the sky."""
SURE = 4.0
"""As much as looks may speak for a body, so that they can turn within seconds."""
CONFUSED, CONFUSED_WITH_OTHERS = 0.03, 0.4
"""How probably something else is just there, by itself, and if it is nothing like a drone."""
HIDDEN_DEG, HIDDEN_RANGE, HIDDEN_S = 20.0, 0.3, 300.0
"""Who flies so far, comes so much nearer, or stays so long, may have come out from behind the tree, or gone behind one."""
LEAST_SHARE = 0.5
"""Of the claimed place within the sector: with less of it a look says nothing."""
LEAST_LOOK_S = 2.0


class Looking:
    """One sensor's looks at one claimed object; `against` is the log-likelihood ratio of no body there, over one there."""

    __slots__ = ("_counted_ns", "_free", "_place", "against", "covered_ns", "missed_ns")

    def __init__(self) -> None:
        self.against = 0.0
        self.covered_ns: int | None = None
        self.missed_ns: int | None = None
        self._free = 1.0
        self._counted_ns = 0
        self._place: Direction | None = None

    def look(self, t_ns: int, said: Coverage, place: Direction, measured: Iterable[tuple[int, Seen]]) -> None:
        """Take a look; `measured` are bodies that may be at the claimed place, and when this sensor measured each last."""
        within = share(said, place)
        if within < LEAST_SHARE:
            self.covered_ns = self.missed_ns = None
            return
        usual = (1.0 - BLIND[said.sense]) * within
        if self.covered_ns is None:
            self.covered_ns = self._counted_ns = t_ns
        if self._place is None:
            self._free, self._place = usual, place
        there = [body for last_ns, body in measured if last_ns > self._counted_ns]
        since_s = (t_ns - self._counted_ns) / NS_PER_S
        if there and (since_s >= LEAST_LOOK_S or self.against > -SURE):
            self._move(since_s, place, usual)
            self._hit(said, min(map(_confusion, there)))
            self._counted_ns, self.missed_ns = t_ns, None
        elif not there and since_s >= max(said.latency_s, LEAST_LOOK_S):
            self._move(since_s, place, usual)
            self._miss(said)
            self.missed_ns = self._counted_ns if self.missed_ns is None else self.missed_ns
            self._counted_ns = t_ns

    def _hit(self, said: Coverage, confused: float) -> None:
        seen = self._free * said.probability
        self._free = seen / (seen + (1.0 - self._free) * confused)
        self._add(log(confused / max(seen, confused)), said)

    def _miss(self, said: Coverage) -> None:
        missed = self._free * (1.0 - said.probability)
        likely = missed + 1.0 - self._free
        self._free = missed / likely
        self._add(log((1.0 - CONFUSED) / likely), said)

    def _add(self, ratio: float, said: Coverage) -> None:
        self.against = min(max(self.against + ratio, -SURE), -log(BLIND[said.sense]))

    def _move(self, since_s: float, place: Direction, usual: float) -> None:
        """Whether it is hidden is forgotten as it flies on, and slowly in any case."""
        before = self._place or place
        turned_deg = abs((place.azimuth_deg - before.azimuth_deg + 180.0) % 360.0 - 180.0)
        nearer = abs(log(max(place.range_m, 1.0) / max(before.range_m, 1.0)))
        forgotten = 1.0 - exp(-turned_deg / HIDDEN_DEG - nearer / HIDDEN_RANGE - since_s / HIDDEN_S)
        self._free += forgotten * (usual - self._free)
        self._place = place


def _confusion(body: Seen) -> float:
    return CONFUSED + CONFUSED_WITH_OTHERS * (1.0 - body.drone_probability) if body.azimuth_deg is not None else CONFUSED_WITH_OTHERS
