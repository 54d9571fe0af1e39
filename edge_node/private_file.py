"""Files that are their owner's alone: whole or not there at all, whatever the power does, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
import pwd
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".lock"


def make(path: Path, text: str) -> bool:
    """Write a file that is not there yet; False where another maker was first, whose file then stands. Raises OSError."""
    with _fresh(path.parent, text) as fresh:
        try:
            os.link(fresh, path)
        except FileExistsError:
            return False
    sync(path.parent)
    return True


def replace(path: Path, text: str) -> None:
    """Write a file, over the one that may be there. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _fresh(path.parent, text) as fresh:
        fresh.replace(path)
    sync(path.parent)


def replace_bytes(path: Path, data: bytes) -> None:
    """The same of bytes. Raises OSError."""
    with _fresh(path.parent, data) as fresh:
        fresh.replace(path)
    sync(path.parent)


def move(path: Path, onto: Path) -> None:
    """Give a file of the same folder another's name; the other is gone. Raises OSError."""
    path.replace(onto)
    sync(onto.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's files against every other process that asks; made where it is not there. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def require_own(folder: Path) -> None:
    """Raises PermissionError where root would leave files in another user's folder that this user cannot read."""
    if folder.is_dir() and os.geteuid() == 0 and (owner := folder.stat().st_uid) != 0:
        who = _name(owner)
        raise PermissionError(f"{folder} belongs to {who}, who could not read what root writes: run this as {who}, with 'sudo -u {who}'")


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"


@contextmanager
def _fresh(folder: Path, content: str | bytes) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)  # O_EXCL, mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Only then is a name in it there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
