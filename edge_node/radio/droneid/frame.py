"""Soft bits of a frame to its 176 bytes: descrambled, rate matched, decoded, checked."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid import turbo
from edge_node.radio.droneid.crc import crc24a
from edge_node.radio.droneid.gold import gold
from edge_node.radio.droneid.rate_matching import combine
from edge_node.radio.droneid.waveform import CODED_BITS, SCRAMBLER_SEED


def decode(bits: NDArray[np.float32]) -> bytes | None:
    """Of soft bits (7200,) as sent, positive for 0; None where the CRC24A never fits."""
    block = turbo.decode(combine(bits * _signs()), _sound)
    return block.data if block else None


def _sound(block: bytes) -> bool:
    """All zeros pass every check and are no frame."""
    return crc24a(block) == 0 and any(block)


@lru_cache
def _signs() -> NDArray[np.float32]:
    return np.asarray(1 - 2 * gold(SCRAMBLER_SEED, CODED_BITS).astype(np.int8), np.float32)
