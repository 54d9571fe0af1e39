"""Where the bearings of two or more nodes cross, which of them belong together, and how well they agree.

Limits: it knows one moment, so a crossing may come and go; what it finds is followed elsewhere. Two nodes that see two objects have four
crossings, two of them ghosts, and only elevations or a third node tell which at once: such a crossing is `ambiguous`, and its `rivals`
are followed with it until motion tells. Errors are taken for independent: a node whose compass is turned shifts its crossings, and their
ellipses say so only as far as the node does. Sound points to where the object was when it left it. At most MOST_BEARINGS take part.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import inf, sqrt

import numpy as np
from msgspec import Struct

from tools.c2.pairs import LEAST_RANGE_M, LOOSE_CHI_SQUARE, Pair, nearest, pairs
from tools.c2.triangulation import Fix, Sight, brought_to_now, triangulate

MOST_BEARINGS = 96
MOST_RIVALS = 64
MOST_AGE_S = 4.0
MOST_SIGMA_DEG = 20.0
MOST_RANGE_M = 10_000.0
SURE = 3.09
"""Standard deviations of a one-sided 99.9 %."""


class Crossing(Struct, frozen=True, kw_only=True):
    """Bearings that meet in one place; `ambiguous` when they are two that could as well belong to others."""

    fix: Fix
    sights: tuple[Sight, ...]
    ambiguous: bool = False


class Candidate(Struct, frozen=True, order=True):
    """Bearings that may belong together; the best sorts first: the most of them, then the least chi-square."""

    fewer: int
    chi_square: float
    sigma_m: float
    indices: tuple[int, ...]
    ecef: tuple[float, float, float]


def crossings(sights: Iterable[Sight], most_range_m: float = MOST_RANGE_M) -> list[Crossing]:
    """All crossings of the bearings that are young and sure enough, each used once, the best first."""
    fresh = _fresh(sights)
    nodes: dict[str, list[Sight]] = {}
    for sight in fresh:
        nodes.setdefault(sight.node, []).append(sight)
    found = [pair for a, b in combinations(nodes.values(), 2) for pair in pairs(a, b, most_range_m)]
    index = {id(sight): number for number, sight in enumerate(fresh)}
    chosen = list(_greedy(list(_candidates(found, nodes, index)), fresh, most_range_m))
    doubtful = _doubtful([tuple(index[id(sight)] for sight in pair.sights) for pair in found], [indices for indices, _ in chosen])
    return [Crossing(fix=fix, sights=tuple(fresh[n] for n in indices), ambiguous=indices in doubtful) for indices, fix in chosen]


def rivals(sights: Iterable[Sight], found: Sequence[Crossing], most_range_m: float = MOST_RANGE_M) -> list[Crossing]:
    """Every crossing of two bearings that could be instead of those of `found` that are ambiguous, which are among them; the best first."""
    certain = {id_ for one in found if not one.ambiguous for id_ in _names(one.sights)}
    doubtful = {id_ for one in found if one.ambiguous for id_ in _names(one.sights)}
    nodes: dict[str, list[Sight]] = {}
    for sight in _fresh(sights):
        if (sight.node, sight.key) not in certain:
            nodes.setdefault(sight.node, []).append(sight)
    made = (pair for a, b in combinations(nodes.values(), 2) for pair in pairs(a, b, most_range_m))
    best = sorted((pair for pair in made if not doubtful.isdisjoint(_names(pair.sights))), key=lambda pair: pair.chi_square)[:MOST_RIVALS]
    fixes = [(pair, triangulate(pair.sights, pair.ecef)) for pair in best]
    return [Crossing(fix=fix, sights=pair.sights, ambiguous=True) for pair, fix in fixes if fix is not None and is_sound(fix, most_range_m)]


def _names(sights: Iterable[Sight]) -> list[tuple[str, object]]:
    return [(sight.node, sight.key) for sight in sights]


def _fresh(sights: Iterable[Sight]) -> list[Sight]:
    """Of now, and the surest of each node before the next ones of any, so that no node keeps another out."""
    now = [brought_to_now(sight) for sight in sights if sight.age_s <= MOST_AGE_S]
    ranks: Counter[str] = Counter()
    ranked = []
    for sight in sorted((one for one in now if one.sigma_azimuth_deg <= MOST_SIGMA_DEG), key=lambda one: one.sigma_azimuth_deg):
        ranks[sight.node] += 1
        ranked.append((ranks[sight.node], sight))
    return [sight for _, sight in sorted(ranked, key=lambda one: one[0])][:MOST_BEARINGS]


def _candidates(found: Sequence[Pair], nodes: dict[str, list[Sight]], index: dict[int, int]) -> Iterator[Candidate]:
    """Every pair alone, and with that bearing of each other node which points to the same place."""
    if not found:
        return
    ecef, sigmas_m = np.array([pair.ecef for pair in found]), np.array([pair.sigma_m for pair in found])
    others = {name: nearest(ecef, sigmas_m, sights) for name, sights in nodes.items()}
    for number, pair in enumerate(found):
        two, chi_square = tuple(index[id(sight)] for sight in pair.sights), pair.chi_square
        yield Candidate(-2, chi_square, pair.sigma_m, two, pair.ecef)
        more = []
        for name, (best, loose) in others.items():
            if name not in {sight.node for sight in pair.sights} and loose[number] <= LOOSE_CHI_SQUARE:
                more.append(index[id(nodes[name][best[number]])])
                chi_square += loose[number]
        if more:
            yield Candidate(-2 - len(more), chi_square, pair.sigma_m, (*two, *more), pair.ecef)


def _greedy(heap: list[Candidate], sights: Sequence[Sight], most_range_m: float) -> Iterator[tuple[tuple[int, ...], Fix]]:
    """Take the best candidate, and leave to the others what it does not use; what does not fit is tried without its worst bearing."""
    heapq.heapify(heap)
    used: set[int] = set()
    seen: set[frozenset[int]] = set()
    while heap:
        one = heapq.heappop(heap)
        free = tuple(n for n in one.indices if n not in used)
        if len(free) < 2 or frozenset(free) in seen:
            continue
        if len(free) < len(one.indices):
            heapq.heappush(heap, _reduced(one, free))
            continue
        seen.add(frozenset(free))
        fix = triangulate([sights[n] for n in free], one.ecef)
        if fix is not None and is_sound(fix, most_range_m):
            used.update(free)
            yield free, fix
        elif fix is not None and len(free) > 2:
            worst = max(range(len(free)), key=lambda place: fix.misses[place])
            heapq.heappush(heap, _reduced(one, free[:worst] + free[worst + 1 :]))


def _reduced(one: Candidate, indices: tuple[int, ...]) -> Candidate:
    return Candidate(-len(indices), one.chi_square, one.sigma_m, indices, one.ecef)


def is_sound(fix: Fix, most_range_m: float = MOST_RANGE_M) -> bool:
    """In front of every node and within its range, better known than half that range, and agreed upon."""
    near, far = min(fix.ranges_m), max(fix.ranges_m)
    return (
        near >= LEAST_RANGE_M and far <= most_range_m and fix.sigma_major_m <= far / 2 and fix.chi_square <= chi_square_bound(fix.freedom)
    )


def chi_square_bound(freedom: int) -> float:
    """What a chi-square of that many degrees of freedom stays below 99.9 times of 100 (Wilson and Hilferty 1931)."""
    return freedom * (1 - 2 / (9 * freedom) + SURE * sqrt(2 / (9 * freedom))) ** 3 if freedom else inf


def _doubtful(found: Sequence[tuple[int, ...]], chosen: Sequence[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Those of two bearings of which one has another possible partner that no crossing of three or more has taken."""
    taken = {n for indices in chosen if len(indices) > 2 for n in indices}
    open_pairs = [set(pair) for pair in found if taken.isdisjoint(pair)]
    return {indices for indices in chosen if len(indices) == 2 and sum(not pair.isdisjoint(indices) for pair in open_pairs) > 1}
