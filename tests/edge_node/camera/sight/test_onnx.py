"""Can somebody's own model have its say, and is what is no model refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_node.camera.sight.knowledge import LABELS
from edge_node.camera.sight.onnx import OwnModel
from tests.edge_node.camera.sight.onnx_bytes import linear

SIDE = 8


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Says "uav" where the upper half is bright and "bird" where the lower half is."""
    weights = np.zeros((SIDE, SIDE, 2), np.float32)
    weights[: SIDE // 2, :, 0] = weights[SIDE // 2 :, :, 1] = 0.2
    path = tmp_path / "own.onnx"
    path.write_bytes(linear(weights.reshape(-1, 2), SIDE))
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    path.write_text("UAV\nbird\n", encoding="utf-8")
    return path


def _upper() -> np.ndarray:
    patch = np.zeros((32, 32), np.float32)
    patch[:16] = 250
    return patch


def test_a_model_of_ones_own_is_asked(model: Path, labels: Path) -> None:
    looked = OwnModel(model, labels, SIDE).look(np.stack((_upper(), _upper()[::-1])))
    assert looked.shape == (2, len(LABELS))
    assert looked.sum(axis=1) == pytest.approx(1)
    assert looked[0, LABELS.index("drone")] > 0.9
    assert looked[1, LABELS.index("bird")] > 0.9


def test_its_word_and_the_nodes_own_are_weighed(model: Path, labels: Path) -> None:
    own = dict.fromkeys(LABELS, 0.04) | {"bird": 0.76}
    looked = OwnModel(model, labels, SIDE).look(_upper()[None])[0]
    assert OwnModel(model, labels, SIDE, weight=0.0).combined(own, looked) == pytest.approx(own)
    alone = OwnModel(model, labels, SIDE, weight=1.0).combined(own, looked)
    both = OwnModel(model, labels, SIDE).combined(own, looked)
    assert alone["drone"] == pytest.approx(float(looked[LABELS.index("drone")]), abs=1e-3)
    assert own["drone"] < both["drone"] < alone["drone"]
    assert sum(both.values()) == pytest.approx(1)


def test_what_is_no_model_is_refused_in_words(tmp_path: Path, labels: Path) -> None:
    path = tmp_path / "own.onnx"
    with pytest.raises(ValueError, match="cannot be read"):
        OwnModel(path, labels, SIDE)
    path.write_bytes(b"this is a letter and no model at all")
    with pytest.raises(ValueError, match="no ONNX model"):
        OwnModel(path, labels, SIDE)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        OwnModel(path, labels, SIDE)


def test_a_model_that_gives_other_than_its_labels_is_refused(model: Path, tmp_path: Path) -> None:
    labels = tmp_path / "three.txt"
    labels.write_text("drone\nbird\nballoon\n", encoding="utf-8")
    with pytest.raises(ValueError, match="2 numbers for 3 labels"):
        OwnModel(model, labels, SIDE)


def test_a_model_that_takes_another_size_is_refused(model: Path, labels: Path) -> None:
    with pytest.raises(ValueError, match="does not take"):
        OwnModel(model, labels, 3 * SIDE)


@pytest.mark.parametrize(("text", "words"), [("", "0 labels"), ("cat\ndog\n", "names none of")])
def test_labels_that_say_nothing_are_refused(text: str, words: str, model: Path, tmp_path: Path) -> None:
    labels = tmp_path / "other.txt"
    labels.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        OwnModel(model, labels, SIDE)
