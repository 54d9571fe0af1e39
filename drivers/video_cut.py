"""Does a video file end where it says: its outermost sizes are read (ISO 14496-12, RIFF, RFC 9559, ISO 13818-1, JPEG)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 10_000
TS_PACKET_BYTES = 188
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
END_OF_IMAGE = b"\xff\xd9"
UNKNOWN_32 = (0, 0xFFFFFFFF)


def is_cut(path: Path) -> bool:
    """Whether the file is shorter than it says it is; False where it does not say."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        return _walk_of(head)(file, size)


def _walk_of(head: bytes) -> Callable[[BinaryIO, int], bool]:
    if head.startswith(EBML):
        return _matroska
    if head.startswith(b"RIFF"):
        return _riff
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg
    return _packets if head.startswith(b"\x47") else _boxes


def _boxes(file: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(MOST_BOXES):
        if at >= size:
            return at > size
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length == 0:  # to the end of the file, whatever that is
            return False
        if length < 8:
            return True
        at += length
    return False


def _riff(file: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(MOST_BOXES):
        if at >= size:
            return at > size + 1  # the last one's padding byte is often left away
        file.seek(at)
        length = int.from_bytes(file.read(8)[4:], "little")
        if length in UNKNOWN_32:
            return False
        at += 8 + length + (length & 1)
    return False


def _matroska(file: BinaryIO, size: int) -> bool:
    file.seek(len(EBML))
    length = _vint(file)
    if length is None:
        return True
    file.seek(length, os.SEEK_CUR)
    if file.read(len(SEGMENT)) != SEGMENT:
        return True
    length = _vint(file)
    return length is not None and file.tell() + length > size


def _vint(file: BinaryIO) -> int | None:
    """A variable-size integer (RFC 8794, section 4); None where it says that it does not know."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = 8 - first[0].bit_length()
    value = (first[0] & (0x7F >> more)) << 8 * more | int.from_bytes(file.read(more), "big")
    return None if value == (1 << 7 * (more + 1)) - 1 else value


def _packets(_file: BinaryIO, size: int) -> bool:
    return size % TS_PACKET_BYTES != 0


def _jpeg(file: BinaryIO, _size: int) -> bool:
    file.seek(-len(END_OF_IMAGE), os.SEEK_END)
    return file.read() != END_OF_IMAGE
