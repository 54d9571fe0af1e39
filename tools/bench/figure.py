"""A figure, and how it stands beside its goal."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tools.bench.goal import Goal, number
from tools.bench.goals import GOALS


class Figure(Struct, frozen=True):
    """One measured number, beside what `against` names: a peer's number, or a bound, in the same unit and from the same run."""

    name: str
    value: float
    unit: str
    peer: float | None = None
    against: str = ""

    @property
    def goal(self) -> Goal:
        """The row of GOALS; a figure without one is a KeyError."""
        return GOALS[self.name]

    @property
    def ratio(self) -> float | None:
        """Value to peer; None without a peer, or beside one of 0."""
        return self.value / self.peer if self.peer else None

    @property
    def ok(self) -> bool:
        """Whether the goal is met; a goal on the ratio is not met where there is none."""
        judged = self.ratio if self.goal.of == "ratio" else self.value
        return judged is not None and self.goal.met(judged)

    def fields(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal.words(),
            "peer": self.peer,
            "ratio": self.ratio,
            "ok": self.ok,
            "against": self.against,
        }

    def cells(self) -> list[str]:
        """As a row of a table: figure, value, goal, peer, ratio, ok."""
        peer = "" if self.peer is None else f"{self.against}: {number(self.peer)}"
        ratio = "" if self.ratio is None else f"{number(self.ratio)} x"
        return [self.name, f"{number(self.value)} {self.unit}", self.goal.words(), peer, ratio, "yes" if self.ok else "NO"]


COLUMNS = ("figure", "measured", "goal", "beside it, in the same run", "ratio", "met")
