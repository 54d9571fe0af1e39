"""What C2 has not acknowledged yet: numbered as it comes, written in groups, read in order, let go when C2 holds it."""

from __future__ import annotations

import secrets
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from edge_node.publish.reliable_schema import MOST_ROW_BYTES
from edge_node.publish.spool_file import EVICTED_FIRST, Kind, Row, SpoolFile, Stream, is_full, is_spoiled

T = TypeVar("T")
STREAMS: tuple[Stream, ...] = ("events", "history")
# Rows that C2 acknowledges sooner never touch the disk: an SD card lives longer.
COMMIT_AFTER_NS: dict[Stream, int] = {"events": 50_000_000, "history": 2_000_000_000}
COMMIT_ROWS, COMMIT_BYTES = 500, 1 << 20
MOST_HELD_BYTES, ROW_COST_BYTES = 8 << 20, 300
RETRY_NS = 1_000_000_000
GIVE_UP_NS = 60_000_000_000


def boot_id() -> str:
    """Names this boot of the machine (random(4)); empty where the kernel does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class _Fresh(Struct):
    """The rows of one stream that are in memory alone."""

    epoch: int
    next_id: int = 1
    next_seq: int = 1
    bytes: int = 0
    since_ns: int | None = None
    rows: list[tuple[Kind, Row]] = []

    def keep(self, rows: list[tuple[Kind, Row]]) -> None:
        """These are what is left."""
        self.rows, self.bytes = rows, sum(len(row[5]) + ROW_COST_BYTES for _, row in rows)
        self.since_ns = self.since_ns if rows else None

    def begin_epoch(self) -> None:
        """Number all rows anew, from 1 in an epoch of their own."""
        self.epoch = secrets.randbits(63)
        self.rows = [(kind, (row[0], self.epoch, number, *row[3:])) for number, (kind, row) in enumerate(self.rows, 1)]
        self.next_seq = len(self.rows) + 1

    def begin_behind(self, last_id: int) -> None:
        """Give all rows ids behind those of the file."""
        self.rows = [(kind, (row[0] + last_id, *row[1:])) for kind, row in self.rows]
        self.next_id += last_id


class Spool:
    """Rows of two streams, in a file of at most so many bytes, or in memory while that cannot be written. Raises nothing; `words` tell."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path, self._most_bytes = path, most_bytes
        self.boot = boot_id()
        self._fresh: dict[Stream, _Fresh] = {stream: _Fresh(secrets.randbits(63)) for stream in STREAMS}
        self._in_file: Counter[Stream] = Counter()
        self._evicted: Counter[Kind] = Counter()
        self._done: dict[Stream, int] = dict.fromkeys(STREAMS, 0)
        self._file: SpoolFile | None = None
        self._now_ns = self._retry_ns = 0
        self._closed_ns: int | None = None
        self._given_up = False
        self.renumbered = 0
        self.words = ""
        self.incidents: list[str] = []
        self._open()

    def _open(self) -> None:
        try:
            file = self._file = SpoolFile(self._path, self._most_bytes)
            last_ids = {stream: file.last_id(stream) for stream in STREAMS}
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return
        self.words, self._closed_ns = "", None
        if not self.renumbered:
            self._renumber(last_ids)

    def _renumber(self, last_ids: dict[Stream, int]) -> None:
        """The file is open for the first time: rows that were taken before it was come behind those that lie in it."""
        for stream, fresh in self._fresh.items():
            fresh.begin_behind(last_ids[stream])
            self._done[stream] = 0
        self.renumbered += 1

    def put(self, stream: Stream, payload: bytes, t_mono_ns: int, *, lane: int = 0, rumour: bool = False) -> None:
        """Take one row; what is too long for C2 is dropped and said."""
        if len(payload) > MOST_ROW_BYTES:
            self.incidents.append(f"a row of {len(payload)} bytes was dropped: C2 takes {MOST_ROW_BYTES}")
            return
        fresh = self._fresh[stream]
        kind: Kind = "rumours" if rumour and stream == "events" else stream
        fresh.rows.append((kind, (fresh.next_id, fresh.epoch, fresh.next_seq, t_mono_ns // 1_000_000, lane, payload)))
        fresh.next_id += 1
        fresh.next_seq += 1
        fresh.bytes += len(payload) + ROW_COST_BYTES
        fresh.since_ns = fresh.since_ns or t_mono_ns
        if self._fresh["events"].bytes + self._fresh["history"].bytes > MOST_HELD_BYTES:
            self._hold_less()

    def _hold_less(self) -> None:
        """Memory is short, and the file cannot be written: a tenth goes, history first."""
        for kind in EVICTED_FIRST:
            fresh = self._fresh["history" if kind == "history" else "events"]
            mine = [number for number, (which, _) in enumerate(fresh.rows) if which == kind]
            gone = set(mine[: max(len(mine) // 10, min(len(mine), 100))])
            if gone:
                self._evicted[kind] += len(gone)
                fresh.keep([row for number, row in enumerate(fresh.rows) if number not in gone])
                return

    def due_ns(self) -> int | None:
        """When `commit` has something to do next; None while it has not."""
        times = [fresh.since_ns + COMMIT_AFTER_NS[stream] for stream, fresh in self._fresh.items() if fresh.since_ns is not None]
        return max(min(times), self._retry_ns) if times else None

    def commit(self, now_ns: int, *, last: bool = False) -> None:
        """Write what has waited long enough, or all of it at the end: events durably, history as SQLite's NORMAL keeps it."""
        self._now_ns = now_ns
        if now_ns < self._retry_ns and not last:
            return
        if self._file is None and not self._given_up:
            self._open()
        if self._closed_ns is not None and now_ns - self._closed_ns > GIVE_UP_NS and any(self._in_file.values()):
            self._give_up()
        for stream, fresh in self._fresh.items():
            self._forget(stream)
            ripe = fresh.since_ns is not None and now_ns >= fresh.since_ns + COMMIT_AFTER_NS[stream]
            if self._file and fresh.rows and (ripe or last or len(fresh.rows) >= COMMIT_ROWS):
                self._write(stream, fresh)

    def _write(self, stream: Stream, fresh: _Fresh) -> None:
        try:
            while fresh.rows and self._file:
                group = _group(fresh.rows, self._most_bytes // 8)
                self._file.insert(stream, group, self.boot, durable=stream == "events")
                fresh.keep(fresh.rows[len(group) :])
            self.words = ""
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def _failed(self, error: sqlite3.Error | OSError) -> None:
        """Say why, keep all in memory, and try again soon; a file that is spoiled is set aside."""
        self._retry_ns = self._now_ns + RETRY_NS
        if is_full(error):
            self.words = f"the spool at {self._path} is full or its disk is: {error}; new events are kept in memory"
            return
        self.words = f"the spool at {self._path} cannot be written: {error}; all is kept in memory"
        self._closed_ns = self._now_ns if self._closed_ns is None else self._closed_ns
        self.close()
        if is_spoiled(error):
            self._set_aside(error)

    def _give_up(self) -> None:
        """The file stays out of reach: its rows wait in it for the next start, and what is in memory goes to C2 without them."""
        rows = sum(self._in_file.values())
        self.incidents.append(f"the spool at {self._path} cannot be used any more: {rows} rows stay in it until the node starts anew")
        self._given_up, self._in_file = True, Counter()
        for fresh in self._fresh.values():
            fresh.begin_epoch()
        self.renumbered += 1

    def _set_aside(self, error: sqlite3.Error | OSError) -> None:
        spoiled = self._path.with_suffix(".spoiled")
        try:
            self._path.replace(spoiled)
            for rest in ("-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + rest).unlink(missing_ok=True)
        except OSError as why:
            self.words += f"; it cannot be set aside either: {why.strerror}"
        else:
            self.incidents.append(f"the spool was spoiled ({error}) and lies now at {spoiled}; a new one is begun")

    def rows(self, stream: Stream, after_id: int, most: int) -> list[Row]:
        """The oldest rows behind an id, in order; none while older ones lie in a file that is out of reach."""
        if self._file is None and self._in_file[stream]:
            return []
        after_id = max(after_id, self._done[stream])
        found: list[Row] = []
        if self._file and self._filed(stream):
            try:
                found = self._file.rows(stream, after_id, most)
            except sqlite3.Error as error:
                self._failed(error)
                return []
        fresh = self._fresh[stream].rows
        if len(found) < most and fresh:
            place = bisect_right(fresh, found[-1][0] if found else after_id, key=lambda row: row[1][0])
            found += [row for _, row in fresh[place : place + most - len(found)]]
        return found

    def done(self, stream: Stream, up_to_id: int) -> None:
        """C2 holds all rows up to an id: let them go."""
        fresh = self._fresh[stream]
        self._done[stream] = max(self._done[stream], up_to_id)
        place = bisect_right(fresh.rows, up_to_id, key=lambda row: row[1][0])
        if place:
            fresh.keep(fresh.rows[place:])
        self._forget(stream)

    def _forget(self, stream: Stream) -> None:
        """Delete what is done, now or when the disk lets it."""
        try:
            if self._file and self._filed(stream) and self._file.forgotten[stream] < self._done[stream]:
                self._file.forget(stream, self._done[stream])
        except sqlite3.Error as error:
            self._failed(error)

    def is_of_this_boot(self, epoch: int) -> bool:
        """Whether the rows' monotonic times are of the clock that runs now."""
        if any(fresh.epoch == epoch for fresh in self._fresh.values()):
            return True
        return bool(self.boot) and self._ask(lambda file: file.boot_of(epoch)) == self.boot

    def fact(self, name: str) -> str | None:
        """What was written under a name, in this or an earlier run; None where nothing was, or the file cannot be read."""
        return self._ask(lambda file: file.fact(name))

    def put_fact(self, name: str, value: str) -> None:
        """Remember something small."""
        self._ask(lambda file: file.put_fact(name, value))

    def _ask(self, question: Callable[[SpoolFile], T]) -> T | None:
        try:
            return question(self._file) if self._file else None
        except sqlite3.Error as error:
            self._failed(error)
            return None

    def backlog(self, stream: Stream) -> int:
        """How many rows C2 has not acknowledged."""
        return self._filed(stream) + len(self._fresh[stream].rows)

    def _filed(self, stream: Stream) -> int:
        """Rows that lie in the file, or did when it was let go."""
        return self._file.count(stream) if self._file else self._in_file[stream]

    def evicted(self) -> Counter[Kind]:
        """Rows that had to go for want of room, by class, since the process began."""
        return self._evicted + (self._file.evicted if self._file else Counter())

    def safe_seq(self, stream: Stream) -> int:
        """The highest number of this process's epoch up to which all rows are on disk, acknowledged or evicted."""
        fresh = self._fresh[stream]
        return fresh.rows[0][1][2] - 1 if fresh.rows else fresh.next_seq - 1

    def epoch(self, stream: Stream) -> int:
        """Of the rows that this process makes."""
        return self._fresh[stream].epoch

    def close(self) -> None:
        """Let the file go; what is in memory stays there."""
        if self._file:
            self._evicted = self.evicted()
            self._in_file = Counter({stream: self._file.count(stream) for stream in STREAMS})
            self._file.close()
            self._file = None


def _group(rows: list[tuple[Kind, Row]], most_bytes: int) -> list[tuple[Kind, Row]]:
    """The first rows, as many as are written at once; a small file could never take too many."""
    left = min(most_bytes, COMMIT_BYTES)
    for number, (_, row) in enumerate(rows[:COMMIT_ROWS]):
        left -= len(row[5])
        if left < 0:
            return rows[: max(number, 1)]
    return rows[:COMMIT_ROWS]
