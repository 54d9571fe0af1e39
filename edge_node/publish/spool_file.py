"""The spool's SQLite file: rows by class in a bounded number of pages; where they run out, history thins before anything else goes."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Literal

from edge_node.publish.reliable_schema import MOST_ROW_BYTES, U63

Stream = Literal["events", "history"]
Kind = Literal["events", "rumours", "history"]
Row = tuple[int, int, int, int, int, bytes]
"""id, epoch, seq, t_mono_ms, lane (the track's number), payload; the id grows with every row of a stream, whatever the epoch."""

CLASSES: dict[Stream, tuple[Kind, ...]] = {"events": ("events", "rumours"), "history": ("history",)}
# A class makes room for itself among those up to it: an event never goes for the sake of history.
EVICTED_FIRST: tuple[Kind, ...] = ("history", "rumours", "events")
PAGE_BYTES = 4096
LEAST_PAGES = 64
# With less than this left on its disk the file grows no more: where a disk is full, SQLite cannot even write that a row goes.
DISK_KEPT_BYTES = 6 << 20
BLOCK = 2000
LEAST_TO_THIN = 400
MOST_ROOM_MADE = 64
EPOCHS_KEPT = 1000

_COLUMNS = "id, epoch, seq, t_mono_ms, lane, payload"
_TABLES = "".join(
    f"CREATE TABLE IF NOT EXISTS {kind}(id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " t_mono_ms INTEGER NOT NULL, lane INTEGER NOT NULL, payload BLOB NOT NULL);\n"
    f"INSERT OR IGNORE INTO sizes VALUES('{kind}', 0);\n"
    for kind in EVICTED_FIRST
)
_SCHEMA = f"""
PRAGMA locking_mode = EXCLUSIVE; -- the WAL's index then lies in memory: a full disk cannot take it away from under us
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 500;
PRAGMA journal_size_limit = 4194304;
PRAGMA cache_size = -1024;
CREATE TABLE IF NOT EXISTS sizes(kind TEXT PRIMARY KEY, rows INTEGER NOT NULL); -- counting a long backlog would read all of it
{_TABLES}
CREATE TABLE IF NOT EXISTS epochs(
    number INTEGER PRIMARY KEY, epoch INTEGER NOT NULL UNIQUE, boot TEXT NOT NULL, stream TEXT NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


# What SQLite says only of a file that is not as it was written.
_SPOILED = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_NOTADB)


def is_full(error: Exception) -> bool:
    """Whether this says that the cap on pages, or the disk, leaves no room."""
    return _code(error) == sqlite3.SQLITE_FULL


def is_spoiled(error: Exception) -> bool:
    """Whether this says that the file was damaged."""
    return _code(error) in _SPOILED


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for an error of another kind."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


class SpoolFile:
    """One file, one writer. Every method raises sqlite3.Error (`insert` OSError too); a transaction that fails changes nothing."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.evicted: Counter[Kind] = Counter()
        self.held: Counter[Kind] = Counter()
        self.forgotten: dict[Stream, int] = dict.fromkeys(CLASSES, 0)
        self._folder, self._most_pages = path.parent, max(most_bytes // PAGE_BYTES, LEAST_PAGES)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._sql = sqlite3.connect(path, isolation_level=None, timeout=1.0, check_same_thread=False)
        self._sql.text_factory = _text
        try:
            self._sql.executescript(_SCHEMA)
            self._read_sizes()
        except UnicodeDecodeError as error:
            self._sql.close()
            raise _error("its schema is no text", sqlite3.SQLITE_CORRUPT) from error
        except sqlite3.Error:
            self._sql.close()
            raise
        self._thinned_to, self._one_in = 0, 2
        self._durable: bool | None = None
        self._short = False

    def _read_sizes(self) -> None:
        sizes = dict(self._sql.execute("SELECT kind, rows FROM sizes"))
        for kind in EVICTED_FIRST:
            (some,) = self._sql.execute(f"SELECT EXISTS(SELECT 1 FROM {kind})").fetchone()  # noqa: S608
            size = sizes.get(kind)
            if not isinstance(size, int) or size < some or (size and not some):
                raise _error("it miscounts its rows", sqlite3.SQLITE_CORRUPT)
            self.held[kind] = size

    def insert(self, stream: Stream, rows: Sequence[tuple[Kind, Row]], boot: str, *, durable: bool) -> None:
        """Add rows of one epoch in one transaction, making room if need be; `durable` rows outlive a power cut from here on."""
        needed_by = max((kind for kind, _ in rows), key=EVICTED_FIRST.index)
        self._limit()
        self._sync(durable)
        self._with_room(needed_by, lambda: self._insert(stream, rows, boot))

    def _insert(self, stream: Stream, rows: Sequence[tuple[Kind, Row]], boot: str) -> None:
        with self._transaction() as change:
            for kind in CLASSES[stream]:
                change[kind] += self._add(kind, [row for which, row in rows if which == kind])
            _, epoch, seq, *_ = rows[-1][1]
            self._note_epoch(epoch, seq, stream, boot)

    def _add(self, kind: Kind, rows: Sequence[Row]) -> int:
        self._sql.executemany(f"INSERT INTO {kind} VALUES(?, ?, ?, ?, ?, ?)", rows)
        return len(rows)

    def _note_epoch(self, epoch: int, last: int, stream: Stream, boot: str) -> None:
        """Of which boot it is, and up to where it was ever written: what C2 must hold in the end. The oldest are forgotten."""
        if self._sql.execute("UPDATE epochs SET last = ? WHERE epoch = ?", (last, epoch)).rowcount == 0:
            self._sql.execute("INSERT INTO epochs(epoch, boot, stream, last) VALUES(?, ?, ?, ?)", (epoch, boot, stream, last))
            self._sql.execute("DELETE FROM epochs WHERE number <= (SELECT max(number) FROM epochs) - ?", (EPOCHS_KEPT,))

    def _limit(self) -> None:
        """Let the file grow to its cap, or not at all while the disk has little left."""
        about = os.statvfs(self._folder)
        self._short = about.f_bavail * about.f_frsize < DISK_KEPT_BYTES
        pages = int(self._sql.execute("PRAGMA page_count").fetchone()[0]) if self._short else self._most_pages
        self._sql.execute(f"PRAGMA max_page_count = {min(pages, self._most_pages)}")

    def _sync(self, durable: bool) -> None:
        if durable is not self._durable:
            self._sql.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    @contextmanager
    def _transaction(self) -> Iterator[Counter[Kind]]:
        """BEGIN to COMMIT, or ROLLBACK; how many rows of which class come (or go, below 0) is to be noted in what it yields."""
        change: Counter[Kind] = Counter()
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield change
            self._sql.executemany("UPDATE sizes SET rows = rows + ? WHERE kind = ?", [(count, kind) for kind, count in change.items()])
            self._sql.execute("COMMIT")
        except BaseException:
            if self._sql.in_transaction:  # SQLite itself rolls back at some errors
                self._sql.execute("ROLLBACK")
            raise
        self.held.update(change)

    def _with_room(self, needed_by: Kind, write: Callable[[], object]) -> None:
        for _ in range(MOST_ROOM_MADE):
            try:
                write()
            except sqlite3.OperationalError as error:
                if not is_full(error) or not self._make_room(needed_by):
                    raise
            else:
                return
        raise _error("no room could be made", sqlite3.SQLITE_FULL)

    def _make_room(self, needed_by: Kind) -> bool:
        """Let go of what is missed least, as far down as `needed_by`; whether anything went.

        No event goes because others filled the disk: that may pass, and memory holds new ones meanwhile.
        """
        for kind in EVICTED_FIRST[: EVICTED_FIRST.index(needed_by) + 1]:
            if kind == "events" and self._short:
                return False
            gone = self._thin() if kind == "history" else self._drop_oldest(kind)
            self.evicted[kind] += gone
            if gone:
                return True
        return False

    def _thin(self) -> int:
        """Thin the oldest block that is denser than this pass leaves; how many went. Each pass leaves half of what the one before left."""
        while (found := self._block_behind(self._thinned_to)) is not None:
            first, last, count = found
            one_in = round(self._one_in * count / (last - first + 1))
            if one_in > 1:
                gone = self._thin_block(first, last, one_in)
                self._thinned_to = last
                return gone or self._drop_oldest("history")
            self._thinned_to = last
        return self._drop_oldest("history")

    def _block_behind(self, row_id: int) -> tuple[int, int, int] | None:
        """First and last id and size of the block behind a row, the next pass's first where this one ends; None where there are too few."""
        block = f"SELECT id FROM history WHERE id > ? ORDER BY id LIMIT {BLOCK}"  # noqa: S608
        first, last, count = self._sql.execute(f"SELECT min(id), max(id), count(*) FROM ({block})", (row_id,)).fetchone()  # noqa: S608
        if count >= LEAST_TO_THIN:
            return first, last, count
        if not row_id:
            return None
        self._thinned_to, self._one_in = 0, 2 * self._one_in
        return self._block_behind(0)

    def _thin_block(self, first: int, last: int, one_in: int) -> int:
        """Written anew, so that pages come free."""
        block = self.rows("history", first - 1, BLOCK)
        kept = _one_in(one_in, block)
        if len(kept) < len(block):
            with self._transaction() as change:
                self._sql.execute("DELETE FROM history WHERE id BETWEEN ? AND ?", (first, last))
                change["history"] = self._add("history", kept) - len(block)
        return len(block) - len(kept)

    def _drop_oldest(self, kind: Kind) -> int:
        """A tenth, and few at once; the last row of each epoch last, for only a later number shows C2 that others are missing."""
        block = self._sql.execute(f"SELECT id, epoch FROM {kind} ORDER BY id LIMIT ?", (LEAST_TO_THIN + 1,)).fetchall()  # noqa: S608
        gone = [one for one, behind in pairwise(block) if one[1] == behind[1]]
        if not gone and not self._short:
            gone = block
        gone = gone[: max(self.held[kind] // 10, 1)]
        with self._transaction() as change:
            self._sql.executemany(f"DELETE FROM {kind} WHERE id = ?", [(row_id,) for row_id, _ in gone])  # noqa: S608
            change[kind] = -len(gone)
        return len(gone)

    def rows(self, stream: Stream, after_id: int, most: int) -> list[Row]:
        """The oldest rows behind an id, in order."""
        parts = " UNION ALL ".join(f"SELECT {_COLUMNS} FROM {kind} WHERE id > :after" for kind in CLASSES[stream])  # noqa: S608
        found: list[Row] = self._sql.execute(f"{parts} ORDER BY id LIMIT :most", {"after": after_id, "most": most}).fetchall()
        if not (all(map(_is_sound, found)) and all(one[1] != other[1] or one[2] < other[2] for one, other in pairwise(found))):
            raise _error("it holds a row that was never written so", sqlite3.SQLITE_CORRUPT)
        if not found and after_id <= self.forgotten[stream] and self.count(stream):
            raise _error("rows cannot be found in it", sqlite3.SQLITE_CORRUPT)
        return found

    def count(self, stream: Stream) -> int:
        """How many rows of a stream it holds."""
        return sum(self.held[kind] for kind in CLASSES[stream])

    def forget(self, stream: Stream, up_to_id: int) -> None:
        """Let go of all rows up to an id."""
        self._sync(False)
        with self._transaction() as change:
            for kind in CLASSES[stream]:
                change[kind] -= self._sql.execute(f"DELETE FROM {kind} WHERE id <= ?", (up_to_id,)).rowcount  # noqa: S608
        self.forgotten[stream] = up_to_id

    def last_id(self, stream: Stream) -> int:
        """The highest id of a stream, 0 where it is empty."""
        return max(int(self._sql.execute(f"SELECT coalesce(max(id), 0) FROM {kind}").fetchone()[0]) for kind in CLASSES[stream])  # noqa: S608

    def boot_of(self, epoch: int) -> str | None:
        """During which boot of the machine an epoch's rows were made; None where it is not known."""
        found = self._sql.execute("SELECT boot FROM epochs WHERE epoch = ?", (epoch,)).fetchone()
        return None if found is None else str(found[0])

    def fact(self, name: str) -> str | None:
        """What was written under a name."""
        found = self._sql.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def put_fact(self, name: str, value: str) -> None:
        """Write something small under a name; rows make room for it."""
        told = "INSERT INTO facts VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        self._with_room("events", lambda: self._sql.execute(told, (name, value)))

    def close(self) -> None:
        """Let the file go; the WAL is folded in."""
        self._sql.close()


def _one_in(many: int, block: Sequence[Row]) -> list[Row]:
    """Of each track; and the last row of each epoch, for only a later number shows C2 that others are missing."""
    kept, seen = [], Counter[int]()
    for row, behind in zip_longest(block, block[1:]):
        if not seen[row[4]] % many or behind is None or behind[1] != row[1]:
            kept.append(row)
        seen[row[4]] += 1
    return kept


def _is_sound(row: tuple[object, ...]) -> bool:
    """Whether C2 can take it: of a spoiled row it would acknowledge nothing, and all behind it would wait for ever."""
    *numbers, payload = row
    fit = all(isinstance(number, int) and 0 <= number <= U63 for number in numbers)
    return fit and numbers[3] <= 2**53 and isinstance(payload, bytes) and len(payload) <= MOST_ROW_BYTES  # type: ignore[operator]


def _text(raw: bytes) -> str:
    """A spoiled text must not be an error of its own kind."""
    return raw.decode(errors="replace")


def _error(words: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error
