"""A trial's folder in, all its figures out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import structs

from tools.score import bands, detection, faults, identification, lives, sensors, tracking
from tools.score.case import Case
from tools.score.figures import Figure, NodeScores, Scores
from tools.score.followed import NAME, followed
from tools.score.matching import matched
from tools.score.sensed import Sensed, reach_of_all, sensed
from tools.score.sensors import Owned, owned
from tools.score.told import tracks_of
from tools.score.truth import about
from tools.trial.outcome import Heard, NodeStood, Outcome, TruthRow


class Trial:
    """All that a trial left, read once; `scores` are made of it, and reports draw it."""

    def __init__(self, outcome: Outcome) -> None:
        """Raises TrialError for what cannot be read."""
        self.head = outcome.head
        self.rows: list[TruthRow] = list(outcome.truth())
        self.heard: list[Heard] = list(outcome.heard())
        self.nodes = [Node(self, node, self.heard, outcome.detections(node.name)) for node in self.head.nodes]
        if len(self.head.nodes) > 1:
            self.nodes.append(self._together(self.head.nodes[0]))

    def _together(self, first: NodeStood) -> Node:
        """What C2 follows, about the first node's place."""
        objects = list(followed(self.heard, self.head.begun_utc_ms))
        node = Node(self, structs.replace(first, name=NAME, moving=False), objects, ())
        reach = self.nodes[0].case.reach.copy()
        for one in self.nodes[1:]:
            reach |= one.case.reach
        node.case, node.reach = structs.replace(node.case, reach=reach), "what any of its nodes must tell of"
        return node

    def scores(self) -> Scores:
        """Of every node, and of C2 where there are several."""
        return Scores(self.head, tuple(node.scores(self) for node in self.nodes))


class Node:
    """One node's part of a trial."""

    def __init__(self, trial: Trial, node: NodeStood, heard: Sequence[Heard], detections: Iterable[dict[str, Any]]) -> None:
        self.name = node.name
        truth = about(node, trial.rows, heard)
        self.sensed: Sensed = sensed(detections, truth.frame, node.mono_begin_ns)
        tracks = [one for one in tracks_of(heard, node.name, truth.frame, trial.head.begun_utc_ms) if one.placed]
        match = matched(truth, tracks, trial.head.seconds)
        senses = [one.sense for one in trial.head.sensors if one.node == node.name]
        reach, self.reach = reach_of_all(truth, self.sensed, senses, match.t_s)
        self.case = Case(truth, tracks, match, reach, trial.head.seconds)
        self.owned: list[Owned] = [owned(one, truth) for one in self.sensed.sensors.values()]

    def scores(self, trial: Trial) -> NodeScores:
        """All of it."""
        return NodeScores(
            node=self.name,
            reach=self.reach,
            figures=tuple(self._figures()),
            bands=tuple(bands.bands(self.case)),
            confusion=tuple(identification.confusion(self.case)),
            recoveries=tuple(faults.recoveries(self.case, trial.head.faults, trial.heard, self.name)),
            lives=tuple(lives.lives(self.case, self.owned)),
            false=lives.false(self.case),
        )

    def _figures(self) -> Iterator[Figure]:
        case = self.case
        parts = (detection.figures(case), tracking.figures(case), identification.figures(case) if self.name != NAME else ())
        own = (sensors.figures(one, self.sensed.covers.get(one.sensor.name, ()), case.t_s, case.seconds) for one in self.owned)
        for part in (*parts, *own):
            yield from (one for one in part if one.estimate.value is not None)


def of(outcome: Outcome) -> Scores:
    """Of a trial's folder; raises TrialError for what cannot be read."""
    return Trial(outcome).scores()
