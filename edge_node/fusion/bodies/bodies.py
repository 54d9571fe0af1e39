"""Objects that are measured, by row: who speaks of each, and what is known of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, inf, radians
from typing import Any

import numpy as np

from edge_node.fusion.bodies.affinity import Affinities
from edge_node.fusion.bodies.body import Body, Scanned
from edge_node.fusion.bodies.ground import Ground
from edge_node.fusion.bodies.measured import Located, Pointed, Said, lasting_variance
from edge_node.fusion.bodies.near import Outlook
from edge_node.fusion.bodies.plots import Plots
from edge_node.fusion.bodies.scan import BearingScan, PositionScan, Scan
from edge_node.fusion.embodied import Standpoint
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import AXES
from edge_node.fusion.filter.objects import Objects
from edge_node.fusion.measurement import LASTS_S
from edge_node.fusion.pointing import Key

LEAST_APART_S = 0.08
"""Of one source: what a camera says 25 times a second is smoothed, and says no more than a part of it."""
MOST_A_SECOND = 2_500
"""Measurements that one core of a small computer takes in; where there are more sources, each has its turn less often."""
MOST_LAG_S = 0.15
MOST_SHARING, LEAST_POSE_DEG, MOST_POSE_DEG = 4, 0.01, 60.0
"""Sensors of which the mounting's error is carried with each object; that of others is added to each bearing."""

USUAL_CLAIM_M = 10.0
"""One sigma of a claimed place before the first was heard."""


