"""Whether high sounds have become weaker against low ones than they ever are here: a cover that is soaked, iced or full of dirt.

A wet foam takes little of long waves and much of short ones. How much there is of high sound depends on what sounds, so it is compared
with what is usual beside as much low sound; and most of what sounds is far off and dull, so that the brightest tenth of a quarter of an
hour counts.
"""

from __future__ import annotations

from collections import deque

from edge_node.field.usual import Usual

TILT = "tilt"
"""How levels are named: `tilt | 42` is high against low sound, in dB, while the low was about 42 dB."""
EVERY_S = 10.0
LEARNT_S = 1_800.0
"""Of one loudness of the low, before it is known what is usual beside it."""
OVER_S, BRIGHTEST = 900.0, 0.9
MEDIAN_FOR_S = 600.0
MOST_LOUDNESSES = 40


class Tilt:
    """Follows high against low sound of one sensor; `usual` is what was learnt of levels by name."""

    def __init__(self, usual: dict[str, Usual]) -> None:
        self._usual = usual
        self._medians: dict[str, tuple[float, float]] = {}
        self._brighter: deque[float] = deque(maxlen=round(OVER_S / EVERY_S))
        self._now_s = 0.0

    def brightness_db(self, name: str, level_db: float) -> float | None:
        """By how much the brightest tenth of late is above what is usual; None before that is known."""
        self._now_s += EVERY_S
        median_db = self._median_db(name)
        if median_db is not None:
            self._brighter.append(level_db - median_db)
        if len(self._brighter) < OVER_S / EVERY_S:
            return None
        return sorted(self._brighter)[int(BRIGHTEST * (len(self._brighter) - 1))]

    def learn(self, name: str, level_db: float) -> None:
        """What was just taken is as usual."""
        if name in self._usual or sum(known.startswith(TILT) for known in self._usual) < MOST_LOUDNESSES:
            self._usual.setdefault(name, Usual()).learn(level_db, EVERY_S)

    def _median_db(self, name: str) -> float | None:
        usual = self._usual.get(name)
        if usual is None or usual.seconds < LEARNT_S:
            return None
        found = self._medians.get(name)
        if found is None or self._now_s - found[0] >= MEDIAN_FOR_S:
            found = self._medians[name] = self._now_s, usual.quantile_db(0.5)
        return found[1]
