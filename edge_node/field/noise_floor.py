"""How strong the noise of a sensor usually is, learnt over days, and whether it is far from that now: deaf below it, jammed above it.

Levels come about once a second. What is usual is a histogram that forgets half in a week; while a level is out of all that is usual it
learns nothing, so that a sensor which fell deaf overnight is still so in the morning.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import isfinite

from msgspec import Struct, field

from edge_node.field.health_names import found
from edge_node.messages import Finding

NS_PER_S = 1_000_000_000
BIN_DB = 0.25
LOWEST_DB, HIGHEST_DB = -300.0, 200.0
HALF_LIFE_S = 7 * 86_400.0
LOW_SHARE, HIGH_SHARE = 0.01, 0.99
NEARLY_ALL = 0.9
BACK_FOR_S = 6
"""So long a level is usual again until that is believed."""
HYSTERESIS_DB = 3.0
MOST_LEVELS = 64
MOST_WEIGHT = 1e12


class Rule(Struct, frozen=True):
    """When a level is too low or too high: by how much outside of what is usual, and for how long; `learnt_s` come first."""

    low_name: str
    low_words: str
    low_db: float
    low_after_s: int
    learnt_s: float
    high_name: str | None = None
    high_words: str = ""
    high_db: float = 10.0
    high_after_s: int = 3


RULES = {
    "sound": Rule("deaf", "its microphones hear {by:.0f} dB less than at the quietest time here", 2.0, 600, 6 * 3_600.0),
    "spectrum": Rule(
        "deaf", "its noise at {what} is {by:.1f} dB lower than ever here", 1.0, 90, 600.0,
        "jammed", "the noise at {what} is {by:.0f} dB above what is usual here", 10.0, 3,
    ),
    "picture": Rule("hazy", "its pictures hold {by:.0f} dB less detail than ever here", 5.0, 120, 86_400.0),
    "tile": Rule("smeared", "part {what} of its pictures is {by:.0f} dB more blurred than ever here", 5.0, 120, 86_400.0),
    "frames": Rule("deaf", "the strongest frames are {by:.0f} dB weaker than ever here", 5.0, 300, 6 * 3_600.0),
    "satellites": Rule("weak_satellites", "satellites are {by:.0f} dB weaker than ever here", 3.0, 30, 6 * 3_600.0),
}  # fmt: skip
"""By the first word of a level's name."""


class Usual(Struct):
    """What a level was: weights by steps of `BIN_DB`, of which those of later seconds are heavier; `seconds` were learnt."""

    counts: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    weight: float = 1.0

    def learn(self, level_db: float, seconds: float) -> None:
        """A level that held for so long."""
        step = round(min(max(level_db, LOWEST_DB), HIGHEST_DB) / BIN_DB)
        self.counts[step] = self.counts.get(step, 0.0) + self.weight * seconds
        self.seconds += seconds
        self.weight *= 2.0 ** (seconds / HALF_LIFE_S)
        if self.weight > MOST_WEIGHT:
            self.counts = {step: count / self.weight for step, count in self.counts.items() if count / self.weight > 1e-6}
            self.weight = 1.0

    def quantile_db(self, share: float) -> float:
        """Below which it was for this share of the time; nan before anything was learnt."""
        left = share * sum(self.counts.values())
        for step in sorted(self.counts):
            left -= self.counts[step]
            if left <= 0:
                return step * BIN_DB
        return float("nan")


