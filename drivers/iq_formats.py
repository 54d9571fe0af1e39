"""Interleaved I and Q as devices and files write them, to complex64 of full scale 1.0."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

IqFormat = Literal["cu8", "cs8", "cs16", "cf32"]
FORMATS: tuple[IqFormat, ...] = get_args(IqFormat)
SAMPLE_BYTES: dict[IqFormat, int] = {"cu8": 2, "cs8": 2, "cs16": 4, "cf32": 8}
CU8_ZERO = np.float32(127.4)
"""Where an RTL2832U's zero lies: between 127 and 128, and a little low."""
U8_MOST = 255

PER_128, PER_32768 = np.float32(1 / 128), np.float32(1 / 32_768)
AT_ONCE = 65_536
"""So many numbers are converted at a time that all of them stay in a core's own cache."""

MOST_FULL_SCALES = np.float32(65_536)
"""A float beyond this is damage; up to it are those who write the converter's integers as floats."""

Complex = NDArray[np.complex64]
Buffer = bytes | bytearray | memoryview


class Unpacked(NamedTuple):
    """`samples` (n,), and the share of them of which I or Q was at full scale."""

    samples: Complex
    clipped: float


class Unpacker:
    """Bytes as they come, cut anywhere: those of a sample that is not whole wait for the next call."""

    def __init__(self, form: IqFormat) -> None:
        self.form = form
        self.waiting = b""

    def unpack(self, data: Buffer) -> Unpacked:
        """The samples that are whole by now."""
        joined = memoryview(self.waiting + bytes(data) if self.waiting else data)
        whole = joined.nbytes - joined.nbytes % SAMPLE_BYTES[self.form]
        self.waiting = bytes(joined[whole:])
        return unpack(joined[:whole], self.form)


def unpack(data: Buffer, form: IqFormat) -> Unpacked:
    """Whole samples to numbers of their own, which do not change when `data` does; raises ValueError for a part of a sample."""
    view = memoryview(data)
    if view.nbytes % SAMPLE_BYTES[form]:
        raise ValueError(f"{view.nbytes} bytes hold no whole number of {form} samples")
    match form:
        case "cu8":
            return _of_unsigned(np.frombuffer(view, np.uint8))
        case "cs8":
            return _of_signed(np.frombuffer(view, np.int8), PER_128)
        case "cs16":
            return _of_signed(np.frombuffer(view, "<i2"), PER_32768)
        case "cf32":
            return _of_floats(np.frombuffer(view, "<f4"))


def _of_unsigned(raw: NDArray[np.uint8]) -> Unpacked:
    samples, parts = _room(len(raw))
    clipped = 0
    for start in range(0, len(raw), AT_ONCE):
        some, out = raw[start : start + AT_ONCE], parts[start : start + AT_ONCE]
        np.copyto(out, some)  # a loop that converts and computes at once takes longer than two
        np.subtract(out, CU8_ZERO, out=out)
        np.multiply(out, PER_128, out=out)
        if some.max() == U8_MOST or some.min() == 0:
            clipped += _either(some + np.uint8(1) <= 1)  # 255 becomes 0 and 0 becomes 1
    return Unpacked(samples, _share(clipped, samples))


def _of_signed(raw: NDArray[np.int8] | NDArray[np.int16], scale: np.float32) -> Unpacked:
    samples, parts = _room(len(raw))
    most = np.iinfo(raw.dtype).max
    clipped = 0
    for start in range(0, len(raw), AT_ONCE):
        some = raw[start : start + AT_ONCE]
        np.multiply(some, scale, out=parts[start : start + AT_ONCE])
        clipped += _either((some == most) | (some < -most))
    return Unpacked(samples, _share(clipped, samples))


def _of_floats(raw: NDArray[np.float32]) -> Unpacked:
    samples, parts = _room(len(raw))
    clipped = 0
    for start in range(0, len(raw), AT_ONCE):
        out = parts[start : start + AT_ONCE]
        np.copyto(out, raw[start : start + AT_ONCE])
        peak = max(out.max(), -out.min())
        if not peak <= MOST_FULL_SCALES:  # which is so of what is no number too
            np.nan_to_num(out, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
            np.clip(out, -MOST_FULL_SCALES, MOST_FULL_SCALES, out=out)
        if not peak < 1:
            clipped += _either(np.abs(out) >= 1)
    return Unpacked(samples, _share(clipped, samples))


def _room(numbers: int) -> tuple[Complex, NDArray[np.float32]]:
    samples = np.empty(numbers // 2, np.complex64)
    return samples, samples.view(np.float32)


def _either(hit: NDArray[np.bool_]) -> int:
    """Of how many samples I or Q was hit: two booleans make one number of 16 bits."""
    return int(np.count_nonzero(hit.view(np.uint16)))


def _share(clipped: int, samples: Complex) -> float:
    return clipped / len(samples) if len(samples) else 0.0
