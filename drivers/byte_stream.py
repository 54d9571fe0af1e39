"""The bytes of a recording: a regular file, or a named pipe that something else writes."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator
from pathlib import Path

from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured

CHUNK_BYTES = 65_536
SILENCE_MS = 1_000


class RecordingCut(Exception):
    """A recording breaks off in the midst of a record; what came before has been handed over."""


class ByteStream:
    """Opens at once, a pipe without a writer too; raises SourceAbsent or SourceMisconfigured."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = _open(path)
        state = os.fstat(self._fd)
        self._is_file = stat.S_ISREG(state.st_mode)
        self.size = state.st_size if self._is_file else None
        self.position = 0

    def chunks(self) -> Iterator[bytes | None]:
        """Bytes as they come, None for each second of a silent pipe; a file ends, a pipe left by its writer raises SourceLost."""
        return self._of_file() if self._is_file else self._of_pipe()

    def rewind(self) -> None:
        """Go back to the start of a regular file."""
        if self._fd is not None:
            self.position = os.lseek(self._fd, 0, os.SEEK_SET)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._fd is None

    def close(self) -> None:
        """Close the file; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _of_file(self) -> Iterator[bytes]:
        while self._fd is not None and (chunk := os.read(self._fd, CHUNK_BYTES)):
            self.position += len(chunk)
            yield chunk

    def _of_pipe(self) -> Iterator[bytes | None]:
        if self._fd is None:
            return
        waiting = select.poll()
        waiting.register(self._fd, select.POLLIN)
        while self._fd is not None:
            # Linux tells a hang-up only after a writer has come and gone, so a pipe that still waits for one is silent.
            if not waiting.poll(SILENCE_MS):
                yield None
            elif chunk := os.read(self._fd, CHUNK_BYTES):
                self.position += len(chunk)
                yield chunk
            else:
                raise SourceLost(f"the writer of {self.path} is gone")


def _open(path: Path) -> int:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SourceAbsent(f"there is no {path}: check the path, or make the pipe with mkfifo") from None
    except OSError as error:
        raise SourceMisconfigured(f"{path} cannot be read: {error.strerror}") from None
    if stat.S_ISDIR(os.fstat(fd).st_mode):
        os.close(fd)
        raise SourceMisconfigured(f"{path} is a folder, not a recording")
    return fd
