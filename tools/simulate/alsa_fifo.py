"""A sound card made of a pipe: ALSA's file plugin reads what is written here, so that the real PortAudio path can be fed.

The plugin has traps: raw bytes must have the stream's own sample type, a read that ends within a period garbles all that follows,
loading PortAudio hangs on a pipe that nobody has open, and once its writer has gone it repeats the last period as fast as it can.
"""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.mic_array import block_frames

ALSA_CONF = Path("/usr/share/alsa/alsa.conf")
F_SETPIPE_SZ = 1031
MOST_PIPE_BYTES = 1 << 20


class VirtualArray:
    """A card called `name` for programs that are started with `environment`; it takes whole periods in real time.

    `period_frames` is the block of drivers.mic_array, as it must be, and `sample_type` what that reads:
    int16 for arrays of 16 bits, else int32. A period that its reader leaves no room for is dropped after `patience_s`; `keeps_s` is how
    much sound may wait for a reader, who else finds more than time has brought when it comes.
    """

    def __init__(self, folder: Path, name: str, channels: int, rate_hz: int) -> None:
        self.name, self.channels, self.rate_hz, self.period_frames = name, channels, rate_hz, block_frames(rate_hz)
        self.sample_type: np.dtype[Any] = np.dtype(np.int32)
        self.patience_s, self.keeps_s = 0.0, inf
        self.written = self.dropped = 0
        self._pipe = folder / f"{name}.pipe"
        self._fd = -1
        self._space = 0
        os.mkfifo(self._pipe)
        self.replug()
        conf = folder / f"{name}.conf"
        conf.write_text(f'pcm.{name} {{ type file slave.pcm "null" file "/dev/null" infile "{self._pipe.resolve()}" format "raw" }}\n')
        self.environment = os.environ | {"ALSA_CONFIG_PATH": f"{ALSA_CONF}:{conf.resolve()}"}
        self.clock_ppm = 0.0
        self.due_s = 0.0
        """Monotonic time of the end of what was played last, by the card's own clock: off by `clock_ppm`, started by the first."""

    def write(self, samples: NDArray[Any]) -> None:
        """Play (frames, channels) as time goes by; frames must be whole periods, and are dropped while nobody reads."""
        if samples.dtype != self.sample_type or samples.shape[1] != self.channels or len(samples) % self.period_frames:
            raise ValueError(f"{self.name} takes periods of {self.period_frames} frames, {self.channels} channels of {self.sample_type}")
        for at in range(0, len(samples), self.period_frames):
            self.pass_time(self.period_frames)
            self._offer(np.ascontiguousarray(samples[at : at + self.period_frames]).tobytes())

    def pass_time(self, frames: int) -> None:
        """Let as much time go by as these frames last, without a sound: what a card does that loses them."""
        self.due_s = self.due_s or time.monotonic()
        self.due_s += frames / (self.rate_hz * (1 + self.clock_ppm * 1e-6))
        time.sleep(max(0.0, self.due_s - time.monotonic()))

    def unplug(self) -> None:
        """Close the pipe; may be done twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def replug(self) -> None:
        """Open the pipe; nothing for one that is open."""
        if self._fd < 0:
            self._fd = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self._space = fcntl.fcntl(self._fd, F_SETPIPE_SZ, MOST_PIPE_BYTES)

    def _offer(self, period: bytes) -> None:
        until_s = time.monotonic() + self.patience_s
        while not self._has_room(len(period)):
            if time.monotonic() >= until_s:
                self.dropped += self.period_frames
                return
            time.sleep(0.002)
        self.written += os.write(self._fd, period) // (self.channels * self.sample_type.itemsize)

    def _has_room(self, count: int) -> bool:
        waiting = struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, bytes(4)))[0]
        return bool(waiting + count <= min(self._space, self.keeps_s * self.rate_hz * self.channels * self.sample_type.itemsize))


@contextmanager
def virtual_array(
    folder: Path,
    channels: int = 16,
    *,
    rate_hz: int = 48_000,
    sample_type: str = "int32",
    name: str = "edge_array",
    patience_s: float = 0.0,
) -> Iterator[VirtualArray]:
    """A card that is unplugged at the end; raises FileNotFoundError where ALSA is not installed."""
    if not ALSA_CONF.is_file():
        raise FileNotFoundError(f"no {ALSA_CONF}: sudo apt-get install libasound2-data")
    made = VirtualArray(folder, name, channels, rate_hz)
    made.sample_type, made.patience_s = np.dtype(sample_type), patience_s
    try:
        yield made
    finally:
        made.unplug()
