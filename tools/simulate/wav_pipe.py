"""Sound as WAV into a named pipe whose reader comes and goes."""

from __future__ import annotations

import os
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from struct import pack

import numpy as np

from tools.simulate.named_pipe import NamedPipe
from tools.simulate.propagation import Sound

ROOM_BYTES = 1 << 20
UNKNOWN_BYTES = 0xFFFFFFFF


def header(channels: int, rate_hz: int) -> bytes:
    """What a WAV of 16-bit samples starts with whose length nobody knows yet."""
    frame_bytes = 2 * channels
    form = pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 16)
    return pack("<4sI4s", b"RIFF", UNKNOWN_BYTES, b"WAVE") + form + pack("<4sI", b"data", UNKNOWN_BYTES)


def samples(sound: Sound) -> bytes:
    """Sound (n, M) of full scale 1.0 as 16-bit samples; what is louder is clipped."""
    whole = np.rint(np.clip(sound, -1.0, 32_767 / 32_768) * np.float32(32_768))
    return bytes(whole.astype("<i2").data)


class WavPipe(NamedPipe):
    """A named pipe, written without ever waiting: what nobody reads in time is gone, in whole pieces.

    A reader that goes and another that comes between the same two pieces cannot be told apart: that one gets no header.
    """

    def __init__(self, path: Path, channels: int, rate_hz: int) -> None:
        super().__init__(path)
        self._header = header(channels, rate_hz)
        self._owed = b""

    def write(self, sound: Sound) -> bool:
        """Write one piece, after a header where the reader is new; False when it went unread."""
        return self._count(self._has_reader() and self._put(samples(sound)))

    def _greet(self) -> bool:
        if self._fd is not None:
            with suppress(PermissionError):  # a user has so much of pipes and no more
                fcntl(self._fd, F_SETPIPE_SZ, ROOM_BYTES)
        self._owed = self._header
        self._drain()
        return self._fd is not None

    def _put(self, data: bytes) -> bool:
        """Begin a piece once the one before is out: a pipe may take a part."""
        self._drain()
        if self._fd is None or self._owed:
            return False
        self._owed = data
        self._drain()
        return self._fd is not None

    def _drain(self) -> None:
        try:
            while self._fd is not None and self._owed:
                self._owed = self._owed[os.write(self._fd, self._owed) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.close()
