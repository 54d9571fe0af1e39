"""A small file system of its own in memory, for disks that are full or cannot be written."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A tmpfs of that size on a new folder; skips where nobody may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "none", folder]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    if told.returncode:
        pytest.skip(f"needs to mount a tmpfs, as root: {told.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Leave not a byte free there; the file that takes it all."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


def set_writable(folder: Path, writable: bool) -> None:
    """Mount it anew, for reading alone or for both."""
    subprocess.run(["mount", "-o", f"remount,{'rw' if writable else 'ro'}", folder], check=True, capture_output=True)
