"""How strong the noise of a sensor usually is, learnt over days, and whether it is far from that now: deaf below it, jammed above it.

Levels come about once a second. What is usual is a histogram that forgets half in a week; while a level is out of all that is usual it
learns nothing, so that a sensor which fell deaf overnight is still so in the morning.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import isfinite

from msgspec import Struct

from edge_node.field import muffled
from edge_node.field.blurred import MOST_PARTS, PART, BlurredParts
from edge_node.field.health_names import found
from edge_node.field.muffled import TILT, Tilt
from edge_node.field.usual import Usual
from edge_node.messages import Finding

NS_PER_S = 1_000_000_000
LOW_SHARE, HIGH_SHARE = 0.01, 0.99
NEARLY_ALL = 0.9
BACK_FOR_S, BACK_LEAST = 6.0, 3
"""So long a level is usual again until that is believed, and so many levels."""
HYSTERESIS_DB = 3.0
MOST_LEVELS = 64


class Rule(Struct, frozen=True):
    """When a level is too low or too high: by how much outside of what is usual, and for how long; `learnt_s` come first.

    A level comes each `every_s`.
    """

    low_name: str
    low_words: str
    low_db: float
    low_after_s: int
    learnt_s: float
    high_name: str | None = None
    high_words: str = ""
    high_db: float = 10.0
    high_after_s: int = 3
    every_s: float = 1.0

    def values(self, seconds: float) -> int:
        """How many levels come in so long."""
        return max(1, round(seconds / self.every_s))


RULES = {
    "sound": Rule("deaf", "its microphones hear {by:.0f} dB less than at the quietest time here", 3.0, 600, 6 * 3_600.0),
    "spectrum": Rule(
        "deaf", "its noise at {what} is {by:.1f} dB lower than ever here", 1.0, 90, 600.0,
        "jammed", "the noise at {what} is {by:.0f} dB above what is usual here", 10.0, 3,
    ),
    TILT: Rule(
        "muffled", "high sounds are {by:.0f} dB weaker against low ones than ever here", 6.0, 600, 3 * 86_400.0, every_s=muffled.EVERY_S
    ),
    "picture": Rule("hazy", "its pictures hold {by:.0f} dB less detail than ever here", 5.0, 120, 86_400.0, every_s=10.0),
    "frames": Rule("deaf", "the strongest frames are {by:.0f} dB weaker than ever here", 5.0, 300, 6 * 3_600.0),
    "satellites": Rule("weak_satellites", "satellites are {by:.0f} dB weaker than ever here", 3.0, 30, 6 * 3_600.0),
}  # fmt: skip
"""By the first word of a level's name."""


class Level:
    """Follows one level."""

    def __init__(self, what: str, rule: Rule, usual: Usual) -> None:
        self.usual, self._what, self._rule = usual, what.partition(" ")[2] or what, rule
        self._low_after, self._high_after = rule.values(rule.low_after_s), rule.values(rule.high_after_s)
        self._back_for = max(BACK_LEAST, rule.values(BACK_FOR_S))
        self._recent: deque[float] = deque(maxlen=max(self._low_after, self._high_after, self._back_for))
        self._seconds = 0.0
        self._low = self._high = False
        self._bounds: tuple[float, float] | None = None
        self._bounded_s = -1.0

    def take(self, level_db: float) -> bool:
        """Another level; whether it is as usual, so that it was learnt."""
        if not isfinite(level_db):
            return False
        self._recent.append(level_db)
        self._seconds += self._rule.every_s
        bounds = self._usual_bounds()
        if bounds is not None:
            self._judge(*bounds)
        usual = not (self._low or self._high or self._looks_low(bounds, level_db))
        if usual:
            self.usual.learn(level_db, self._rule.every_s)
        return usual

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
        back = recent[-self._back_for :]
        least = low_db - rule.low_db
        if self._low:
            self._low = not (len(back) == self._back_for and min(back) > low_db)
        elif len(recent) >= self._low_after and recent[-1] < least:
            lately = sorted(recent[-self._low_after :])
            self._low = lately[int(NEARLY_ALL * (len(lately) - 1))] < least
        if rule.high_name is None:
            return
        most = high_db + rule.high_db
        if self._high:
            self._high = max(back) > most - HYSTERESIS_DB
        else:
            lately = recent[-self._high_after :]
            self._high = len(lately) == self._high_after and min(lately) > most

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
        self._parts, self._tilt = BlurredParts(usual), Tilt(usual)

    @property
    def blurred(self) -> float:
        """The share of a camera's pictures that has lost its detail."""
        return self._parts.share

    def take(self, levels: Mapping[str, float]) -> None:
        """The levels of one look, by name; what has no rule, and what is more than there is room for, is left out."""
        parts = {what: level_db for what, level_db in levels.items() if PART.fullmatch(what) and isfinite(level_db)}
        if 0 < len(parts) <= MOST_PARTS:
            self._parts.take(parts)
        for what, level_db in levels.items():
            kind = what.partition(" ")[0]
            if kind == TILT:
                self._take_tilt(what, level_db)
            elif kind in RULES and (level := self._level(what, RULES[kind])):
                level.take(level_db)

    def _take_tilt(self, what: str, level_db: float) -> None:
        if not isfinite(level_db):
            return
        brightness_db = self._tilt.brightness_db(what, level_db)
        level = self._level(TILT, RULES[TILT])
        if level is not None and (brightness_db is None or level.take(brightness_db)):
            self._tilt.learn(what, level_db)

    def _level(self, what: str, rule: Rule) -> Level | None:
        if what not in self._levels and len(self._levels) < MOST_LEVELS:
            self._make_room(what)
            self._levels[what] = Level(what, rule, self.usual.setdefault(what, Usual()))
        return self._levels.get(what)

    def _make_room(self, what: str) -> None:
        """Forget what was learnt of places that are not looked at any more."""
        known = [name for name in self.usual if name != what and not _is_kept(name)]
        for old in [name for name in known if name not in self._levels][: max(0, len(known) - MOST_LEVELS + 1)]:
            del self.usual[old]

    def findings(self) -> tuple[Finding, ...]:
        """What is out of the usual now."""
        levels = (one for level in self._levels.values() for one in level.findings(self._sensor))
        return (*levels, *self._parts.findings(self._sensor))


def _is_kept(name: str) -> bool:
    """Whether it belongs to a whole of which only some is looked at in any one moment."""
    return name.startswith(TILT) or PART.fullmatch(name) is not None
