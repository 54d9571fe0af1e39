"""All recordings of a node: how much room they take, which of them must go, and a new one. Everything here waits for the disk."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from edge_node import private_file
from edge_node.record.closing import close, close_cut, is_vouched_for, write_head
from edge_node.record.head import Head
from edge_node.record.part import Target

FOLDER = "recordings"
NAME = re.compile(r"^(\d{8}T\d{6}Z)-[0-9a-f]{8}$")
TIME = "%Y%m%dT%H%M%SZ"
S_PER_DAY = 86_400
SEEN, UNBORN = ".seen-utc", ".new-"
ENDED = "the node ended while it was written"


class NoRoom(Exception):
    """Nothing can be recorded; the text says why."""


class Stored(NamedTuple):
    """One recording's folder, and when it was made."""

    path: Path
    t_utc_s: float


class Archive:
    """Below `root`; `most_bytes` of recordings at most, and `free_bytes` left to everybody else. Raises OSError."""

    def __init__(self, root: Path, most_bytes: int, free_bytes: int) -> None:
        self._root, self._most, self._free = root, most_bytes, free_bytes
        self._sizes: dict[str, int] = {}
        self._vouched: dict[str, bool] = {}

    def all(self) -> list[Stored]:
        """The oldest first."""
        try:
            names = sorted(one.name for one in os.scandir(self._root) if one.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []
        return [Stored(self._root / name, _time(found[1])) for name in names if (found := NAME.match(name))]

    def begin(self, head: Head, public_key: str | None) -> Target:
        """A new folder with its head; raises NoRoom where the disk has less left than it shall keep free."""
        target = Target(self._root / name_of(head), head.id, head.clock.offset_ns, public_key)
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.make_room(None)
        if words := self.full(0):
            raise NoRoom(words)
        target.folder.mkdir(mode=0o700)
        private_file.sync(self._root)
        try:
            write_head(target, head)
        except OSError:
            shutil.rmtree(target.folder, ignore_errors=True)
            raise
        return target

    def full(self, running_bytes: int) -> str:
        """Why nothing more may be written now, in words; empty where there is room."""
        state = os.statvfs(self._root)
        if state.f_bavail * state.f_frsize < self._free:
            return f"the disk has less than {self._free >> 20} MB left"
        return f"it has filled the whole quota of {self._most >> 20} MB" if running_bytes > self._most else ""

    def size(self, folder: Path) -> int:
        """In bytes, now."""
        size = 0
        with os.scandir(folder) as files:
            for one in files:
                with suppress(FileNotFoundError):  # what a sensor's process was about to lay there has got its name
                    size += one.stat(follow_symlinks=False).st_size
        return size

    def make_room(self, running: Path | None) -> list[Path]:
        """Remove the oldest until the rest is within the quota; never the one that is being written."""
        removed = []
        stored = self.all()
        sizes = {one.path: self._size(one.path, running) for one in stored}
        total = sum(sizes.values())
        for one in stored:
            if total <= self._most:
                break
            if one.path != running:
                self.remove(one.path)
                removed.append(one.path)
                total -= sizes[one.path]
        return removed

    def expire(self, now_utc_s: float, days: float) -> list[Path]:
        """Remove what is older by a clock that is vouched for; what was made by another counts from when such a clock first saw it."""
        before_utc_s = now_utc_s - days * S_PER_DAY
        old = [one.path for one in self.all() if self._since_utc_s(one, now_utc_s) < before_utc_s]
        for path in old:
            self.remove(path)
        return old

    def _since_utc_s(self, one: Stored, now_utc_s: float) -> float:
        if one.path.name not in self._vouched:
            self._vouched[one.path.name] = is_vouched_for(one.path)
        if self._vouched[one.path.name]:
            return one.t_utc_s
        mark = one.path / SEEN
        try:
            return float(mark.read_text())
        except (OSError, ValueError):
            private_file.replace(mark, f"{now_utc_s:.0f}")
            return now_utc_s

    def close_unfinished(self, running: Path | None) -> int:
        """Close what an earlier life of the node left, and remove what it had not begun yet; how many were closed."""
        left = [one.path for one in self.all() if one.path != running]
        for path in left:
            if all(one.name.startswith(UNBORN) for one in path.iterdir()):
                self.remove(path)
        return sum(close_cut(path, ENDED) for path in left if path.exists())

    def finish(self, target: Target, head: Head) -> None:
        """It is whole: join its parts, and say so."""
        close(target.folder)
        write_head(target, head)
        self._sizes.pop(target.folder.name, None)

    def remove(self, path: Path) -> None:
        """One recording: it is none any more as soon as its name is gone."""
        gone = path.with_name(f".gone-{path.name}")
        path.rename(gone)
        shutil.rmtree(gone)
        self._sizes.pop(path.name, None)
        self._vouched.pop(path.name, None)

    def sweep(self) -> None:
        """Remove the rest of what an earlier life was removing."""
        for path in self._root.glob(".gone-*"):
            shutil.rmtree(path)

    def _size(self, path: Path, running: Path | None) -> int:
        if path == running:
            return self.size(path)
        if path.name not in self._sizes:
            self._sizes[path.name] = self.size(path)
        return self._sizes[path.name]


def name_of(head: Head) -> str:
    """Of its folder: when it was triggered in UTC, and its id."""
    return f"{datetime.fromtimestamp(head.t_utc_ns // 1_000_000_000, UTC):{TIME}}-{head.id}"


def _time(text: str) -> float:
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:  # a day that no calendar has
        return 0.0