class Level:
    """Follows one level."""

    def __init__(self, what: str, rule: Rule, usual: Usual) -> None:
        self.usual, self._what, self._rule = usual, what.partition(" ")[2] or what, rule
        self._recent: deque[float] = deque(maxlen=max(rule.low_after_s, rule.high_after_s, BACK_FOR_S))
        self._seconds = 0
        self._low = self._high = False
        self._bounds: tuple[float, float] | None = None
        self._bounded_s = -1

    def take(self, level_db: float) -> None:
        """The level of another second."""
        if not isfinite(level_db):
            return
        self._recent.append(level_db)
        self._seconds += 1
        bounds = self._usual_bounds()
        if bounds is not None:
            self._judge(*bounds)
        if not (self._low or self._high) and not self._looks_low(bounds, level_db):
            self.usual.learn(level_db, 1.0)

    def _looks_low(self, bounds: tuple[float, float] | None, level_db: float) -> bool:
        """What may turn out to be deafness is not learnt as it begins."""
        return bounds is not None and (level_db < bounds[0] - self._rule.low_db or self._is_raised(level_db, bounds[1]))

    def _is_raised(self, level_db: float, high_db: float) -> bool:
        return self._rule.high_name is not None and level_db > high_db + self._rule.high_db

    def _usual_bounds(self) -> tuple[float, float] | None:
        """Looked up once a minute; None before enough was learnt."""
        if self.usual.seconds < self._rule.learnt_s:
            return None
        if self._bounds is None or self._seconds - self._bounded_s >= 60:
            self._bounds = self.usual.quantile_db(LOW_SHARE), self.usual.quantile_db(HIGH_SHARE)
            self._bounded_s = self._seconds
        return self._bounds

    def _judge(self, low_db: float, high_db: float) -> None:
        rule, recent = self._rule, list(self._recent)
        back = recent[-BACK_FOR_S:]
        least = low_db - rule.low_db
        if self._low:
            self._low = not (len(back) == BACK_FOR_S and min(back) > low_db)
        elif len(recent) >= rule.low_after_s and recent[-1] < least:
            lately = sorted(recent[-rule.low_after_s :])
            self._low = lately[int(NEARLY_ALL * (len(lately) - 1))] < least
        if rule.high_name is None:
            return
        most = high_db + rule.high_db
        if self._high:
            self._high = max(back) > most - HYSTERESIS_DB
        else:
            lately = recent[-rule.high_after_s :]
            self._high = len(lately) == rule.high_after_s and min(lately) > most

    def findings(self, sensor: str) -> tuple[Finding, ...]:
        """What is out of the usual."""
        if self._bounds is None or not (self._low or self._high):
            return ()
        lately = sorted(self._recent)[len(self._recent) // 2]
        low_db, high_db = self._bounds
        said = []
        if self._low:
            said.append((self._rule.low_name, self._rule.low_words.format(what=self._what, by=low_db - lately)))
        if self._high and self._rule.high_name:
            said.append((self._rule.high_name, self._rule.high_words.format(what=self._what, by=self._recent[-1] - high_db)))
        return tuple(found(sensor, name, words) for name, words in said)


class NoiseFloors:
    """All levels of one sensor; `usual` is what was learnt before, and what is learnt on."""

    def __init__(self, sensor: str, usual: dict[str, Usual]) -> None:
        self._sensor, self.usual = sensor, usual
        self._levels: dict[str, Level] = {}

    def take(self, levels: Mapping[str, float]) -> None:
        """The levels of one second, by name; what has no rule, and what is more than there is room for, is left out."""
        for what, level_db in levels.items():
            rule = RULES.get(what.partition(" ")[0])
            if rule is None or not (what in self._levels or len(self._levels) < MOST_LEVELS):
                continue
            if what not in self._levels:
                self._make_room(what)
                self._levels[what] = Level(what, rule, self.usual.setdefault(what, Usual()))
            self._levels[what].take(level_db)

    def _make_room(self, what: str) -> None:
        """Forget what was learnt of places that are not looked at any more."""
        for old in [name for name in self.usual if name not in self._levels and name != what][: max(0, len(self.usual) - MOST_LEVELS + 1)]:
            del self.usual[old]

    def findings(self) -> tuple[Finding, ...]:
        """What is out of the usual now."""
        return tuple(one for level in self._levels.values() for one in level.findings(self._sensor))
