"""Whether parts of a camera's pictures have lost their fine detail against their coarse: drops, a web, ice or dirt on its window.

What is on the window is far out of focus: it takes fine detail away and lays soft shapes over it. Light, haze and weather change both
alike. One part may be anything, such as a lorry that parked there; several at once and for minutes are not.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping

from edge_node.field.health_names import found
from edge_node.field.usual import Usual
from edge_node.messages import Finding

PART = re.compile(r"part ([1-8])/([1-8])")
"""How levels of parts are named: `part 3/7` is in the third row and the seventh column."""
MOST_PARTS = 64
EVERY_S = 10.0
LOW_SHARE, LOW_DB = 0.01, 5.0
LEARNT_S = 86_400.0
FEWEST, SEES = 1 / 10, 1 / 20
"""So large a share of the picture is worth a word, and so small a one is none any more."""
AFTER_S, NEARLY_ALL, LATELY = 300.0, 0.9, 3
BOUNDED_S = 600.0
"""For so long what is usual of a part is not looked up anew."""


class BlurredParts:
    """Follows all parts of one camera's pictures; `usual` is what was learnt of levels by name."""

    def __init__(self, usual: dict[str, Usual]) -> None:
        self._usual = usual
        self._least: dict[str, float | None] = {}
        self._bounded_s = BOUNDED_S
        self._shares: deque[float] = deque(maxlen=round(AFTER_S / EVERY_S))
        self._low: tuple[str, ...] = ()
        self._holds = False

    @property
    def share(self) -> float:
        """Of the picture, how much is blurred; 0 while that is not believed."""
        return max(list(self._shares)[-LATELY:]) if self._holds else 0.0

    def take(self, parts: Mapping[str, float]) -> None:
        """The levels of all parts of another ten seconds."""
        self._bounded_s += EVERY_S
        if self._bounded_s >= BOUNDED_S:
            self._bounded_s = 0.0
            self._least = {name: _least_db(self._usual.get(name)) for name in parts}
        low = [name for name, level_db in parts.items() if (least := self._least.get(name)) is not None and level_db < least]
        self._low = tuple(low) or self._low
        self._shares.append(len(low) / len(parts))
        self._judge()
        if not self._holds and self._shares[-1] < FEWEST:
            for name, level_db in parts.items():
                if name not in low:
                    self._usual.setdefault(name, Usual()).learn(level_db, EVERY_S)

    def _judge(self) -> None:
        shares = sorted(self._shares)
        if self._holds:
            self._holds = max(list(self._shares)[-LATELY:]) >= SEES
        elif len(shares) == self._shares.maxlen:
            self._holds = shares[int((1 - NEARLY_ALL) * len(shares))] >= FEWEST

    def findings(self, sensor: str) -> tuple[Finding, ...]:
        """How much of the picture is blurred, and where."""
        if not self._holds:
            return ()
        words = f"{100 * self.share:.0f} % of its pictures has lost its fine detail, most of it {_where(self._low, len(self._least))}"
        return (found(sensor, "smeared", words),)


def _least_db(usual: Usual | None) -> float | None:
    """Below which a part is blurred; None before enough was learnt."""
    return usual.quantile_db(LOW_SHARE) - LOW_DB if usual is not None and usual.seconds >= LEARNT_S else None


def _where(names: tuple[str, ...], parts: int) -> str:
    """In words, by the middle of them; parts are as many rows as columns."""
    side = max(1, round(parts**0.5))
    places = [found.groups() for name in names if (found := PART.fullmatch(name))]
    row, column = (sum(int(place[axis]) - 0.5 for place in places) / max(len(places), 1) / side for axis in (0, 1))
    down, across = (("upper", "middle", "lower")[min(2, int(3 * row))], ("left", "middle", "right")[min(2, int(3 * column))])
    return "in the middle" if down == across else f"{down} {across}"
