"""A user's own model has its say on every believed object, and one that cannot be used takes nothing with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_node.camera.observation import Observation
from edge_node.camera.sight.knowledge import LABELS
from edge_node.camera.sight.second_opinion import EVERY, MOST_TRACKS, SecondOpinion
from edge_node.config import CameraTable
from tests.edge_node.camera.sight.onnx_bytes import linear

SIDE = 8
OWN = dict.fromkeys(LABELS, 0.04) | {"bird": 0.76}


@pytest.fixture
def settings(tmp_path: Path) -> CameraTable:
    """Says "drone" where the upper half is bright and "bird" where the lower half is."""
    weights = np.zeros((SIDE, SIDE, 2), np.float32)
    weights[: SIDE // 2, :, 0] = weights[SIDE // 2 :, :, 1] = 0.2
    model, labels = tmp_path / "own.onnx", tmp_path / "own.txt"
    model.write_bytes(linear(weights.reshape(-1, 2), SIDE))
    labels.write_text("drone\nbird\n", encoding="utf-8")
    return CameraTable(model=model, labels=labels, side_px=SIDE, weight=0.7)


def seen(frame: int, upper: bool = True) -> Observation:
    patch = np.zeros((32, 32), np.float32)
    patch[slice(16) if upper else slice(16, 32)] = 250
    return Observation(frame, frame / 30, (10.0, 10.0, 8.0, 8.0), 14.0, 14.0, 60.0, 2.0, patch)


def test_what_the_model_says_counts_by_its_weight(settings: CameraTable) -> None:
    opinion = SecondOpinion.by(settings)
    joined = opinion.of(1, seen(0), OWN)
    assert joined["drone"] > 0.5 > OWN["drone"]
    assert sum(joined.values()) == pytest.approx(1)
    assert not opinion.trouble


def test_it_is_asked_now_and_then_and_its_looks_are_averaged(settings: CameraTable) -> None:
    opinion = SecondOpinion.by(settings)
    first = opinion.of(1, seen(0), OWN)
    assert opinion.of(1, seen(1, upper=False), OWN) == first
    assert opinion.of(1, seen(EVERY, upper=False), OWN)["drone"] < first["drone"]


def test_tracks_are_bounded(settings: CameraTable) -> None:
    opinion = SecondOpinion.by(settings)
    for track in range(2 * MOST_TRACKS):
        opinion.of(track, seen(track), OWN)
    assert len(opinion._looks) == MOST_TRACKS


def test_without_a_model_the_nodes_word_stands() -> None:
    assert SecondOpinion.by(CameraTable()).of(1, seen(0), OWN) == OWN


def test_a_file_that_is_no_model_is_named_and_left_out(settings: CameraTable) -> None:
    assert settings.model is not None
    settings.model.write_bytes(b"no model")
    opinion = SecondOpinion.by(settings)
    assert "left out" in opinion.trouble
    assert str(settings.model) in opinion.trouble
    assert opinion.of(1, seen(0), OWN) == OWN
