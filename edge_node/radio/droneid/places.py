"""From boxes that were filled to the centres where a frame may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid.gate import SHARE, Gate
from edge_node.radio.droneid.waveform import BANDWIDTH_HZ

# A frame alone fills boxes up to so far from its middle; what is wider is searched all over.
WIDEST_HZ = 2 * (1 - SHARE) * BANDWIDTH_HZ + 1e6
# Twice as far as a search reaches from a centre.
EVERY_HZ = 3e6
MOST_PLACES = 48


def offsets_hz(gate: Gate, shares: NDArray[np.float32]) -> list[float]:
    """Of each run of filled boxes its middle, or places all along it where it is wider than a frame's."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shares > 0, [0]]).astype(np.int8)))
    found: list[float] = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        places = np.arange(first, stop)
        if len(places) * gate.cell_hz <= WIDEST_HZ:
            found.append(gate.offset_hz(float(np.average(places, weights=shares[first:stop] - SHARE + 0.05))))
        else:
            count = 1 + int(np.ceil((len(places) - 1) * gate.cell_hz / EVERY_HZ))
            found += [gate.offset_hz(float(place)) for place in np.linspace(first, stop - 1, count)]
    return found[:MOST_PLACES]