class Bodies:
    """Rows of one array; a row is free again when its object is."""

    def __init__(self, capacity: int) -> None:
        self.ground, self.objects, self.outlook = Ground(), Objects(np.zeros(0), capacity), Outlook(capacity)
        self.affinities = Affinities()
        self.refused = 0
        self.lag_s = 0.0
        self._bodies: dict[int, Body] = {}
        self._row_of: dict[Key, int] = {}
        self.steady: set[Key] = set()
        self._free = list(range(capacity - 1, -1, -1))
        self._columns: dict[str, int] = {}
        self._claims_column: int | None = None
        self._plots: dict[str, Plots] = {}
        self.scanned: dict[str, Scanned] = {}

    def __getitem__(self, row: int) -> Body:
        return self._bodies[row]

    def __contains__(self, row: int) -> bool:
        return row in self._bodies

    def __len__(self) -> int:
        return len(self._bodies)

    def __iter__(self) -> Iterator[tuple[int, Body]]:
        return iter(list(self._bodies.items()))

    @property
    def rows(self) -> list[int]:
        """Of all objects."""
        return list(self._bodies)

    def note_scan(self, one: Said) -> None:
        """A sensor looked, whatever it found."""
        self.scanned.setdefault(one.sensor, Scanned(one.t_s)).look(one.t_s)

    def stand(self, place: Standpoint) -> None:
        """Note where the node is."""
        moved = self.ground.stand(place)
        if moved is not None:
            self.objects.move(moved)
            self.outlook.place += moved

    @property
    def least_apart_s(self) -> float:
        """How often each source has its turn: less often also while what comes in is old, for then it is more than can be taken in."""
        return max(LEAST_APART_S, len(self.steady) / MOST_A_SECOND) * max(self.lag_s / MOST_LAG_S, 1.0)

    def has_had_its_turn(self, key: Key, t_s: float) -> bool:
        """Whether a source was heard so shortly before that more of it says little."""
        row = self._row_of.get(key)
        return row is not None and 0 <= t_s - self._bodies[row].sources.get(key, -np.inf) < self.least_apart_s

    def hear(self, one: Said, row: int, nats: float) -> None:
        """Note that an object was measured, so much likelier than chance."""
        if one.key is not None:
            if self._row_of.get(one.key) == row:
                self.steady.add(one.key)
            else:
                self.move(one.key, row)
        self._bodies[row].hear(one, nats, self.scanned[one.sensor])

    def free(self, row: int) -> None:
        """Let an object go."""
        body = self._bodies.pop(row)
        for key in body.sources:
            self._row_of.pop(key, None)
            self.steady.discard(key)
            self.affinities.forget_source(key)
        self.affinities.forget_row(row)
        self._free.append(row)

    def of(self, key: Key) -> int | None:
        """The row that a source speaks of."""
        return self._row_of.get(key)

    def move(self, key: Key, row: int) -> None:
        """Make a source one of another object."""
        before = self._row_of.get(key)
        spoke_s = 0.0
        if before is not None:
            spoke_s = self._bodies[before].sources.pop(key, 0.0)
            self._bodies[before].strayed.pop(key, None)
        self._bodies[row].sources[key] = spoke_s
        self._row_of[key] = row
        self.affinities.forget_source(key)

    def drop(self, key: Key) -> None:
        """A source's number means another object, or none, from now on."""
        row = self._row_of.pop(key, None)
        self.steady.discard(key)
        self.affinities.forget_source(key)
        if row is not None:
            self._bodies[row].sources.pop(key, None)
            self._bodies[row].strayed.pop(key, None)

    def unite(self, row: int, other: int) -> None:
        """Two that are found to be one go on in the first row, with the state of that which is known better."""
        mine, theirs = self._bodies[row], self._bodies[other]
        if self.objects.is_surer(other, row):
            self.objects.copy(other, row)
        mine.odds, mine.hit_s = max(mine.odds, theirs.odds), max(mine.hit_s, theirs.hit_s)
        mine.first_s = min(mine.first_s, theirs.first_s)
        mine.plotted &= theirs.plotted
        for key, spoke_s in list(theirs.sources.items()):
            self.move(key, row)
            mine.sources[key] = spoke_s
        self.free(other)
        self.touch(np.array([row]))

    def scan(self, said: Sequence[Said]) -> Scan[Any]:
        """What one sensor said at one moment, ready to be weighed."""
        pointed = [one for one in said if isinstance(one, Pointed)]
        if pointed:
            return BearingScan(pointed, self.ground, self._column)
        return PositionScan([one for one in said if isinstance(one, Located)], self.ground)

    def _column(self, one: Pointed) -> int:
        column, pose_deg = self._columns.get(one.sensor), min(one.bearing.sigma_pose_deg or 0.0, MOST_POSE_DEG)
        if pose_deg < LEAST_POSE_DEG:
            return -1
        if column is None and len(self._columns) < MOST_SHARING:
            column = self._columns[one.sensor] = self.objects.share(radians(pose_deg) ** 2)
        return -1 if column is None else column

    def claim_scan(self, said: Located, row: int) -> PositionScan:
        """A claim ready to be weighed beside one object, whose state has what lasts of the claim's error: it went on since the last."""
        body, variance = self._bodies[row], lasting_variance(said, self.ground)
        if not variance.all():
            return PositionScan([said], self.ground)
        if self._claims_column is None:
            self._claims_column = self.objects.share(USUAL_CLAIM_M**2, AXES)
        since_s = inf if body.claimed_s is None else max(said.t_s - body.claimed_s, 0.0)
        body.claimed_s = said.t_s if body.claimed_s is None else max(said.t_s, body.claimed_s)
        self.objects.wander(row, self._claims_column, exp(-since_s / LASTS_S), variance)
        return PositionScan([said], self.ground, self._claims_column)

    def touch(self, rows: Indices) -> None:
        """These have changed."""
        if len(rows):
            self.outlook.note(rows, self.objects.newest(rows))
        for row in rows.tolist():
            self._bodies[row].changes += 1

    def new(self, body: Body) -> int | None:
        """A row for another object; None where they are out."""
        if not self._free:
            self.refused += 1
            return None
        row = self._free.pop()
        self._bodies[row] = body
        return row

    def plots_of(self, sensor: str) -> Plots:
        """What a sensor plots of no object that is known."""
        return self._plots.setdefault(sensor, Plots())
