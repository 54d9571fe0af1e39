"""From scikit-learn's boosted trees to the arrays that a node judges by."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from edge_node.trees import Trees


def exported(grown: Any) -> dict[str, np.ndarray]:
    """Trees of a fitted HistGradientBoostingClassifier, as arrays of Trees by `tree_` and their name.

    Summed they are its `decision_function`, those of each class apart; what it starts from is in the leaves of the first of each.
    """
    grown_nodes = [each.nodes for stage in grown._predictors for each in stage]  # noqa: SLF001 - there is no public way to them
    width = max(len(nodes) for nodes in grown_nodes)
    if width > 256:
        raise ValueError(f"a tree of {width} nodes, more than 256")
    shape = len(grown_nodes), width
    trees = Trees(np.zeros(shape, np.uint16), np.full(shape, np.inf, np.float32), np.zeros(shape, np.uint8), np.zeros(shape, np.float32))
    for tree, nodes in enumerate(grown_nodes):
        _fill(trees, tree, nodes)
    start = np.ravel(grown._baseline_prediction).astype(np.float32)  # noqa: SLF001
    trees.value[: len(start)] += start[:, None]
    return {f"tree_{name}": getattr(trees, name) for name in Trees.__struct_fields__}


def _fill(trees: Trees, tree: int, nodes: np.ndarray) -> None:
    """One tree, its nodes renumbered so that brothers stand beside each other."""
    waiting, free = deque([(0, 0)]), 1
    while waiting:
        theirs, ours = waiting.popleft()
        node = nodes[theirs]
        if node["is_leaf"]:
            trees.child[tree, ours], trees.value[tree, ours] = ours, node["value"]
            continue
        trees.feature[tree, ours], trees.threshold[tree, ours], trees.child[tree, ours] = node["feature_idx"], node["num_threshold"], free
        waiting += [(int(node["left"]), free), (int(node["right"]), free + 1)]
        free += 2
