"""Small files of the kernel, under a root that may be a made tree: read whole, bounded, None where they say nothing."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

MOST_BYTES = 65_536
MOST_ANSWER_BYTES = 1 << 20
ANSWER_WITHIN_S = 2.0
Ask = Callable[..., str]


def text(path: Path) -> str | None:
    """What a file says, without the space around it; None where it cannot be read or is empty."""
    data = raw(path)
    return None if data is None else data.decode("utf-8", "replace").strip(" \t\r\n\0") or None


def raw(path: Path) -> bytes | None:
    """The first 64 KiB of a file; None where it cannot be read. A device or pipe in its place is not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    data = b""
    try:
        # The kernel hands a long list such as mountinfo out a page at a time.
        while len(data) < MOST_BYTES and (part := os.read(handle, MOST_BYTES - len(data))):
            data += part
    except OSError:
        return data or None
    finally:
        os.close(handle)
    return data


def number(path: Path, base: int = 10) -> int | None:
    """The whole number that a file holds; base 0 takes 0x too."""
    try:
        return int(text(path) or "", base)
    except ValueError:
        return None


def cell(path: Path) -> int | None:
    """A 32-bit cell of a device tree, big endian."""
    data = raw(path)
    return struct.unpack(">I", data)[0] if data is not None and len(data) == 4 else None


def exists(path: Path) -> bool:
    """Whether something is there that may be looked at."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def resolved(path: Path) -> Path:
    """Where links lead; the path itself where they lead in circles."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def found(root: Path, pattern: str) -> list[Path]:
    """What matches under root, in order; empty where there is nothing or it cannot be looked at."""
    try:
        return sorted(root.glob(pattern))
    except OSError:
        return []


class Programs:
    """What may be asked beside files: programs of the computer, or of the tree under root."""

    def __init__(self, root: Path, within_s: float = ANSWER_WITHIN_S) -> None:
        self._folders, self._within_s = (root / "usr/bin", root / "bin"), within_s

    def __call__(self, name: str, *arguments: str) -> str:
        """What a program prints; empty where it is not there, fails or takes too long."""
        program = next((folder / name for folder in self._folders if os.access(folder / name, os.X_OK)), None)
        if program is None:
            return ""
        try:
            told = subprocess.run([program, *arguments], check=False, capture_output=True, timeout=self._within_s, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return told.stdout[:MOST_ANSWER_BYTES].decode("utf-8", "replace") if told.returncode == 0 else ""


def nobody(name: str, *arguments: str) -> str:  # noqa: ARG001 -- the signature of Programs
    """Asks no program: for who must not wait."""
    return ""
