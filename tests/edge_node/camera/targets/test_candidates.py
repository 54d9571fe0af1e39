"""Each object once, however many scales show it."""

from __future__ import annotations

import numpy as np

from edge_node.camera.targets.candidates import MERGE_MARGIN_PX, MOST_CANDIDATES, best


def plainly(boxes: np.ndarray, ratio: np.ndarray) -> list[int]:
    """One after the other from the clearest on, each that overlaps none chosen before."""
    chosen: list[int] = []
    for index in np.argsort(-ratio).tolist():
        low, high = boxes[index, :2] - MERGE_MARGIN_PX, boxes[index, :2] + boxes[index, 2:] + MERGE_MARGIN_PX
        others = [(boxes[other, :2] - MERGE_MARGIN_PX, boxes[other, :2] + boxes[other, 2:] + MERGE_MARGIN_PX) for other in chosen]
        if not any((low < right).all() and (high > left).all() for left, right in others):
            chosen.append(index)
    return chosen[:MOST_CANDIDATES]


def test_the_clearest_of_those_that_overlap_is_chosen() -> None:
    rng = np.random.default_rng(5)
    for many in (0, 1, 20, 150):
        boxes = np.concatenate([rng.uniform(0, 300, (many, 2)), rng.uniform(2, 30, (many, 2))], axis=1).astype(np.float32)
        ratio = rng.uniform(3, 20, many).astype(np.float32)
        assert best(boxes, ratio).tolist() == plainly(boxes, ratio)


def test_no_more_than_so_many_are_chosen() -> None:
    boxes = np.stack([np.arange(500) * 10, np.zeros(500), np.full(500, 3), np.full(500, 3)], axis=1).astype(np.float32)
    assert len(best(boxes, np.ones(500, np.float32))) == MOST_CANDIDATES
