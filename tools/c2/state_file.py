"""One text file of C2's state: read again whenever it changes, changed by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_node import private_file

UNREAD = (0, 0, 0)


class StateFile:
    """Knows no content; it only says when there is something new to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int, int] | None = UNREAD

    def fresh(self) -> str | None:
        """What is in it when that may have changed since the last call, else None; "" for no file. Raises OSError and ValueError."""
        try:
            about = self.path.stat()
        except FileNotFoundError:
            unchanged, self._stamp = self._stamp is None, None
            return None if unchanged else ""
        stamp = about.st_ctime_ns, about.st_size, about.st_ino
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        return self.path.read_text(encoding="utf-8")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else changes it meanwhile: read what is there, whatever its time says, then write. Raises OSError."""
        with private_file.locked(self.path.parent):
            self._stamp = UNREAD
            yield

    def write(self, text: str) -> None:
        """Replace what is in it. Raises OSError."""
        private_file.replace(self.path, text)
