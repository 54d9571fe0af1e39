"""Samples and pictures in the depth that their device gave them, wherever the way there and back is exact bit by bit.

The drivers make float32 of what a device gave (drivers.pcm, drivers.iq_formats); going back halves or quarters the memory. Every number
is tried: one that would not come back as it was, and the whole block stays float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from drivers.iq_formats import AT_ONCE, CU8_ZERO, PER_128, PER_32768, IqFormat, unpack
from drivers.pcm import FULL_SCALE, full_scale

Floats = NDArray[np.float32]
Numbers = NDArray[Any]
Back = Callable[[Floats], Numbers]
Again = Callable[[Numbers], Floats]

_CU8 = unpack(bytes(range(256)), "cu8").samples.view(np.float32)
_PER_16 = np.float32(FULL_SCALE["int16"])

FORMS: dict[str, tuple[type[np.generic], Back, Again]] = {
    "cu8": (np.uint8, lambda some: np.rint(some * np.float32(1 / PER_128) + CU8_ZERO), _CU8.take),
    "cs8": (np.int8, lambda some: some * np.float32(1 / PER_128), lambda raw: raw * PER_128),
    "cs16": (np.int16, lambda some: some * np.float32(1 / PER_32768), lambda raw: raw * PER_32768),
    "int16": (np.int16, lambda some: some * np.float32(1 / _PER_16), lambda raw: raw * _PER_16),
}
"""Integers of the device, how a float becomes one, and how the driver makes the float of it."""

IQ_FORMS, SOUND_FORMS = ("cu8", "cs8", "cs16", "cf32"), ("int16", "float32")
NUMBER_BYTES = {"cu8": 1, "cs8": 1, "cs16": 2, "cf32": 4, "int16": 2, "float32": 4}


def floats(samples: Numbers) -> Floats:
    """Real or complex samples as one row of float32, without a copy where they lie together."""
    return np.ascontiguousarray(samples).reshape(-1).view(np.float32)


def write_as(form: str, numbers: Floats, out: memoryview) -> bool:
    """Write them so to `out`, NUMBER_BYTES each; False, and `out` is of no use, where they would not come back bit by bit."""
    if form not in FORMS:
        np.copyto(np.frombuffer(out, np.float32), numbers)
        return True
    kind, back, again = FORMS[form]
    room: Numbers = np.frombuffer(out, kind)
    with np.errstate(invalid="ignore"):  # what no integer holds is noticed just below
        for start in range(0, len(numbers), AT_ONCE):
            some, raw = numbers[start : start + AT_ONCE], room[start : start + AT_ONCE]
            np.copyto(raw, back(some), casting="unsafe")
            if not np.array_equal(again(raw).view(np.int32), some.view(np.int32)):
                return False
    return True


def sound(data: bytes, form: str, channels: int) -> Floats:
    """(frames, channels) of what `write_as` wrote."""
    raw = np.frombuffer(data, "<i2" if form == "int16" else "<f4").reshape(-1, channels)
    return full_scale(raw) if form == "int16" else raw.astype(np.float32)


def iq(data: bytes, form: str) -> NDArray[np.complex64]:
    """(n,) of what `write_as` wrote."""
    if form == "cf32":
        return np.frombuffer(data, "<c8").astype(np.complex64)
    return unpack(data, cast("IqFormat", form)).samples


def picture(data: bytes, form: str, rows: int, columns: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(rows, columns) of uint8 or uint16."""
    raw: Any = np.frombuffer(data, "<u2" if form == "u16" else np.uint8).reshape(rows, columns)
    return cast("NDArray[np.uint16]", raw.astype(np.uint16 if form == "u16" else np.uint8))
