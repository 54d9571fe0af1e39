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
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALSA_CONF = Path("/usr/share/alsa/alsa.conf")
F_SETPIPE_SZ = 1031
MOST_PIPE_BYTES = 1 << 20


class VirtualArray:
    """A card called `name` for programs that are started with `environment`; it takes whole periods in real time.

    `period_frames` must be the reader's block, drivers.mic_array.block_frames(rate_hz) of the real driver, and `sample_type` its own:
    int16 for arrays of 16 bits, else int32.
    """

    def __init__(self, folder: Path, channels: int, rate_hz: int, period_frames: int, sample_type: str, name: str) -> None:
        self.name, self.channels, self.rate_hz, self.period_frames = name, channels, rate_hz, period_frames
        self.written = self.dropped = 0
        self._type = np.dtype(sample_type)
        pipe = folder / f"{name}.pipe"
        os.mkfifo(pipe)
        self._fd = os.open(pipe, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._space = fcntl.fcntl(self._fd, F_SETPIPE_SZ, MOST_PIPE_BYTES)
        conf = folder / f"{name}.conf"
        conf.write_text(f'pcm.{name} {{ type file slave.pcm "null" file "/dev/null" infile "{pipe.resolve()}" format "raw" }}\n')
        self.environment = os.environ | {"ALSA_CONFIG_PATH": f"{ALSA_CONF}:{conf.resolve()}"}
        self._due_s = time.monotonic()

    def write(self, samples: NDArray[Any]) -> None:
        """Play (frames, channels) as time goes by; frames must be whole periods, and are dropped while nobody reads."""
        if samples.dtype != self._type or samples.shape[1] != self.channels or len(samples) % self.period_frames:
            raise ValueError(f"{self.name} takes periods of {self.period_frames} frames, {self.channels} channels of {self._type}")
        for at in range(0, len(samples), self.period_frames):
            self.pass_time(self.period_frames)
            self._offer(np.ascontiguousarray(samples[at : at + self.period_frames]).tobytes())

    def pass_time(self, frames: int) -> None:
        """Let as much time go by as these frames last, without a sound: what a card does that loses them."""
        self._due_s += frames / self.rate_hz
        time.sleep(max(0.0, self._due_s - time.monotonic()))

    def unplug(self) -> None:
        """Close the pipe; may be done twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _offer(self, period: bytes) -> None:
        waiting = struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, bytes(4)))[0]
        if waiting + len(period) > self._space:
            self.dropped += self.period_frames
        else:
            self.written += os.write(self._fd, period) // (self.channels * self._type.itemsize)


@contextmanager
def virtual_array(
    folder: Path,
    channels: int = 16,
    *,
    rate_hz: int = 48_000,
    period_frames: int = 2_048,
    sample_type: str = "int32",
    name: str = "edge_array",
) -> Iterator[VirtualArray]:
    """A card that is unplugged at the end; raises FileNotFoundError where ALSA is not installed."""
    if not ALSA_CONF.is_file():
        raise FileNotFoundError(f"no {ALSA_CONF}: sudo apt-get install libasound2-data")
    made = VirtualArray(folder, channels, rate_hz, period_frames, sample_type, name)
    try:
        yield made
    finally:
        made.unplug()
