"""Where a receiver stands and for how long: rows taken in turn, and stayed at while something is heard there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

MOST_ROWS = 64
MOST_PARK_DWELLS = 10.0
"""What is heard all the time, as a neighbour's link may be, keeps a receiver at one place for at most so many times `park_s`."""

Hertz = Annotated[float, Meta(gt=0, le=300e9)]
Rate = Annotated[float, Meta(ge=1e3, le=200e6)]
Seconds = Annotated[float, Meta(ge=0.1, le=3_600)]
Decibels = Annotated[float, Meta(ge=-50, le=150)]


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A centre, the rate and gain there (None for those of the whole sensor), and how long to listen in one go."""

    center_hz: Hertz
    rate_hz: Rate | None = None
    dwell_s: Seconds = 1.0
    gain_db: Decibels | None = None


class FrequencyPlan:
    """Takes its rows in turn; times are monotonic, in seconds. A plan of one row never asks for another."""

    def __init__(self, rows: Sequence[Row], park_s: float = 3.0) -> None:
        if not rows:
            raise ValueError("a plan has at least one row")
        self._rows = list(rows)
        self._park_s = park_s
        self._at = 0
        self._since_s: float | None = None
        self._until_s = 0.0

    @property
    def row(self) -> Row:
        """Where the receiver stands, or is going to."""
        return self._rows[self._at]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All that are left."""
        return tuple(self._rows)

    def arrived(self, now_s: float) -> None:
        """The receiver stands at the row: its dwell begins."""
        self._since_s, self._until_s = now_s, now_s + self.row.dwell_s

    def found(self, now_s: float) -> None:
        """Something is heard here: stay a while longer."""
        if self._since_s is not None:
            most_s = self._since_s + self.row.dwell_s + MOST_PARK_DWELLS * self._park_s
            self._until_s = max(self._until_s, min(now_s + self._park_s, most_s))

    def due(self, now_s: float) -> Row | None:
        """The row to go to now, None while the receiver stays, or is on its way."""
        if self._since_s is None or now_s < self._until_s or len(self._rows) == 1:
            return None
        self._at = (self._at + 1) % len(self._rows)
        self._since_s = None
        return self.row

    def refuse(self) -> Row | None:
        """The receiver cannot stand at this row: take it out; the row to go to instead, None when none is left."""
        if len(self._rows) == 1:
            return None
        del self._rows[self._at]
        self._at %= len(self._rows)
        self._since_s = None
        return self.row
