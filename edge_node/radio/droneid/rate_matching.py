"""From what was sent to the three streams of the turbo code: LTE's circular buffer, unrolled (3GPP TS 36.212, 5.1.4.1)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid.turbo_code import STREAM

COLUMNS = 32
ROWS = -(-STREAM // COLUMNS)
FILLER = ROWS * COLUMNS - STREAM
SENT = 3 * STREAM


@lru_cache
def order() -> NDArray[np.intp]:
    """Which of the streams' bits, one stream after another, the buffer sends as its n-th; of redundancy version 0."""
    columns = np.array([int(f"{k:05b}"[::-1], 2) for k in range(COLUMNS)])
    straight = (columns[:, None] + COLUMNS * np.arange(ROWS)).reshape(-1)
    turned = (straight + 1) % (ROWS * COLUMNS)
    # The two parities share the rest of the buffer, bit by bit.
    parities = np.stack([_named(straight, 1), _named(turned, 2)], axis=1).reshape(-1)
    buffer = np.roll(np.concatenate([_named(straight, 0), parities]), -2 * ROWS)
    return buffer[buffer >= 0]


def _named(places: NDArray[np.intp], stream: int) -> NDArray[np.intp]:
    """Bits of one stream in all; -1 for those that only fill its first row."""
    return np.where(places >= FILLER, stream * STREAM + places - FILLER, -1)


def combine(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    """Streams (3, 1412) of soft bits (n,) in the order that they were sent; what was sent again adds up."""
    rounds = -(-len(soft) // SENT)
    summed = np.pad(soft, (0, rounds * SENT - len(soft))).reshape(rounds, SENT).sum(axis=0)
    streams = np.empty(SENT, np.float32)
    streams[order()] = summed
    return streams.reshape(3, STREAM)
