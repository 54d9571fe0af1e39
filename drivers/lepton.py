"""Telemetry of a FLIR Lepton: rows of 80 words of 16 bits after its picture (Lepton Engineering Datasheet 500-0659-00-09, section 3.4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROW_WORDS = 80
TIME, STATUS, FRAME_COUNTER, TIME_OF_LAST_FFC = 1, 3, 20, 30
FFC_SHIFT, FFC_MASK, FFC_IN_PROGRESS = 4, 0b11, 0b10
T_LINEAR, T_LINEAR_FINE = 2 * ROW_WORDS + 48, 2 * ROW_WORDS + 49
KELVIN_PER_COUNT = (0.1, 0.01)
REVISIONS = range(1, 64)
"""Of the telemetry's format: the high byte of the first word. No pixel of a scene warmer than -100 Celsius, in 0.01 K, has these."""


class Telemetry(NamedTuple):
    """What one picture's telemetry says: time since the camera started, its count of pictures, and whether its shutter is closed (FFC).

    `kelvin_per_count` is 0 where its counts are no temperatures (TLinear is off), and None where the rows do not say.
    """

    t_device_ns: int
    frame_counter: int
    shutter: bool
    kelvin_per_count: float | None = None


def read(rows: NDArray[np.uint16]) -> Telemetry | None:
    """The words of the telemetry rows as they come; None where they are none."""
    words = rows.ravel()
    if len(words) < ROW_WORDS or words[0] >> 8 not in REVISIONS:
        return None
    t_ms, last_ffc_ms = _double(words, TIME), _double(words, TIME_OF_LAST_FFC)
    if t_ms == 0 or last_ffc_ms > t_ms:
        return None
    state = (_double(words, STATUS) >> FFC_SHIFT) & FFC_MASK
    return Telemetry(t_ms * 1_000_000, _double(words, FRAME_COUNTER), state == FFC_IN_PROGRESS, _scale(words))


def _scale(words: NDArray[np.uint16]) -> float | None:
    if len(words) <= T_LINEAR_FINE:
        return None
    return KELVIN_PER_COUNT[int(words[T_LINEAR_FINE]) & 1] if words[T_LINEAR] else 0.0


def _double(words: NDArray[np.uint16], at: int) -> int:
    """Two words, the low one first."""
    return int(words[at]) | int(words[at + 1]) << 16
