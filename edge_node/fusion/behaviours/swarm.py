"""Tracks that move as one: same velocity and steady spacing, and so closely that chance does not make it.

Two that have nothing to do with each other and fly at V have a relative velocity that may be anything up to 2 V. That it is less than u by
chance has a probability of (u / 2 V)^2, and each of the pairs that are near each other may show it. u is what their spacing changed by
in up to WINDOW_S, with twice its error, so that what is known badly is no swarm. Tracks are tied by the least likely coincidences first
(a minimum spanning tree, Kruskal 1956); the coincidences that tie a group together, each times the pairs, multiply to its chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from math import hypot

from edge_node.fusion.behaviours.deeds import DOUBT_SIGMAS, SURE_SIGMAS
from edge_node.fusion.behaviours.ways import Way
from edge_node.messages import Fact

WINDOW_S, LEAST_WINDOW_S = 40.0, 10.0
NEAR_M = 300.0
LEAST_MPS = 3.0
APART_M = 3.0
"""Nearer, they may be one object that two sensors follow."""
MOST_CHANCE, MOST_CHANCE_OF_ONE = 1e-3, 0.03
"""Of a group, and of any one tie in it."""
MOST_APART_MPS = 5.0
"""While they turn."""
MOST_PAIRS = 3_000
LONGEST_ABOUT = 64


def swarms(ways: Mapping[int, Way]) -> dict[int, Fact]:
    """By number, of these ways which move as one."""
    moving = {number: way for number, way in ways.items() if way.now.speed_mps - SURE_SIGMAS * way.now.sigma_mps > LEAST_MPS}
    near = list(_near(moving))
    ties = sorted((len(near) * _chance(moving[one], moving[other]), one, other) for one, other in near)
    groups = _groups([tie for tie in ties if tie[0] <= MOST_CHANCE_OF_ONE])
    return {number: _fact(number, group, moving) for group in groups for number in group}


def _near(ways: Mapping[int, Way]) -> Iterator[tuple[int, int]]:
    """Pairs within NEAR_M, at most MOST_PAIRS: where more are so near, a swarm shows by those."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, way in ways.items():
        cells[round(way.now.east_m // NEAR_M), round(way.now.north_m // NEAR_M)].append(number)
    left = MOST_PAIRS
    for (x, y), here in cells.items():
        beside = [one for dx, dy in ((1, -1), (1, 0), (1, 1), (0, 1)) for one in cells.get((x + dx, y + dy), ())]
        for one, other in (*combinations(here, 2), *((one, other) for one in here for other in beside)):
            left -= 1
            if left < 0:
                return
            a, b = ways[one].now, ways[other].now
            if hypot(a.east_m - b.east_m, a.north_m - b.north_m) <= NEAR_M:
                yield one, other


def _chance(one: Way, other: Way) -> float:
    """How likely two that have nothing to do with each other would keep their spacing as well; 1 where nobody can say."""
    a, b = one.now, other.now
    if hypot(a.east_mps - b.east_mps, a.north_mps - b.north_mps) > MOST_APART_MPS + SURE_SIGMAS * hypot(a.sigma_mps, b.sigma_mps):
        return 1.0
    now_s, window_s = min(a.t_s, b.t_s), min(WINDOW_S, one.lasted_s, other.lasted_s) - 1.0
    if window_s < LEAST_WINDOW_S:
        return 1.0
    spots = [(one.at(now_s - ago_s), other.at(now_s - ago_s), now_s - ago_s) for ago_s in (0.0, window_s / 2, window_s)]
    seen = [(a, b, *a.at(t_s), *b.at(t_s)) for a, b, t_s in spots if a and b]
    if len(seen) < len(spots):
        return 1.0
    (a, b, ax, ay, bx, by), past = seen[0], seen[1:]
    apart_m, sigma_m = hypot(bx - ax, by - ay), hypot(a.sigma_m, b.sigma_m)
    changed_m = max(hypot(bx - ax - px + mx, by - ay - py + my) for _, _, mx, my, px, py in past)
    changed_m += DOUBT_SIGMAS * hypot(sigma_m, seen[-1][0].sigma_m, seen[-1][1].sigma_m)
    gone_m = sum(hypot(u[2] - v[2], u[3] - v[3]) + hypot(u[4] - v[4], u[5] - v[5]) for u, v in pairwise(seen))
    if apart_m <= max(APART_M, SURE_SIGMAS * sigma_m) or gone_m <= 2 * LEAST_MPS * window_s:
        return 1.0
    return float(min((changed_m / gone_m) ** 2, 1.0))


def _groups(ties: Sequence[tuple[float, int, int]]) -> list[list[int]]:
    """Who is tied to whom, over any number of ties, the least likely first; groups that chance may have made are left out."""
    group_of: dict[int, list[int]] = {}
    chance_of: dict[int, float] = {}
    for chance, one, other in ties:
        mine, others = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if mine is others:
            continue
        chance_of[id(mine)] = chance * chance_of.get(id(mine), 1.0) * chance_of.get(id(others), 1.0)
        mine += others
        group_of |= dict.fromkeys(others, mine)
    groups = {id(group): group for group in group_of.values()}
    return [sorted(group) for key, group in groups.items() if chance_of[key] <= MOST_CHANCE]


def _fact(number: int, group: Sequence[int], ways: Mapping[int, Way]) -> Fact:
    here = ways[number].now
    apart_m = sorted(hypot(here.east_m - ways[one].now.east_m, here.north_m - ways[one].now.north_m) for one in group if one != number)
    spacing = f"{apart_m[0]:.0f} m" if len(apart_m) == 1 else f"{apart_m[0]:.0f} to {apart_m[-1]:.0f} m"
    reason = f"{len(group)} tracks keep {spacing} apart at {here.speed_mps:.0f} m/s"
    return Fact("swarms", float(len(group)), "tracks", reason, _numbers([one for one in group if one != number]))


def _numbers(group: Sequence[int]) -> str:
    """As many numbers as there is room for."""
    told = ""
    for one in group:
        longer = f"{told}, {one}" if told else str(one)
        if len(longer) > LONGEST_ABOUT - 5:
            return f"{told}, …"
        told = longer
    return told
