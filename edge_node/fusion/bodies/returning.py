"""What was lost from sight and is numbered anew: newcomers are dealt to the lost jointly, when all that come back with them are there."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import numpy as np

from edge_node.fusion.bodies.assignment import dealt
from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.body import KEPT_S, Body

SETTLES_S, DOUBTS_S, DECIDED_S = 1.0, 2.5, 3.5
"""Within the first, sensors have found again what came back together; after the second, what is likeliest is taken. After the third it is
another: what is lost may be farther and farther off, and would fit by that alone."""
COME_BACK, OTHERS_EVERY_S = 0.5, 600.0
"""Of what a sensor loses, so many come back while it is kept; and so seldom another comes that is nowhere expected."""
AGAIN = log(COME_BACK / KEPT_S * OTHERS_EVERY_S)
ACTIVE_S = 1.0


class Returning:
    """Looks at what began of late among the bodies of one node."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def pairs(self, t_s: float) -> list[tuple[int, int]]:
        """Rows of what was lost, each with the row of what it is now."""
        fresh = {row: body for row, body in self._bodies if _is_fresh(body, t_s)}
        found = list(self._scores(fresh)) if fresh else []
        if not found:
            return []
        lost, now, scores = zip(*found, strict=True)
        deal = dealt(np.array(lost), np.array(now), np.array(scores))
        each = zip(deal.pairs.tolist(), deal.sure.tolist(), strict=True)
        return [(lost[pair], now[pair]) for pair, sure in each if sure or t_s - fresh[now[pair]].first_s > DOUBTS_S]

    def _scores(self, fresh: dict[int, Body]) -> Iterator[tuple[int, int, float]]:
        """How much likelier each newcomer is what was lost before it came than another.

        What is lost goes on unmeasured, so that all that is said of one newcomer tells one thing: no piece of evidence counts again.
        """
        for now, body in fresh.items():
            fits = [self._bodies.affinities.of(key) for key in body.sources]
            for row in set.intersection(*(set(each) for each in fits)):
                if self._bodies[row].hit_s < body.first_s and _have_met(self._bodies[row], body):
                    yield row, now, AGAIN + sum(each[row].nats for each in fits)


def _is_fresh(body: Body, t_s: float) -> bool:
    """Whether it is numbered, began of late, and is there."""
    return bool(body.sources) and SETTLES_S <= t_s - body.first_s < DECIDED_S and t_s - body.hit_s < ACTIVE_S


def _have_met(lost: Body, now: Body) -> bool:
    """Whether a sensor that numbers it now numbered what was lost."""
    return any(lost.was_numbered_by(sensor) for _, sensor, *_ in now.sources)
