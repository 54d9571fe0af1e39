"""The newest lines that the node's processes log, in its run folder, for whoever is on the spot; the journal keeps them all."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FILE, OLDER = "log", "log.1"
MOST_BYTES = 32_768
"""Of each of the two files; run_dir is memory on most nodes."""
LONGEST_LINE = 400


class LogFile(logging.Handler):
    """One line a record; several processes write, each line by one write(2), and whoever finds the file full puts it aside."""

    def __init__(self, run_dir: Path) -> None:
        super().__init__(logging.INFO)
        self._path, self._older = run_dir / FILE, run_dir / OLDER

    def emit(self, record: logging.LogRecord) -> None:
        """Without what is not printable; a full disk must not end the node."""
        with suppress(OSError):
            if self._path.exists() and self._path.stat().st_size > MOST_BYTES:
                self._path.replace(self._older)
            with self._path.open("ab", buffering=0) as file:
                file.write(f"{_line(record)}\n".encode())


def _line(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%SZ")
    said = f"{at} {record.levelname} {record.name}: {record.getMessage()}"
    return "".join(sign if sign.isprintable() else " " for sign in said[:LONGEST_LINE])


def tail(run_dir: Path, lines: int) -> list[str]:
    """The newest lines, the oldest of them first."""
    text = ""
    for name in (OLDER, FILE):
        with suppress(OSError):
            text += (run_dir / name).read_text(encoding="utf-8", errors="replace")
    return text.splitlines()[-lines:]
