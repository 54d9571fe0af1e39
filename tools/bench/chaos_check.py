"""After the chaos: what C2 holds, beside what the nodes' own files say was safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from edge_node.publish import wire
from edge_node.publish.outbox import FILE as SPOOL
from edge_node.publish.reliable_wire import decode_event
from tools.bench import chaos_pump
from tools.c2.store import FILE as STORE

ROWS = "SELECT epoch, seq, stream, payload FROM rows JOIN nodes ON nodes.id = node WHERE name = ? ORDER BY rows.id"
PROGRESS = "SELECT epoch, stream, evicted FROM progress JOIN nodes ON nodes.id = node WHERE name = ?"


class Held:
    """One node's rows at C2."""

    def __init__(self, c2_dir: Path, node: str) -> None:
        with closing(sqlite3.connect(c2_dir / STORE)) as sql:
            rows = sql.execute(ROWS, (node,)).fetchall()
            progress = sql.execute(PROGRESS, (node,)).fetchall()
        self.rows: int = len(rows)
        self.history = [payload for _, _, stream, payload in rows if stream == "history"]
        self.events = [payload for _, _, stream, payload in rows if stream == "events"]
        self.evicted: dict[int, int] = {epoch: evicted for epoch, _, evicted in progress}
        self.events_evicted: int = sum(evicted for _, stream, evicted in progress if stream == "events")
        self._seqs: dict[int, list[int]] = {}
        for epoch, seq, *_ in rows:
            self._seqs.setdefault(epoch, []).append(seq)
        self.twice = self.rows - sum(len(set(seqs)) for seqs in self._seqs.values())
        self.disordered = sum(map(_behind_higher, self._seqs.values()))

    def kept_by_track(self) -> dict[int, list[float]]:
        """When each track's states in the history were made, in s."""
        times: dict[int, list[float]] = {}
        for payload in self.history:
            said = wire.decode_tracks(payload)
            for track in said["tracks"]:
                times.setdefault(track["number"], []).append(said["t_utc_ms"] / 1000)
        return times

    def lost(self, epoch: int, last: int) -> int:
        """How many of an epoch's rows up to `last` are neither here nor counted as evicted."""
        missing = last - len([seq for seq in self._seqs.get(epoch, ()) if seq <= last])
        return max(missing - self.evicted.get(epoch, 0), 0)


def _behind_higher(numbers: Iterable[int]) -> int:
    highest, found = 0, 0
    for number in numbers:
        found += number < highest
        highest = max(highest, number)
    return found


def committed(state_dir: Path) -> list[tuple[int, int]]:
    """Each epoch that a spool wrote, with the last of its numbers that lay on the disk at some time."""
    with closing(sqlite3.connect(state_dir / SPOOL)) as sql:
        return sql.execute("SELECT epoch, last FROM epochs").fetchall()


def lost(held: Held, state_dir: Path) -> int:
    """Rows that lay on a node's disk and are not at C2."""
    return sum(held.lost(epoch, last) for epoch, last in committed(state_dir))


class Numbers:
    """The pump's numbers, in the order of their arrival at C2."""

    def __init__(self, payloads: Iterable[bytes]) -> None:
        self.in_order = [int(decode_event(payload)["words"]) for payload in payloads]
        self.known = set(self.in_order)

    @property
    def twice(self) -> int:
        """How many came more than once."""
        return len(self.in_order) - len(self.known)

    @property
    def disordered(self) -> int:
        """How many came behind a higher one."""
        return _behind_higher(self.in_order)

    def lost(self, runs: Iterable[chaos_pump.Told]) -> int:
        """How many the pump called safe that did not come."""
        safe = (run.run * chaos_pump.RUN + number for run in runs for number in range(1, run.safe + 1))
        return sum(number not in self.known for number in safe)
