"""Which radio link, heard without a bearing, is of which object: by when both came, how level and range go, and who else is there.

Each pair of a link and an object gathers a log-likelihood ratio of one drone over two, capped kind by kind. A link then belongs to one
object, or to none of those that are known (a drone beyond sight, somebody's model car): it is attached only where that is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, hypot, log

from msgspec import Struct

from edge_node.fusion.claims.standing import NS_PER_S
from edge_node.messages import LinkKind

UNKNOWN_ONES = 1.0
"""How many drones are as likely in the air as any of those known, and known to nobody."""
TOGETHER, TOGETHER_S, ANYTIME_S = 0.5, 3.0, 600.0
"""How many come into sight, sound or claim as they come on the air, how near to each other, and over what time others come: one a time
of such length, and as many more as came."""
BEGUN_S = 5.0
TREND_EVERY_S, TREND_SIGMA_DB_S, OTHER_SIGMA_DB_S = 20.0, 0.18, 0.35
"""A level's rate is of 20 s, so is the next that is news; fading leaves so much in it, and what goes about elsewhere has such rates."""
LEAST_TREND_DB_S, STANDS = 0.12, 0.6
"""Where less is expected a level's rate tells nothing; and of whatever else is on the air, so much stands still."""
STEP_TREND, MOST_TREND, LEAST_TREND = 2.0, 4.0, -6.0
MOST_LOOK_S = 2.0
LEAST_RANGE_M, MOST_DOUBT = 10.0, 0.3
"""Of a range, to a trend: its share that is not known."""
FROM_THE_DRONE: frozenset[LinkKind] = frozenset({"dji_ocusync", "analog_video", "wifi"})
"""Its video comes from the drone, and its level goes with its range; a control link is heard from whoever steers as well."""
ALONE_S, MOST_ALONE = 45.0, 2.8
"""Ten minutes of one link and one drone, and of nobody else, decide it where nothing speaks against it."""
OWN_MAKER, OTHER_MAKER = 2.0, -3.0
DJI_LINKS: frozenset[LinkKind] = frozenset({"dji_ocusync"})
ATTACHED, ATTACHED_AFTER_S, DETACHED = 0.88, 20.0, 0.6
"""Likely for so long: its own drone may come into sight a little later than another."""
MOST_OBJECTS, MOST_LINKS = 64, 64


class LinkStanding(Struct, frozen=True, gc=False):
    """A drone's radio link at a look; `drone_probability` that it is one, `level_rate_db_s` over the newest 20 s."""

    number: int
    link: LinkKind
    first_mono_ns: int
    last_mono_ns: int
    drone_probability: float
    level_rate_db_s: float | None = None


class ObjectStanding(Struct, frozen=True, gc=False):
    """A body or a claim at a look; its range and how it grows, None where unknown, and whether it is a DJI by what it says."""

    number: int
    first_mono_ns: int
    last_mono_ns: int
    drone_probability: float
    range_m: float | None = None
    sigma_range_m: float = 0.0
    range_rate_mps: float | None = None
    is_dji: bool | None = None


class Attached(Struct, frozen=True, gc=False):
    """The object that a link belongs to, and how probably."""

    object: int
    probability: float


class _Pair(Struct):
    trend: float = 0.0
    alone_s: float = 0.0
    counted_ns: int | None = None


