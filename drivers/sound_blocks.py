"""Recorded sound to blocks: which array it came from, and when each piece was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import AudioBlock, MicrophoneArray
from drivers.microphone_arrays import Mounting, mounted, read_array
from drivers.source import SourceMisconfigured

NS_PER_S = 1_000_000_000
BLOCKS_PER_S = 20
MOST_CHANNELS, LEAST_HZ, MOST_HZ = 64, 1_000, 400_000
Stamp = Callable[[int], int]


class Setting(Struct, frozen=True):
    """What its user says of recorded sound; `path` is the whole file, None of a pipe, and `live` that it is heard as it is read."""

    mounting: Mounting | None = None
    temperature_c: float | None = None
    live: bool = False
    path: Path | None = None


class Blocks:
    """Makes blocks of the samples of one recording; raises SourceMisconfigured for sound that the array cannot have given."""

    def __init__(self, setting: Setting, rate_hz: int, channels: int, stamp: Stamp, sequence: int) -> None:
        if not (1 <= channels <= MOST_CHANNELS and LEAST_HZ <= rate_hz <= MOST_HZ):
            raise SourceMisconfigured(f"sound of {channels} channels at {rate_hz} Hz is not read; up to {MOST_CHANNELS} at {MOST_HZ} Hz is")
        self.rate_hz = rate_hz
        self.frames_each = max(1, rate_hz // BLOCKS_PER_S)
        self.first = self.sequence = sequence
        self._setting, self._stamp = setting, stamp
        self._array, self._order = _array(setting.mounting, channels)

    @property
    def frames(self) -> int:
        """How many frames were handed over."""
        return self.sequence - self.first

    def block(self, samples: NDArray[np.float32]) -> AudioBlock:
        """The next frames, (frames, channels) as the file has them."""
        t_ns = self._stamp(self.frames * NS_PER_S // self.rate_hz)
        if self._setting.live:
            t_ns -= len(samples) * NS_PER_S // self.rate_hz
        block = AudioBlock(
            t_mono_ns=t_ns,
            sequence=self.sequence,
            lost=0,
            sample_rate_hz=self.rate_hz,
            samples=samples if self._order is None else samples.take(self._order, axis=1),
            array=self._array,
            temperature_c=self._setting.temperature_c,
        )
        self.sequence += len(samples)
        return block


def _array(mounting: Mounting | None, channels: int) -> tuple[MicrophoneArray | None, NDArray[np.intp] | None]:
    """The array as it stood, and which channels are its microphones, None for all in their order."""
    if mounting is None and channels > 1:
        return None, None
    mounting = mounting or Mounting("single_microphone")
    kind = read_array(mounting.array)
    if channels == kind.channels:
        order = np.array(kind.channel_order)
        return mounted(kind, mounting), None if np.array_equal(order, np.arange(channels)) else order
    if channels == len(kind.positions_m):
        return mounted(kind, mounting), None
    either = f"{kind.channels}" if kind.channels == len(kind.positions_m) else f"{kind.channels} or {len(kind.positions_m)}"
    raise SourceMisconfigured(f"the recording has {channels} channels, and {kind.name} gives {either}")
