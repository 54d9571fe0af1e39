"""Samples as devices and files have them, to float32 with full scale 1.0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = {"int16": 2.0**-15, "int32": 2.0**-31, "float32": 1.0}
LOUDEST = 1e4


def full_scale(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Integers or floats as float32: exact for 16 bits, and for 24 in the upper part of 32; what is no number is 0."""
    scaled = samples.astype(np.float32)
    if samples.dtype.kind == "f":
        np.nan_to_num(scaled, copy=False, nan=0.0)
        np.clip(scaled, -LOUDEST, LOUDEST, out=scaled)
    else:
        scaled *= np.float32(FULL_SCALE[samples.dtype.name])
    return scaled


def from_bytes(data: bytes | bytearray, bits: int, channels: int, *, is_float: bool = False) -> NDArray[np.float32]:
    """Whole little-endian frames of 16, 24 or 32 bits as (frames, channels)."""
    if bits == 24:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return full_scale(wide.view("<i4").reshape(-1, channels))
    kind = "<f4" if is_float else f"<i{bits // 8}"
    return full_scale(np.frombuffer(data, kind).reshape(-1, channels))
