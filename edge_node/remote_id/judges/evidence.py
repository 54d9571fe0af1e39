"""Suspicions of one aircraft or transmitter while they last, and what all of them together say."""

from __future__ import annotations

from collections.abc import Iterable

from edge_node.messages import Suspicion

# Evidence comes in bursts (a jump, a change of transmitter): what was seen stands for a minute after it was seen last.
HELD_S = 60.0
MOST_HELD = 16


class Evidence:
    """The newest suspicion of each name, forgotten a minute after it was raised last."""

    __slots__ = ("_until_s", "held")

    def __init__(self) -> None:
        self.held: dict[str, Suspicion] = {}
        self._until_s: dict[str, float] = {}

    def raise_(self, name: str, score: float, words: str, t_s: float) -> None:
        """Raise a suspicion, or hold it up for longer."""
        if name in self.held or len(self.held) < MOST_HELD:
            self.held[name] = Suspicion(name, round(min(max(score, 0.0), 1.0), 2), words)
            self._until_s[name] = t_s + HELD_S

    def withdraw(self, name: str) -> None:
        """What was seen since speaks against it."""
        if name in self.held:
            del self.held[name], self._until_s[name]

    def now(self, t_s: float) -> Iterable[Suspicion]:
        """What still stands."""
        if not self.held:
            return ()
        for name in [name for name, until_s in self._until_s.items() if until_s < t_s]:
            del self.held[name], self._until_s[name]
        return self.held.values()
