"""A disk of few megabytes that can be filled to the last block: a tmpfs, which takes root to mount."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = bytes(4096)


class SmallDisk:
    """What lies at `path`, and the file that can fill it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self) -> None:
        """Take all the room that there is now."""
        handle = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            room = os.statvfs(self.path)
            if room.f_bavail:
                os.posix_fallocate(handle, os.fstat(handle).st_size, room.f_bavail * room.f_frsize)
            while os.write(handle, BLOCK):
                pass
        except OSError:  # no room is left, which is what was wanted
            return
        finally:
            os.close(handle)

    def free(self) -> None:
        """Give it back."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk | None]:
    """Mount it there and unmount it in all cases; None where that may not be done, and `path` is then a plain folder."""
    path.mkdir(mode=0o700, parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
        yield None
        return
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
