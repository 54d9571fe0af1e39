"""Every track that the node's own watch makes of a clip, believed or not: what its judges are taught with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import Observation
from edge_node.camera.tracks.followed import Belief
from edge_node.camera.watch import Watch

LONGEST = 120
LEAST = 5


class Recorder:
    """A judge that keeps the first LONGEST observations and has no opinion."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def see(self, observation: Observation) -> None:
        """Keep one more."""
        if len(self.seen) < LONGEST:
            self.seen.append(observation)

    @property
    def is_curious(self) -> bool:
        """Always."""
        return True

    @property
    def probabilities(self) -> dict[str, float]:
        """None at all."""
        return {}


def watched(pictures: Iterable[NDArray[np.uint8]], rate_hz: float) -> Sequence[Sequence[Observation]]:
    """Tracks of at least LEAST observations."""
    recorders: list[Recorder] = []

    def judge() -> Recorder:
        recorders.append(Recorder())
        return recorders[-1]

    watch: Watch | None = None
    for frame, picture in enumerate(pictures):
        watch = watch or Watch(judge, lambda _judges: None, Belief(1.0, 1.0, 1.0), (picture.shape[1], picture.shape[0]))
        watch.step(picture, frame, frame / rate_hz)
    return [recorder.seen for recorder in recorders if len(recorder.seen) >= LEAST]
