"""What a trial is worth in figures: each with its interval, and all of them by node, range and sensor."""

from __future__ import annotations

from msgspec import Struct

from tools.score.catalogue import CATALOGUE, Kind
from tools.score.intervals import Estimate
from tools.trial.outcome import Head


class Figure(Struct, frozen=True):
    """One figure by its name in the catalogue; `of` is a sensor's name, "" for all of a node."""

    name: str
    estimate: Estimate
    of: str = ""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return CATALOGUE[self.name]


class Band(Struct, frozen=True):
    """Figures of objects that were so far away."""

    from_m: float
    to_m: float | None
    figures: tuple[Figure, ...]


class Confusion(Struct, frozen=True):
    """Seconds of what was told of objects of a true kind."""

    true: str
    told: dict[str, float]


class Recovery(Struct, frozen=True):
    """What became of one fault. `lost` objects were in reach, were tracked and then were not; None where what is asked never came.

    `again_s` is from the fault's end until every one of them was tracked again, `said_s` from its begin until the node said so.
    """

    kind: str
    target: str
    from_s: float
    to_s: float
    lost: tuple[str, ...]
    again_s: float | None
    said_s: float | None
    words: str
    why_not: str = ""


class Span(Struct, frozen=True):
    """From when to when in the scene."""

    from_s: float
    to_s: float


class Life(Struct, frozen=True):
    """One object's time: in the air, in reach, under a confirmed track (one span for each number), and which sensors had it."""

    name: str
    kind: str
    flew: tuple[Span, ...]
    in_reach: tuple[Span, ...]
    tracked: tuple[Span, ...]
    sensors: dict[str, tuple[Span, ...]] = {}


class NodeScores(Struct, frozen=True):
    """One node's, or with the name "C2" those of what C2 follows with all nodes together; `false` is when there were false tracks."""

    node: str
    reach: str
    figures: tuple[Figure, ...]
    bands: tuple[Band, ...]
    confusion: tuple[Confusion, ...]
    recoveries: tuple[Recovery, ...]
    lives: tuple[Life, ...]
    false: tuple[Span, ...] = ()

    def figure(self, name: str, of: str = "") -> Estimate:
        """The estimate by that name; one of nothing where there is none."""
        return next((one.estimate for one in self.figures if (one.name, one.of) == (name, of)), Estimate())


class Scores(Struct, frozen=True):
    """All of a trial."""

    head: Head
    nodes: tuple[NodeScores, ...]
