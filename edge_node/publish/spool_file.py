"""The spool's SQLite file: rows by class in a bounded number of pages; where they run out, history thins before anything else goes."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

Stream = Literal["events", "history"]
Kind = Literal["events", "rumours", "history"]
Row = tuple[int, int, int, int, int, bytes]
"""id, epoch, seq, t_mono_ms, lane (the track's number), payload; the id grows with every row of a stream, whatever the epoch."""

CLASSES: dict[Stream, tuple[Kind, ...]] = {"events": ("events", "rumours"), "history": ("history",)}
# A class makes room for itself among those up to it: an event never goes for the sake of history.
EVICTED_FIRST: tuple[Kind, ...] = ("history", "rumours", "events")
PAGE_BYTES = 4096
LEAST_PAGES = 64
BLOCK = 2000
LEAST_TO_THIN = 400
MOST_ROOM_MADE = 64
EPOCHS_KEPT = 1000

_TABLES = "".join(
    f"CREATE TABLE IF NOT EXISTS {kind}(id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " t_mono_ms INTEGER NOT NULL, lane INTEGER NOT NULL, payload BLOB NOT NULL);\n"
    for kind in EVICTED_FIRST
)
_SCHEMA = f"""
PRAGMA locking_mode = EXCLUSIVE; -- the WAL's index then lies in memory: a full disk cannot take it away from under us
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 500;
PRAGMA journal_size_limit = 4194304;
PRAGMA cache_size = -1024;
{_TABLES}
CREATE TABLE IF NOT EXISTS epochs(epoch INTEGER PRIMARY KEY, stream TEXT NOT NULL, boot TEXT NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def is_full(error: sqlite3.Error) -> bool:
    """Whether this says that the cap on pages, or the disk, leaves no room."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


class SpoolFile:
    """One file, one writer. Every method raises sqlite3.Error; a transaction that fails changes nothing."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.evicted: Counter[Kind] = Counter()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._sql = sqlite3.connect(path, isolation_level=None, timeout=1.0, check_same_thread=False)
        self._sql.executescript(_SCHEMA)
        self._sql.execute(f"PRAGMA max_page_count = {max(most_bytes // PAGE_BYTES, LEAST_PAGES)}")
        self._thinned_to = 0
        self._durable: bool | None = None

    def insert(self, stream: Stream, rows: Sequence[tuple[Kind, Row]], boot: str, *, durable: bool) -> None:
        """Add rows of one epoch in one transaction, making room if need be; `durable` rows outlive a power cut from here on."""
        lowest = max((kind for kind, _ in rows), key=EVICTED_FIRST.index)
        for _ in range(MOST_ROOM_MADE):
            try:
                self._insert(stream, rows, boot, durable)
            except sqlite3.OperationalError as error:
                if not is_full(error) or not self._make_room(lowest):
                    raise
            else:
                return
        raise _full("no room could be made")

    def _insert(self, stream: Stream, rows: Sequence[tuple[Kind, Row]], boot: str, durable: bool) -> None:
        if durable is not self._durable:
            self._sql.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        with _Transaction(self._sql):
            for kind in CLASSES[stream]:
                self._add(kind, [row for which, row in rows if which == kind])
            _, epoch, seq, *_ = rows[-1][1]
            self._sql.execute(
                "INSERT INTO epochs VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last", (epoch, stream, boot, seq)
            )

    def _add(self, kind: Kind, rows: Iterable[Row]) -> None:
        self._sql.executemany(f"INSERT INTO {kind} VALUES(?, ?, ?, ?, ?, ?)", rows)

    def _make_room(self, needed_by: Kind) -> bool:
        """Let go of what is missed least, as far down as `needed_by`; whether anything went."""
        for kind in EVICTED_FIRST[: EVICTED_FIRST.index(needed_by) + 1]:
            gone = self._thin() if kind == "history" else self._drop_oldest(kind)
            self.evicted[kind] += gone
            if gone:
                return True
        return False

    def _thin(self) -> int:
        """Keep every second state of each track in the oldest block not thinned in this pass, written anew so that pages come free."""
        block = self._sql.execute("SELECT * FROM history WHERE id > ? ORDER BY id LIMIT ?", (self._thinned_to, BLOCK)).fetchall()
        if len(block) < LEAST_TO_THIN:
            if self._thinned_to:
                self._thinned_to = 0
                return self._thin()
            return self._drop_oldest("history")
        kept, seen = [], Counter[int]()
        for row in block:
            seen[row[4]] += 1
            if seen[row[4]] % 2:
                kept.append(row)
        if len(kept) == len(block):
            return self._drop_oldest("history")
        with _Transaction(self._sql):
            self._sql.execute("DELETE FROM history WHERE id BETWEEN ? AND ?", (block[0][0], block[-1][0]))
            self._add("history", kept)
        self._thinned_to = block[-1][0]
        return len(block) - len(kept)

    def _drop_oldest(self, kind: Kind) -> int:
        last = f"SELECT max(id) FROM (SELECT id FROM {kind} ORDER BY id LIMIT {LEAST_TO_THIN})"  # noqa: S608
        return self._sql.execute(f"DELETE FROM {kind} WHERE id <= ({last})").rowcount  # noqa: S608

    def rows(self, stream: Stream, after_id: int, most: int) -> list[Row]:
        """The oldest rows behind an id, in order."""
        parts = " UNION ALL ".join(f"SELECT * FROM {kind} WHERE id > :after" for kind in CLASSES[stream])  # noqa: S608
        return self._sql.execute(f"{parts} ORDER BY id LIMIT :most", {"after": after_id, "most": most}).fetchall()

    def forget(self, stream: Stream, up_to_id: int) -> int:
        """Let go of all rows up to an id; how many those were."""
        return sum(self._sql.execute(f"DELETE FROM {kind} WHERE id <= ?", (up_to_id,)).rowcount for kind in CLASSES[stream])  # noqa: S608

    def count(self, stream: Stream) -> int:
        """Rows of a stream; it reads them all."""
        return sum(int(self._sql.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]) for kind in CLASSES[stream])  # noqa: S608

    def last_id(self, stream: Stream) -> int:
        """The highest id of a stream, 0 where it is empty."""
        return max(int(self._sql.execute(f"SELECT coalesce(max(id), 0) FROM {kind}").fetchone()[0]) for kind in CLASSES[stream])  # noqa: S608

    def boot_of(self, epoch: int) -> str | None:
        """During which boot of the machine an epoch's rows were made."""
        found = self._sql.execute("SELECT boot FROM epochs WHERE epoch = ?", (epoch,)).fetchone()
        return None if found is None else str(found[0])

    def fact(self, name: str) -> str | None:
        """What was written under a name."""
        found = self._sql.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def put_fact(self, name: str, value: str) -> None:
        """Write something small under a name."""
        self._sql.execute("INSERT INTO facts VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value))

    def close(self) -> None:
        """Let the file go; the WAL is folded in."""
        self._sql.close()


class _Transaction:
    """BEGIN IMMEDIATE to COMMIT, or ROLLBACK where SQLite has not rolled back already."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql

    def __enter__(self) -> None:
        self._sql.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self._sql.execute("COMMIT")
            except sqlite3.Error:
                self._roll_back()
                raise
        else:
            self._roll_back()

    def _roll_back(self) -> None:
        if self._sql.in_transaction:
            self._sql.execute("ROLLBACK")


def _full(words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error
