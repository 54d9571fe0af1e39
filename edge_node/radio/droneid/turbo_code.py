"""LTE's turbo code for 1408 bits: trellis, interleaver, where the tails are (3GPP TS 36.212, 5.1.3.2)."""

from __future__ import annotations

import numpy as np

BITS = 1408
TAIL = 3
STREAM = BITS + 4
STATES = 8
F1, F2 = 43, 88

_I = np.arange(BITS)
INTERLEAVER = (F1 * _I + F2 * _I * _I) % BITS
DEINTERLEAVER = np.argsort(INTERLEAVER)

_STATE = np.arange(STATES)
_S1, _S2, _S3 = _STATE >> 2 & 1, _STATE >> 1 & 1, _STATE & 1
_FED = np.arange(2)[:, None] ^ _S2 ^ _S3
NEXT = _FED << 2 | _S1 << 1 | _S2
PARITY = _FED ^ _S1 ^ _S3
"""Next state and parity (2, 8) by bit and state: g0 = 1 + D2 + D3, g1 = 1 + D + D3."""

TAIL_SYSTEMATIC = ((0, 0), (2, 0), (1, 1)), ((0, 2), (2, 2), (1, 3))
TAIL_PARITY = ((1, 0), (0, 1), (2, 1)), ((1, 2), (0, 3), (2, 3))
"""Stream, and place from 1408 on, of each encoder's three tail bits."""
