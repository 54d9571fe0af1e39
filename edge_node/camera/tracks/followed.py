"""One track beyond its motion: what it was seen to be, and whether it is believed."""

from __future__ import annotations

from math import exp, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import Observation

LOOKS_AT = (5, 7, 10, 13, 16, 20, 25, 30)
"""Observations after which a track is judged; later ones every `LATER`."""
LATER = 6
LEAST_PROBABILITY = 1e-4


class Judge(Protocol):
    """Says what a track is of, by all that was seen of it."""

    def see(self, observation: Observation) -> None:
        """Take in one observation."""

    @property
    def probabilities(self) -> dict[str, float]:
        """Of each label, "clutter" among them."""


class Followed:
    """What one track shows of itself; `against` are log odds that speak against where it began."""

    def __init__(self, judge: Judge, began: NDArray[np.float64], against: float) -> None:
        self.began, self.against = began, against
        self.last: Observation | None = None
        self.probabilities: dict[str, float] = {}
        self.observations = 0
        self.burnt_in = 0
        self._judge = judge

    def see(self, observation: Observation) -> bool:
        """Take in what one picture showed; whether it was judged anew."""
        self.last = observation
        self.observations += 1
        self._judge.see(observation)
        due = self.observations in LOOKS_AT if self.observations <= LOOKS_AT[-1] else self.observations % LATER == 0
        if due:
            self.probabilities = self._judge.probabilities
        return due

    @property
    def judged(self) -> bool:
        """Whether it was seen often enough for an opinion."""
        return bool(self.probabilities)

    @property
    def real(self) -> float:
        """How probable it is that it is an object at all, where it began taken into account."""
        clutter = min(max(self.probabilities.get("clutter", 1.0), LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
        return 1 / (1 + exp(self.against - log((1 - clutter) / clutter)))
