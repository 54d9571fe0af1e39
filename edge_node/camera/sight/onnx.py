"""A user's own classifier of patches: any ONNX file that OpenCV reads, with one name a line for what it tells apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.sight.knowledge import LABELS

Floats = NDArray[np.float32]
LARGEST_BYTES = 200 * 2**20
MOST_LABELS = 1000
LEAST = 1e-3
ALSO = {"airplane": "aeroplane", "plane": "aeroplane", "uav": "drone", "quadcopter": "drone", "background": "clutter", "none": "clutter"}


class OwnModel:
    """Takes (n, channels, side, side) of 0 to 1 and gives scores (n, names); names that are not LABELS count as nothing known."""

    def __init__(self, model: Path, labels: Path, side_px: int = 32, channels: int = 1, weight: float = 0.5) -> None:
        if not 0 <= weight <= 1:
            raise ValueError(f"weight is {weight}, not within 0 and 1")
        if channels not in (1, 3) or not 8 <= side_px <= 640:
            raise ValueError("a model takes 1 or 3 channels of 8 to 640 pixels a side")
        names = [ALSO.get(name, name) for name in _names(labels)]
        self._column = [LABELS.index(name) if name in LABELS else None for name in names]
        if all(column is None for column in self._column):
            raise ValueError(f"{labels.name} names none of {', '.join(LABELS)}")
        self._net, self._model = _read(model), model.name
        self._side_px, self._channels, self._weight = side_px, channels, weight
        self.look(np.zeros((1, side_px, side_px), np.float32))

    def look(self, patches: Floats) -> Floats:
        """Probabilities (n, LABELS) of patches (n, rows, columns); ValueError when the model gives something else than its labels."""
        said = [self._scores(patch) for patch in patches]
        out = np.full((len(patches), len(LABELS)), LEAST)
        for row, scores in zip(out, said, strict=True):
            for column, share in zip(self._column, scores, strict=True):
                if column is not None:
                    row[column] += share
        return np.asarray(out / out.sum(axis=1, keepdims=True), np.float32)

    def combined(self, own: Mapping[str, float], looked: Floats) -> dict[str, float]:
        """The node's own probabilities and those (LABELS,) of this model: their weighted geometric mean."""
        both = {
            name: max(own.get(name, 0.0), 1e-6) ** (1 - self._weight) * float(looked[k]) ** self._weight for k, name in enumerate(LABELS)
        }
        total = sum(both.values())
        return {name: share / total for name, share in both.items()}

    def _scores(self, patch: Floats) -> Floats:
        low, high = float(patch.min()), float(patch.max())
        even = cv2.resize((patch - low) / max(high - low, 1e-6), (self._side_px, self._side_px), interpolation=cv2.INTER_LINEAR)
        try:
            self._net.setInput(np.ascontiguousarray(np.repeat(even[None, None], self._channels, axis=1), np.float32))
            scores = np.ravel(np.asarray(self._net.forward(), np.float32))
        except cv2.error as error:
            raise ValueError(
                f"{self._model} does not take (1, {self._channels}, {self._side_px}, {self._side_px}): {_said(error)}"
            ) from error
        if len(scores) != len(self._column) or not np.isfinite(scores).all():
            raise ValueError(f"{self._model} gives {len(scores)} numbers for {len(self._column)} labels, or some that are not finite")
        if scores.min() >= 0 and abs(float(scores.sum()) - 1) < 1e-3:
            return np.asarray(scores)
        likely = np.exp(scores - scores.max())
        return np.asarray(likely / likely.sum())


def _names(labels: Path) -> list[str]:
    try:
        names = [line.strip().lower() for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{labels} cannot be read as text, one label a line: {error}") from error
    if not 0 < len(names) <= MOST_LABELS:
        raise ValueError(f"{labels.name} has {len(names)} labels, not 1 to {MOST_LABELS}")
    return names


def _read(model: Path) -> cv2.dnn.Net:
    try:
        if not 0 < model.stat().st_size <= LARGEST_BYTES:
            raise ValueError(f"{model} is empty or larger than {LARGEST_BYTES // 2**20} MiB")
        return cv2.dnn.readNetFromONNX(str(model))
    except OSError as error:
        raise ValueError(f"{model} cannot be read: {error}") from error
    except cv2.error as error:
        raise ValueError(f"{model} is no ONNX model that OpenCV {cv2.__version__} can read: {_said(error)}") from error


def _said(error: cv2.error) -> str:
    return " ".join(str(error).split())[:200]
