"""What several suspicions come to."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from edge_node.messages import Suspicion


def together(suspicions: Iterable[Suspicion]) -> float:
    """The chance, 0 to 1, that at least one of several independent suspicions is right."""
    return round(1 - prod(1 - suspicion.score for suspicion in suspicions), 3)