class Linking:
    """Bounded by what stands; forgets pairs of which one is gone."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], _Pair] = {}
        self._held: dict[int, int] = {}
        self._likely: dict[int, tuple[int, int]] = {}
        self._begun_ns: int | None = None
        self._t_ns: int | None = None

    def look(self, t_mono_ns: int, links: Sequence[LinkStanding], objects: Sequence[ObjectStanding]) -> dict[int, Attached]:
        """By link, the object that it belongs to; those of which the evidence does not decide are left out."""
        self._begun_ns = t_mono_ns if self._begun_ns is None else self._begun_ns
        links, objects = links[:MOST_LINKS], objects[:MOST_OBJECTS]
        keys = {(link.number, one.number) for link in links for one in objects}
        self._pairs = {key: self._pairs.get(key) or _Pair() for key in keys}
        if len(self._pairs) == 1 and self._t_ns is not None:
            next(iter(self._pairs.values())).alone_s += min((t_mono_ns - self._t_ns) / NS_PER_S, MOST_LOOK_S)
        self._t_ns = t_mono_ns
        others = sum(t_mono_ns - link.first_mono_ns < ANYTIME_S * NS_PER_S for link in links)
        weights = {link.number: self._weights(t_mono_ns, link, objects, max(others, 1)) for link in links}
        found = {one.number: _belonging(one, weights, {other.number for other in links if _is_rival(one, other)}) for one in links}
        self._likely = {number: likely for number, shares in found.items() if (likely := self._likeliest(t_mono_ns, number, shares))}
        self._held = {number: one for number, shares in found.items() if (one := self._decided(t_mono_ns, number, shares)) is not None}
        return {number: Attached(one, round(found[number][one], 3)) for number, one in self._held.items()}

    def _weights(self, t_ns: int, link: LinkStanding, objects: Sequence[ObjectStanding], others: int) -> dict[int, float]:
        """How much likelier each object makes what is heard of a link, than a drone that nobody knows."""
        return {one.number: one.drone_probability * exp(self._ratio(t_ns, link, one, others)) for one in objects}

    def _ratio(self, t_ns: int, link: LinkStanding, one: ObjectStanding, others: int) -> float:
        pair = self._pairs[link.number, one.number]
        self._follow(t_ns, pair, link, one)
        alone = min(log(1.0 + pair.alone_s / ALONE_S), MOST_ALONE)
        return _onset(link, one, self._begun_ns or 0, others) + pair.trend + alone + _maker(link, one)

    @staticmethod
    def _follow(t_ns: int, pair: _Pair, link: LinkStanding, one: ObjectStanding) -> None:
        """Take in how level and range go, once for each stretch of time over which the level's rate is measured."""
        if pair.counted_ns is None:
            pair.counted_ns = max(link.first_mono_ns, one.first_mono_ns)
        if t_ns - pair.counted_ns < TREND_EVERY_S * NS_PER_S or link.link not in FROM_THE_DRONE:
            return
        expected_db_s = _expected_db_s(one)
        if expected_db_s is None or link.level_rate_db_s is None or abs(expected_db_s) < LEAST_TREND_DB_S:
            return
        pair.counted_ns = t_ns
        step = min(max(_trend(link.level_rate_db_s, expected_db_s), -STEP_TREND), STEP_TREND)
        pair.trend = min(max(pair.trend + step, LEAST_TREND), MOST_TREND)

    def _likeliest(self, t_ns: int, number: int, shares: Mapping[int, float]) -> tuple[int, int] | None:
        """The object that a link is surely of, if any, and since when it is that one."""
        best = max(shares, key=shares.__getitem__, default=None)
        if best is None or shares[best] < ATTACHED:
            return None
        before = self._likely.get(number)
        return before if before is not None and before[0] == best else (best, t_ns)

    def _decided(self, t_ns: int, number: int, shares: Mapping[int, float]) -> int | None:
        """The object that a link is attached to: the one as before while that is likely, else one that was likely enough for a while."""
        before = self._held.get(number)
        if before is not None and shares.get(before, 0.0) >= DETACHED:
            return before
        likely = self._likely.get(number)
        return likely[0] if likely is not None and t_ns - likely[1] >= ATTACHED_AFTER_S * NS_PER_S else None


def _belonging(link: LinkStanding, weights: Mapping[int, Mapping[int, float]], alike: set[int]) -> dict[int, float]:
    """How probably a link is of each object, rather than of another, of nobody known, or another link of its kind (`alike`) of that one."""
    own = weights[link.number]
    total = UNKNOWN_ONES + sum(own.values())
    rivals = {number: sum(_claimed(weights[key], number) for key in alike) for number in own}
    return {number: link.drone_probability * weight / (total + rivals[number]) for number, weight in own.items()}


def _is_rival(one: LinkStanding, other: LinkStanding) -> bool:
    """A drone has a link for control and one for video, but no two of one kind."""
    return one.number != other.number and one.link == other.link


def _claimed(weights: Mapping[int, float], number: int) -> float:
    """What another link's weight on an object counts: less, the better some other object fits that link."""
    return weights[number] * weights[number] / max(sum(weights.values()), 1e-9)


def _onset(link: LinkStanding, one: ObjectStanding, begun_ns: int, others: int) -> float:
    """By when each came; what was there as the node began tells nothing."""
    if min(link.first_mono_ns, one.first_mono_ns) - begun_ns < BEGUN_S * NS_PER_S:
        return 0.0
    apart_s = abs(link.first_mono_ns - one.first_mono_ns) / NS_PER_S
    return log(TOGETHER * exp(-apart_s / TOGETHER_S) / (2 * TOGETHER_S) * ANYTIME_S / others + 1.0 - TOGETHER)


def _expected_db_s(one: ObjectStanding) -> float | None:
    """How the level of what it sends goes, in free space (ITU-R P.525)."""
    if one.range_m is None or one.range_rate_mps is None or one.sigma_range_m > MOST_DOUBT * one.range_m:
        return None
    return -20.0 / log(10.0) * one.range_rate_mps / max(one.range_m, LEAST_RANGE_M)


def _trend(level_db_s: float, expected_db_s: float) -> float:
    """The log-likelihood ratio of a level's rate: of this range, over whatever else, which stands still or goes about."""
    anywhere = _normal(level_db_s, hypot(OTHER_SIGMA_DB_S, TREND_SIGMA_DB_S))
    other = STANDS * _normal(level_db_s, TREND_SIGMA_DB_S) + (1.0 - STANDS) * anywhere
    return log(max(_normal(level_db_s - expected_db_s, TREND_SIGMA_DB_S), 1e-12) / max(other, 1e-12))


def _normal(value: float, sigma: float) -> float:
    return exp(-0.5 * (value / sigma) ** 2) / sigma


def _maker(link: LinkStanding, one: ObjectStanding) -> float:
    """DJI's drones speak by DJI's link, and nobody else's do."""
    if one.is_dji is None:
        return 0.0
    if link.link in DJI_LINKS:
        return OWN_MAKER if one.is_dji else OTHER_MAKER
    return OTHER_MAKER / 2 if one.is_dji else 0.0
