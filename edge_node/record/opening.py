"""A sealed recording made a plain one, with one spine, sounds of known length and a head that anybody can read."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from edge_node.record import head as heads
from edge_node.record.closing import close, write_head
from edge_node.record.folder import RecordedFolder
from edge_node.record.part import SUFFIX, Target

PIECE_BYTES = 1 << 20


def open_to(folder: Path, key: bytes | None, to: Path) -> str | None:
    """Write it to a new folder, its owner's alone; where it is cut, in words. Raises RecordingUnreadable, and OSError."""
    recorded = RecordedFolder(folder, key)
    to.mkdir(mode=0o700)
    names = [path.name.removesuffix(SUFFIX) for path in sorted(folder.iterdir())]
    short = [name for name in names if not name.startswith((heads.FILE, ".")) and not _copy(recorded, name, to / name)]
    cut = recorded.cut or (f"{', '.join(short)}: cut short or changed, and opened up to there" if short else None)
    close(to)
    head = replace(recorded.head, sealed_to=None, finished=True, cut=cut)
    write_head(Target(to, head.id, head.clock.offset_ns), head)
    return cut


def _copy(recorded: RecordedFolder, name: str, to: Path) -> bool:
    """Whether all was there that was written."""
    handle = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out, closing(recorded.open(name)) as file:
        while data := file.read(PIECE_BYTES):
            out.write(data)
        return bool(getattr(file, "whole", True))  # a file that is not sealed knows of no end
