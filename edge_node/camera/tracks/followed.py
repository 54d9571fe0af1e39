"""One track beyond its motion: what it was seen to be, and whether it is believed."""

from __future__ import annotations

from math import exp, inf, log
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.burnt_in import Extent
from edge_node.camera.observation import LEAST_JUDGED, LOST, Observation
from edge_node.camera.tracks.template import Template

DISMISSED_AFTER = 16
ESTABLISHED_S, OF_DOUBT = 1.0, 0.2
"""What was told for so long needs that share of the usual reality to stay."""
LEAST_PROBABILITY = 1e-4


class Belief(NamedTuple):
    """How real a track must be to be told of, at once or for `steady_s` on end, to be told of any longer, and to be followed at all."""

    believed: float
    steady: float
    doubted: float
    dismissed: float = 0.03
    steady_s: float = 0.5


class Judge(Protocol):
    """Says what a track is of, by all that was seen of it; cheap to ask again."""

    def see(self, observation: Observation) -> None:
        """Take in one observation."""

    @property
    def is_curious(self) -> bool:
        """Whether the next observation should have a patch."""

    @property
    def probabilities(self) -> dict[str, float]:
        """Of each label, "clutter" among them."""


class Followed:
    """What one track shows of itself; `against` are log odds that speak against where it began."""

    def __init__(self, judge: Judge, began: NDArray[np.float64], against: float) -> None:
        self.began, self.against = began, against
        self.last: Observation | None = None
        self.probabilities: dict[str, float] = {}
        self.real = 0.0
        self.observations = 0
        self._steady_since_s = self._told_since_s = inf
        self.judge = judge
        self.extent = Extent()
        self.template: Template | None = None

    def see(self, observation: Observation) -> None:
        """Take in what one picture showed; what is found again is not established."""
        if observation.missed >= LOST:
            self._told_since_s = inf
        self.last = observation
        self.observations += 1
        self.extent.see(observation.box, observation.scene_x, observation.scene_y)
        self.judge.see(observation)

    def hear(self) -> None:
        """Ask the judge anew."""
        if self.observations >= LEAST_JUDGED:
            self.probabilities = self.judge.probabilities
            self.real = self._reality()

    def is_believed(self, belief: Belief, t_s: float, told: bool) -> bool:
        """Whether it is real enough to be told of, or, being told, to be told on; to be asked in every picture.

        What is not told may also have been nearly real enough for long enough; what was told for ESTABLISHED_S may stand still and look
        like clutter: a drone that hovers.
        """
        self._told_since_s = min(self._told_since_s, t_s) if told else inf
        self._steady_since_s = min(self._steady_since_s, t_s) if self.real > belief.steady else inf
        if told:
            established = t_s - self._told_since_s >= ESTABLISHED_S
            return self.real >= belief.doubted * (OF_DOUBT if established else 1.0)
        return self.real > belief.believed or t_s - self._steady_since_s >= belief.steady_s

    def is_dismissed(self, belief: Belief) -> bool:
        """Whether enough was seen of it to be sure that it is nothing."""
        return self.judged and self.observations >= DISMISSED_AFTER and self.real < belief.dismissed

    @property
    def judged(self) -> bool:
        """Whether it was seen often enough for an opinion."""
        return bool(self.probabilities)

    def _reality(self) -> float:
        """How probable it is that it is an object at all, where it began taken into account."""
        clutter = min(max(self.probabilities.get("clutter", 1.0), LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
        return 1 / (1 + exp(self.against - log((1 - clutter) / clutter)))
