"""A named pipe that is written without ever waiting, and whose reader comes and goes."""

from __future__ import annotations

import os
from pathlib import Path


class NamedPipe:
    """What the makers of frames and of sound share: the pipe is open while somebody reads; `readers` counts who came."""

    def __init__(self, path: Path) -> None:
        self.written = self.unread = self.readers = 0
        self._path = path
        self._fd: int | None = None

    def close(self) -> None:
        """Let the pipe go; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _has_reader(self) -> bool:
        if self._fd is not None:
            return True
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # ENXIO: nobody reads; ENOENT: the pipe is not made yet
            return False
        self.readers += 1
        return self._greet()

    def _greet(self) -> bool:
        """Write what a new reader needs first; whether it is still there."""
        raise NotImplementedError

    def _count(self, read: bool) -> bool:
        self.written += read
        self.unread += not read
        return read
