"""Which node tracks speak of one object: those that agree for a while, and with that object alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

import numpy as np

from edge_node.fusion.filter.intersection import Estimate
from edge_node.fusion.filter.models import AXES, Array
from edge_node.geometry import LocalFrame, to_ecef
from tools.c2.crossing import chi_square_bound
from tools.c2.estimates import published, square_between, squares_against
from tools.c2.followed import Followed
from tools.c2.neighbours import Positions
from tools.c2.picture import Key
from tools.c2.reports import Report

AGREES_S = 1.2
BEARING_AGREES_S = 2.5
"""A bearing alone points past many a thing: it takes longer to believe that it is of what is said to be there."""
FRESH_S = 1.5
APART = 6.0
"""A second object is out of the question when its square is larger by so much."""
MOST_BEARINGS, MOST_POSITIONS = 96, 600
MOST_ALONG = 4
"""Where more things are about a bearing, it tells nothing of any."""
Alive = tuple[Followed, Estimate]


class Agreements:
    """`look` again and again; `joined`, `begun` and `merged` are what has agreed for long enough since."""

    def __init__(self, frame: Callable[[Report], LocalFrame]) -> None:
        self.joined: list[tuple[Followed, Report]] = []
        self.begun: list[list[Report]] = []
        self.merged: list[tuple[Followed, Followed]] = []
        self._frame = frame
        self._since: dict[Hashable, float] = {}

    def look(self, alive: Sequence[Alive], free: Sequence[Report], newest: Mapping[Key, Report], now_s: float) -> None:
        """At objects and at node tracks that are of none of them."""
        before, self._since = self._since, {}
        self.joined, self.begun, self.merged = [], [], []
        taken: set[Key] = set()

        def holds(name: Hashable, for_s: float) -> bool:
            self._since[name] = before.get(name, now_s)
            return now_s - self._since[name] >= for_s

        positions = Positions([one for one in free if one.kinematics is not None][:MOST_POSITIONS])
        bearings = [one for one in free if one.kinematics is None][:MOST_BEARINGS]
        for followed, said in self._joins(alive, positions, bearings, newest, now_s):
            if said.key not in taken and holds((followed.number, said.key), AGREES_S):
                taken.add(said.key)
                self.joined.append((followed, said))
        for group in self._groups(positions, bearings, now_s):
            keys = frozenset(one.key for one in group)
            enough_s = AGREES_S if all(one.kinematics for one in group) else BEARING_AGREES_S
            if holds(keys, enough_s) and taken.isdisjoint(keys):
                taken |= keys
                self.begun.append(group)
        for followed, other in _same(alive, newest):
            if holds((followed.number, other.number), AGREES_S):
                self.merged.append((followed, other))

    def _joins(
        self, alive: Sequence[Alive], positions: Positions, bearings: Sequence[Report], newest: Mapping[Key, Report], now_s: float
    ) -> Iterator[tuple[Followed, Report]]:
        fresh = {key for key, one in newest.items() if now_s - one.t_s < FRESH_S}
        by_frame: dict[int, list[Alive]] = defaultdict(list)
        close: dict[Key, list[Alive]] = defaultdict(list)
        for one in alive:
            by_frame[id(one[0].frame)].append(one)
            at = one[0].frame.to_geodetic(*map(float, one[1].mean[:AXES]))
            for said in positions.near(np.array(to_ecef(*at))):
                if not _contradict(said, one[0], newest, fresh):
                    close[said.key].append(one)
        for said in bearings:
            yield from self._best(said, [(near, _bearing_squares(said, near, fresh, now_s)) for near in by_frame.values()])
        for key, near in close.items():
            squares = np.array([square_between(published(newest[key], one.frame, now_s), known) for one, known in near])
            yield from self._best(newest[key], [(near, squares)])

    def _best(self, said: Report, weighed: Sequence[tuple[Sequence[Alive], Array]]) -> Iterator[tuple[Followed, Report]]:
        """The one object that it fits, if it fits no other as well."""
        freedom = 3 if said.kinematics else 2 if np.isfinite(said.sigma[1]) else 1
        pairs = ((float(square), one[0]) for ones, squares in weighed for one, square in zip(ones, squares, strict=True))
        found = sorted(pairs, key=_first)
        if found and found[0][0] < chi_square_bound(freedom) and (len(found) == 1 or found[1][0] - found[0][0] > APART):
            yield found[0][1], said

    def _groups(self, positions: Positions, bearings: Sequence[Report], now_s: float) -> Iterator[list[Report]]:
        """Two or more node tracks of different nodes that agree where something is."""
        for first, *others in positions.claims():
            same = [one for one in others if self._agree(first, one, now_s)]
            if same:
                yield [first, *same]
        unnamed = np.array([not one.ids for one in positions.said], bool)
        yield from ([one, other] for one, other in positions.pairs(unnamed) if self._agree(one, other, now_s))
        for said in bearings:
            yield from self._pointed(positions.along(said), said, now_s)

    def _agree(self, one: Report, other: Report, now_s: float) -> bool:
        frame = self._frame(one)
        return square_between(published(one, frame, now_s), published(other, frame, now_s)) < chi_square_bound(AXES)

    def _pointed(self, some: Sequence[Report], said: Report, now_s: float) -> Iterator[list[Report]]:
        """A published position with the bearing of another node that points there, and to no other."""
        if not 0 < len(some) <= MOST_ALONG:
            return
        frame = self._frame(said)
        squares = squares_against([published(one, frame, now_s) for one in some], said, frame, now_s)
        fits = np.flatnonzero(squares < chi_square_bound(2 if np.isfinite(said.sigma[1]) else 1))
        if len(fits) == 1:
            yield [some[fits[0]], said]


def _bearing_squares(said: Report, near: Sequence[Alive], fresh: Collection[Key], now_s: float) -> Array:
    """Of a bearing from objects in one frame; infinite from those that have another track of that node."""
    squares = squares_against([known for _, known in near], said, near[0][0].frame, now_s)
    return np.where([one.has_node(said.node8, said.key, fresh) for one, _ in near], np.inf, squares)


def _same(alive: Sequence[Alive], newest: Mapping[Key, Report]) -> Iterator[tuple[Followed, Followed]]:
    """Objects that are followed by bearings, each with one that is known by positions alone and is where it is, and no other is."""
    for other, known in [one for one in alive if one[0].row is None]:
        names = _names(other, newest)
        bodies = [(one, at) for one, at in alive if one.row is not None and one.frame is other.frame and not one.ambiguous]
        allowed = [(one, at) for one, at in bodies if not names or not _names(one, newest) or names & _names(one, newest)]
        fits = [one for one, at in allowed if square_between(at, known) < chi_square_bound(AXES)]
        if len(fits) == 1:
            yield fits[0], other


def _names(followed: Followed, newest: Mapping[Key, Report]) -> frozenset[str]:
    return frozenset[str]().union(*(newest[key].ids for key in followed.claims))


def _contradict(said: Report, followed: Followed, newest: Mapping[Key, Report], fresh: Collection[Key]) -> bool:
    """Whether it has another name, or its node has a track of that object already."""
    names = _names(followed, newest)
    return followed.has_node(said.node8, said.key, fresh) or bool(said.ids and names and said.ids.isdisjoint(names))


def _first(pair: tuple[float, Followed]) -> float:
    return pair[0]
