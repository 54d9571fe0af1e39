"""What is noted of one object beside its state: who speaks of it, and how sure it is that there is one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp, log

from msgspec import Struct, field

from edge_node.fusion.bodies.measured import Located, Said
from edge_node.fusion.pointing import Key
from edge_node.messages import AcousticDetection

HEARD = AcousticDetection.__name__
ACTIVE_S = 0.5
"""A sensor that spoke of an object under one number within this time means another one by another number."""
NUMBERED_ODDS = 2.0
"""Sensors number what they already believe."""
MOST_ODDS, MOST_HIT = 6.0, 4.0
MISSED = 2.0
"""What is plotted at about even times is missed by chance but once in seven times (natural logarithm)."""
HIDES, HIDDEN_S = 0.05, 4.0
"""But it may be hidden: so likely in any while, and for about so long."""
SILENT_S = 5.0
GONE = -6.0
LEAST_OFTEN_S, MOST_LOOKS, SURELY = 10.0, 20.0, 5.0
LOST_S, BY_CHANCE, LEAST_MISSED = 1.0, 1e-3, 0.05
"""What is plotted is lost when it was missed as often in a row as chance would have it once in a thousand times, not within a wink;
no sensor shows that it finds more than 95 of 100."""
NUMBERED_LOST_S, LOST_INTERVALS = 2.5, 4.0
"""Sensors that number objects hold a number for so long themselves: silent for longer, and for so many of its intervals, it is lost."""
KEPT_S, KEPT_INTERVALS = 12.0, 12.0
"""It may be found again for so long."""


class Strayed(Struct):
    """A source that did not fit its object: how often in a row, and since when."""

    times: int
    since_s: float


class Scanned(Struct):
    """When a sensor looked last and how often it does, and at every how manyeth look it plots what is surely there."""

    t_s: float
    interval_s: float = 1.0
    hits_every: float = 1.2

    def look(self, t_s: float) -> None:
        """It looks now."""
        if 0 < t_s - self.t_s < LEAST_OFTEN_S:
            self.interval_s += 0.1 * (t_s - self.t_s - self.interval_s)
        self.t_s = max(t_s, self.t_s)

    def hit(self, since_s: float) -> None:
        """It plots what is surely there, which it did so long ago before."""
        looks = min(max(since_s / self.interval_s, 1.0), MOST_LOOKS)
        self.hits_every += 0.02 * (looks - self.hits_every)

    @property
    def patience_s(self) -> float:
        """For so long it misses by chance what is there."""
        missed = max(1 - 1 / self.hits_every, LEAST_MISSED)
        return max(LOST_S, self.interval_s * log(BY_CHANCE) / log(missed))


class Body(Struct):
    """`number` is its trail's; `sources` when each spoke last; `odds` the logarithm of the odds that there is an object.

    `changes` counts what its state took in, which is told anew then; `doubted_s` is since when
    it is not sure what is its own; `claimed_s` is as of when what lasts of its claims' error is known; `plotted_by` is when each sensor
    plotted it last, and `placed_by` of those that plot places.
    """

    number: int | None = None
    sources: dict[Key, float] = field(default_factory=dict)
    strayed: dict[Key, Strayed] = field(default_factory=dict)
    odds: float = NUMBERED_ODDS
    plotted: bool = False
    interval_s: float = 1.0
    first_s: float = 0.0
    hit_s: float = 0.0
    hinted_s: float = float("-inf")
    doubted_s: float | None = None
    claimed_s: float | None = None
    plotted_by: dict[str, float] = field(default_factory=dict)
    placed_by: dict[str, float] = field(default_factory=dict)
    hits: int = 0
    changes: int = 0

    def hear(self, one: Said, nats: float, scanned: Scanned) -> None:
        """Note that it was measured once more, and how much likelier that was than chance."""
        key, t_s = one.key, one.t_s
        since_s = t_s - self.hit_s
        if key is None and self.odds > SURELY and one.sensor in self.plotted_by:
            scanned.hit(t_s - self.plotted_by[one.sensor])
        if key is None:
            self.plotted_by[one.sensor] = t_s
            if isinstance(one, Located):
                self.placed_by[one.sensor] = t_s
        self.hits += 1
        self.odds = min(self.odds - self._missed(since_s) + min(max(nats, 0.0), MOST_HIT), MOST_ODDS)
        if key is None:
            self.interval_s = scanned.interval_s * scanned.hits_every
        elif 0 < since_s < 3 * self.interval_s:
            self.interval_s += 0.2 * (since_s - self.interval_s)
        if key is not None:
            self.sources[key] = max(t_s, self.sources.get(key, t_s))
            self.strayed.pop(key, None)
        self.hit_s = max(t_s, self.hit_s)

    def existence(self, t_s: float) -> float:
        """Probability that there is an object."""
        return 1 / (1 + exp(-self._odds_at(t_s)))

    def is_lost(self, t_s: float, scanned: Mapping[str, Scanned]) -> bool:
        """Whether it is silent for too long to be told as being there."""
        if self.plotted:
            return t_s - self.hit_s > max(scanned[sensor].patience_s for sensor in self.plotted_by)
        return t_s - self.hit_s > max(NUMBERED_LOST_S, LOST_INTERVALS * self.interval_s)

    def is_gone(self, t_s: float) -> bool:
        """Whether nobody need look for it any more."""
        return t_s - self.hit_s > max(KEPT_S, KEPT_INTERVALS * self.interval_s) or self._odds_at(t_s) < GONE

    def is_misplaced(self, scanned: Mapping[str, Scanned]) -> bool:
        """Whether a sensor that plotted its place looked again and again, and finds nothing there any more."""
        for sensor, spoke_s in self.placed_by.items():
            now = scanned.get(sensor)
            if now and now.t_s - spoke_s > now.patience_s:
                return True
        return False

    @property
    def is_only_heard(self) -> bool:
        """Whether nothing but sound tells of it."""
        return not self.plotted and all(key[0] == HEARD for key in self.sources)

    @property
    def has_several_sensors(self) -> bool:
        """Whether more than one speaks of it."""
        return len({sensor for _, sensor, *_ in self.sources} | self.plotted_by.keys()) > 1

    def was_numbered_by(self, sensor: str) -> bool:
        """Whether this sensor ever meant it: what it lost from sight it numbers anew."""
        return any(key[1] == sensor for key in self.sources)

    def is_numbered_by(self, sensor: str, but: Collection[Key | None], t_s: float) -> bool:
        """Whether this sensor means it by a number now that is none of these."""
        return any(key[1] == sensor and key not in but and abs(t_s - spoke_s) < ACTIVE_S for key, spoke_s in self.sources.items())

    def _odds_at(self, t_s: float) -> float:
        silent_s = max(t_s - self.hit_s, 0.0)
        return self.odds - (self._missed(silent_s) if self.plotted else silent_s / SILENT_S)

    def _missed(self, since_s: float) -> float:
        """How much likelier (natural logarithm) it makes that there is nothing, that it was not plotted for so long."""
        if not self.plotted or since_s <= self.interval_s:
            return 0.0
        late_s = since_s - self.interval_s
        return -log(exp(-MISSED * late_s / self.interval_s) + HIDES * exp(-late_s / HIDDEN_S))
