"""Which silent body, if any, is the one whose identity claims to be elsewhere: by when both came, and how both move."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, hypot, log

from edge_node.fusion.claims.standing import NS_PER_S, Claimed, Seen

IS_OF_A_DRONE = 0.3
"""How many false claims are a drone's that is there, rather than a box's on the ground, or of one that is not to be seen."""
TOGETHER, TOGETHER_S = 0.5, 3.0
"""How many begin to be seen as they begin to be heard, and how near to each other."""
ANYTIME_S = 600.0
BEGUN_S = 5.0
"""What is there when the node begins was there before."""
MOVING_MPS, ALIKE_MPS = 3.0, 2.0
MOST_ALIKE, LEAST_ALIKE, ALIKE_A_SECOND = 3.0, -4.0, 0.5
LOOK_S = 1.0
MOST_BODIES = 64


class Pairing:
    """Of one false claim: how much alike each silent body has moved so far."""

    __slots__ = ("_alike", "_t_ns")

    def __init__(self) -> None:
        self._alike: dict[int, float] = {}
        self._t_ns: int | None = None

    def look(self, t_ns: int, claim: Claimed, bodies: Mapping[int, Seen], begun_ns: int) -> tuple[int | None, float]:
        """The likeliest body, and how probably it is that one rather than another or none; no body without any."""
        since_s = 0.0 if self._t_ns is None else min((t_ns - self._t_ns) / NS_PER_S, LOOK_S)
        self._t_ns = t_ns
        some = dict(list(bodies.items())[:MOST_BODIES])
        self._alike = {number: self._moved(number, claim, body, since_s) for number, body in some.items()}
        if not some:
            return None, 0.0
        each = IS_OF_A_DRONE / len(some)
        weights = {number: each * exp(onset(claim, body, begun_ns) + self._alike[number]) for number, body in some.items()}
        best = max(weights, key=weights.__getitem__)
        return best, weights[best] / (1.0 - IS_OF_A_DRONE + sum(weights.values()))

    def _moved(self, number: int, claim: Claimed, body: Seen, since_s: float) -> float:
        alike, one, other = self._alike.get(number, 0.0), claim.velocity_mps, body.velocity_mps
        if one is None or other is None or max(hypot(*one), hypot(*other)) < MOVING_MPS:
            return alike
        apart_mps = hypot(one[0] - other[0], one[1] - other[1])
        step = ALIKE_A_SECOND * since_s * (1.0 if apart_mps <= ALIKE_MPS else -1.0)
        return min(max(alike + step, LEAST_ALIKE), MOST_ALIKE)


def onset(claim: Claimed, body: Seen, begun_ns: int) -> float:
    """The log-likelihood ratio of one object over two, by when each came first."""
    if min(claim.first_mono_ns, body.first_mono_ns) - begun_ns < BEGUN_S * NS_PER_S:
        return 0.0
    apart_s = abs(claim.first_mono_ns - body.first_mono_ns) / NS_PER_S
    return log(TOGETHER * exp(-apart_s / TOGETHER_S) / (2 * TOGETHER_S) * ANYTIME_S + 1.0 - TOGETHER)
