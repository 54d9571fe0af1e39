"""What C2 keeps, in SQLite, synced at each commit: every row of every node once, how far it holds each epoch, commands on their way."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edge_node.publish.reliable_schema import Row

FILE = "c2.db"
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 16777216;
CREATE TABLE IF NOT EXISTS nodes(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS rows(
    id INTEGER PRIMARY KEY, node INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, stream TEXT NOT NULL,
    t_utc_ms INTEGER, received_utc_ms INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE(node, epoch, seq));
CREATE TABLE IF NOT EXISTS progress(
    node INTEGER NOT NULL, epoch INTEGER NOT NULL, stream TEXT NOT NULL, held INTEGER NOT NULL, evicted INTEGER NOT NULL,
    PRIMARY KEY(node, epoch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commands(
    id TEXT PRIMARY KEY, node TEXT NOT NULL, name TEXT NOT NULL, arguments TEXT NOT NULL,
    issued_utc_ms INTEGER NOT NULL, until_utc_ms INTEGER NOT NULL, outcome TEXT, words TEXT);
CREATE INDEX IF NOT EXISTS open_commands ON commands(node) WHERE outcome IS NULL;
"""
MOST_EPOCHS_REMEMBERED = 10_000


def utc_ms() -> int:
    """Now, by this machine's clock."""
    return time.time_ns() // 1_000_000


class Store:
    """One file. Rows are added inside a transaction that `commit` ends; methods raise sqlite3.Error, and then nothing has changed."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = state_dir / FILE
        path.touch(mode=0o600)
        self._sql = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=False)
        self._sql.row_factory = sqlite3.Row
        self._sql.executescript(_SCHEMA)
        self._nodes: dict[str, int] = {}
        self._held: dict[tuple[int, int], int] = {}

    def _node(self, name: str) -> int:
        if name not in self._nodes:
            self._sql.execute("INSERT OR IGNORE INTO nodes(name) VALUES(?)", (name,))
            self._nodes[name] = int(self._sql.execute("SELECT id FROM nodes WHERE name = ?", (name,)).fetchone()["id"])
        return self._nodes[name]

    def begin(self) -> None:
        """Open a transaction, unless one is open."""
        if not self._sql.in_transaction:
            self._sql.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make all that was added since `begin` durable."""
        if self._sql.in_transaction:
            try:
                self._sql.execute("COMMIT")
            except sqlite3.Error:
                self.roll_back()
                raise

    def roll_back(self) -> None:
        """As if nothing had been added since `begin`."""
        if self._sql.in_transaction:
            self._sql.execute("ROLLBACK")
        self._nodes.clear()
        self._held.clear()

    def held(self, name: str, epoch: int) -> int:
        """Up to which number this node's epoch is held; 0 for one that is not known."""
        key = self._node(name), epoch
        if key not in self._held:
            if len(self._held) > MOST_EPOCHS_REMEMBERED:
                self._held.clear()
            found = self._sql.execute("SELECT held FROM progress WHERE node = ? AND epoch = ?", key).fetchone()
            self._held[key] = int(found["held"]) if found else 0
        return self._held[key]

    def add(self, name: str, epoch: int, stream: str, rows: Sequence[Row], utc_minus_mono_ms: int | None) -> list[Row]:
        """Keep those rows that are new, all of them behind what is held; which ones those were."""
        self.begin()
        node, held = self._node(name), self.held(name, epoch)
        new = [row for row in rows if row.seq > held]
        if not new:
            return new
        now, shift = utc_ms(), utc_minus_mono_ms
        self._sql.executemany(
            "INSERT INTO rows(node, epoch, seq, stream, t_utc_ms, received_utc_ms, payload) VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(node, epoch, row.seq, stream, None if shift is None else row.t_mono_ms + shift, now, row.payload) for row in new],
        )
        last = new[-1].seq
        self._sql.execute(
            "INSERT INTO progress VALUES(?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET held = excluded.held, evicted = evicted + excluded.evicted",
            (node, epoch, stream, last, last - held - len(new)),
        )
        self._held[node, epoch] = last
        return new

    def rows(self, stream: str, node: str | None = None, newest: int | None = None) -> Iterator[dict[str, Any]]:
        """What is kept of a stream, in the order of its arrival; with `newest` the last so many."""
        where = "WHERE stream = ? AND (? IS NULL OR nodes.name = ?)"
        inner = f"SELECT rows.*, nodes.name AS name FROM rows JOIN nodes ON nodes.id = rows.node {where} ORDER BY rows.id DESC LIMIT ?"  # noqa: S608
        for row in self._sql.execute(f"SELECT * FROM ({inner}) ORDER BY id", (stream, node, node, -1 if newest is None else newest)):  # noqa: S608
            yield dict(row)

    def progress(self, node: str | None = None) -> list[dict[str, Any]]:
        """How far each epoch of a node is held, and how many of its rows were evicted there."""
        found = self._sql.execute(
            "SELECT nodes.name AS name, progress.epoch, progress.stream, held, evicted FROM progress"
            " JOIN nodes ON nodes.id = progress.node WHERE ? IS NULL OR nodes.name = ?",
            (node, node),
        )
        return [dict(row) for row in found]

    def order(self, command_id: str, node: str, name: str, arguments: dict[str, Any], valid_s: float) -> None:
        """A command for a node, to be sent until it answers or the time is over."""
        now = utc_ms()
        told = (command_id, node, name, json.dumps(arguments), now, now + round(valid_s * 1000))
        self._sql.execute("INSERT INTO commands VALUES(?, ?, ?, ?, ?, ?, NULL, NULL)", told)

    def open_commands(self) -> list[dict[str, Any]]:
        """Commands without an outcome, the oldest first; those whose time is over get theirs here."""
        self._sql.execute(
            "UPDATE commands SET outcome = 'expired', words = 'the node did not answer in time' WHERE outcome IS NULL AND until_utc_ms < ?",
            (utc_ms(),),
        )
        found = self._sql.execute("SELECT * FROM commands WHERE outcome IS NULL ORDER BY issued_utc_ms LIMIT 1000")
        return [dict(row) | {"arguments": json.loads(row["arguments"])} for row in found]

    def command(self, command_id: str) -> dict[str, Any] | None:
        """One command, with its outcome where it has one."""
        found = self._sql.execute("SELECT * FROM commands WHERE id = ?", (command_id,)).fetchone()
        return dict(found) if found else None

    def answered(self, node: str, command_id: str, outcome: str, words: str) -> bool:
        """Note what the node says became of a command of its own; whether that was open, or only timed out here."""
        self.begin()
        changed = self._sql.execute(
            "UPDATE commands SET outcome = ?, words = ?"
            " WHERE id = ? AND node = ? AND (outcome IS NULL OR outcome IN ('expired', 'started'))",
            (outcome, words, command_id, node),
        )
        return changed.rowcount > 0

    def close(self) -> None:
        """Let the file go; what was not committed is not kept."""
        self._sql.close()
