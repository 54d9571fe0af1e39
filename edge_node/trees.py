"""Boosted trees in numpy: what few features say clearly, where noise drowns most of them (Friedman 2001)."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DEPTH = 8


class Trees(Struct, frozen=True):
    """Nodes (trees, nodes) from each tree's root at 0: above its `threshold` a `feature` leads to `child` + 1, else to `child`.

    A leaf is its own child and its threshold is infinite; `value` counts there. Trees are at most DEPTH deep.
    """

    feature: NDArray[np.uint16]
    threshold: Floats
    child: NDArray[np.uint8]
    value: Floats

    def scores(self, vectors: Floats, classes: int = 1, depth: int = DEPTH) -> Floats:
        """Sums (n, classes), (n,) of one, of the leaves that vectors (n, features) reach; tree k counts for class k % classes."""
        rows, trees = np.arange(len(vectors))[:, None], np.arange(len(self.child))
        node: NDArray[np.intp] = np.zeros((len(vectors), len(trees)), dtype=np.intp)
        for _ in range(depth):
            above = vectors[rows, self.feature[trees, node]] > self.threshold[trees, node]
            node = np.add(self.child[trees, node], above, dtype=np.intp)
        values = self.value[trees, node]
        if classes == 1:
            return np.asarray(values.sum(axis=1))
        return np.asarray(values.reshape(len(vectors), -1, classes).sum(axis=1))

    def fits(self, features: int) -> bool:
        """Whether all arrays have one shape, and children and features are there."""
        shapes = {self.feature.shape, self.threshold.shape, self.child.shape, self.value.shape}
        if len(shapes) > 1 or self.child.ndim != 2 or not self.child.size:
            return False
        last = self.child.shape[1] - 1
        leads_on = np.isfinite(self.threshold)
        return bool(self.feature.max() < features and (self.child + leads_on).max() <= last)
