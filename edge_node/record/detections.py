"""All that the sensors detected, for a while, in a file on the node: JSON lines, bounded in time, bytes and number of files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import msgspec

from edge_node.messages import BusMessage

MOST_BYTES = 64 << 20
MOST_FILES = 16


class DetectionRecorder:
    """One recording at a time; a folder holds the newest `MOST_FILES`. Raises OSError where the disk does not take it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self.path: Path | None = None
        self._until_ns = 0
        self.written = self.bytes = 0

    @property
    def running(self) -> bool:
        """Whether detections go to a file now."""
        return self._file is not None

    def begin(self, name: str, until_mono_ns: int) -> Path:
        """Open a file of this name; one that runs is ended."""
        self.end()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)[: 1 - MOST_FILES]:
            old.unlink()
        self.path = self._folder / f"{name}.jsonl"
        self.path.touch(mode=0o600)
        self._file = self.path.open("wb")
        self._until_ns, self.written, self.bytes = until_mono_ns, 0, 0
        return self.path

    def take(self, message: BusMessage) -> None:
        """Write one message, while there is room."""
        if self._file is None or self.bytes >= MOST_BYTES:
            return
        line = msgspec.json.encode(message) + b"\n"
        self._file.write(line)
        self.written += 1
        self.bytes += len(line)

    def flush(self) -> None:
        """Let whoever reads the file see all that was taken."""
        if self._file is not None:
            self._file.flush()

    def is_over(self, now_mono_ns: int) -> bool:
        """Whether a recording runs and its time or room is over."""
        return self._file is not None and (now_mono_ns >= self._until_ns or self.bytes >= MOST_BYTES)

    def end(self) -> None:
        """Close the file."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
