"""One track's judge: what it probably is, from all that was seen of it so far."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import LEAST_JUDGED, Observation
from edge_node.camera.sight.knowledge import CLUTTER, LABELS, Band, Knowledge, knowledge
from edge_node.camera.sight.memory import Memory

Floats = NDArray[np.float32]

HELD = 8  # patches that wait to be looked at, at most
OFTEN_UNTIL = 15  # observations, every SECOND of which is judged anew; after them every EIGHTH
SECOND, EIGHTH = 2, 8
SURE = 0.6
AT_LARGE = {"drone": 0.03, "bird": 0.04, "aeroplane": 0.02, "helicopter": 0.02, "balloon": 0.005, "insect": 0.005, "clutter": 0.88}


class Judge:
    """Takes one track's observations in the order of time; memory is bounded, and the costly part is done when asked and not each time."""

    def __init__(self, band: Band, knows: Knowledge | None = None) -> None:
        self.knows = knows or knowledge(band)
        self.memory = Memory()
        self.waiting: list[Floats] = []
        self.judged_at = 0
        self._probabilities = np.array([AT_LARGE[name] for name in LABELS])

    def see(self, observation: Observation) -> None:
        """Take in one more observation; one that is not finite or whose patch is not (32, 32) is passed over."""
        if (patch := self.memory.take(observation)) is not None:
            self.waiting.append(patch)
            if len(self.waiting) >= HELD:
                _look((self,))

    @property
    def is_curious(self) -> bool:
        """Whether it would look at the next observation."""
        return self.memory.is_curious

    @property
    def probabilities(self) -> dict[str, float]:
        """Of every one of LABELS; they sum to 1."""
        return dict(zip(LABELS, self._now().tolist(), strict=True))

    @property
    def real(self) -> float:
        """How probable it is that there is an object at all."""
        return 1.0 - float(self._now()[CLUTTER])

    @property
    def due(self) -> bool:
        """Whether enough was seen since it last judged."""
        seen = self.memory.seen
        return seen >= LEAST_JUDGED and (not self.judged_at or seen >= self.judged_at + (SECOND if seen <= OFTEN_UNTIL else EIGHTH))

    def conclude(self, said: Floats) -> None:
        """Take probabilities (labels,) of all that was seen till now for its own; those that are not finite are nobody's."""
        self.judged_at = self.memory.seen
        if np.isfinite(said).all():
            self._probabilities = said.astype(np.float64)

    def _now(self) -> NDArray[np.float64]:
        if self.due:
            look_all((self,))
        return self._probabilities


def look_all(judges: Iterable[Judge]) -> None:
    """Let those judges of one band to whom it is due look at what waits and judge, all at once: cheaper than one by one."""
    due = [judge for judge in judges if judge.due]
    if not due:
        return
    knows = due[0].knows
    _look(due)
    for judge, said in zip(due, knows.judge(np.stack([judge.memory.summary() for judge in due])), strict=True):
        judge.conclude(said)


def _look(judges: Iterable[Judge]) -> None:
    waiting = [judge for judge in judges if judge.waiting]
    if not waiting:
        return
    looked = iter(waiting[0].knows.look(np.stack([patch for judge in waiting for patch in judge.waiting])))
    for judge in waiting:
        for _ in judge.waiting:
            judge.memory.told(next(looked))
        judge.waiting.clear()
