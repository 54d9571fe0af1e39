"""What a user's own model says of believed objects, asked now and then and joined with the node's own judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import Observation
from edge_node.camera.sight.onnx import OwnModel
from edge_node.config import CameraTable

EVERY = 10
"""Pictures of an object between two looks: a model of some megabytes takes milliseconds."""
REMEMBERED = 12
MOST_TRACKS = 96


class SecondOpinion:
    """Keeps the mean of a model's looks at each track that is still told of; without a model it leaves all as it is."""

    def __init__(self, own: OwnModel | None = None) -> None:
        self._own = own
        self._looks: dict[int, tuple[int, NDArray[np.float32]]] = {}
        self._asked_at: dict[int, int] = {}
        self.trouble = ""

    @classmethod
    def by(cls, settings: CameraTable) -> Self:
        """With the model that settings name; one that cannot be used leaves the node's own judgement, and `trouble` says why."""
        if settings.model is None or settings.labels is None:
            return cls()
        try:
            return cls(OwnModel(settings.model, settings.labels, settings.side_px, settings.channels, settings.weight))
        except ValueError as error:
            opinion = cls()
            opinion.trouble = f"the model of [camera] is left out: {error}"
            return opinion

    def of(self, track: int, seen: Observation, probabilities: Mapping[str, float]) -> dict[str, float]:
        """The node's own probabilities, joined with what the model said of this track."""
        if self._own is None:
            return dict(probabilities)
        if seen.patch is not None and seen.frame - self._asked_at.get(track, -EVERY) >= EVERY:
            self._ask(self._own, track, seen.frame, seen.patch)
        looks = self._looks.get(track)
        return dict(probabilities) if looks is None else self._own.combined(probabilities, looks[1])

    def _ask(self, own: OwnModel, track: int, frame: int, patch: NDArray[np.float32]) -> None:
        if len(self._asked_at) >= MOST_TRACKS and track not in self._asked_at:
            oldest = min(self._asked_at, key=lambda number: self._asked_at[number])
            del self._asked_at[oldest]
            self._looks.pop(oldest, None)
        self._asked_at[track] = frame
        try:
            said = own.look(patch[None])[0]
        except ValueError as error:
            self.trouble, self._own = f"the model of [camera] is left out: {error}", None
            return
        count, mean = self._looks.get(track, (0, said))
        count = min(count + 1, REMEMBERED)
        self._looks[track] = count, np.asarray(mean + (said - mean) / count, np.float32)
