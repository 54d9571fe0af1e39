"""From boxes that were filled to the centres about which to search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid.gate import SHARE, Gate

# A search reaches 3.1 MHz from its centre.
EVERY_HZ = 3e6
MOST_PLACES = 48


def offsets_hz(gate: Gate, shares: NDArray[np.float32]) -> list[float]:
    """Of each run of filled boxes its middle, or places all along it where it is wide."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shares > 0, [0]]).astype(np.int8)))
    found: list[float] = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        steps = int(np.ceil((stop - 1 - first) * gate.cell_hz / EVERY_HZ))
        middle = np.average(np.arange(first, stop), weights=shares[first:stop] - SHARE + 0.05)
        places = np.linspace(first, stop - 1, steps + 1) if steps > 1 else [middle]
        found += [gate.offset_hz(float(place)) for place in places]
    return found[:MOST_PLACES]
