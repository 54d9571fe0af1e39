from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_node.publish.reliable_schema import Row
from tests.small_disk import fill, small_disk
from tools.c2 import store as module
from tools.c2.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path)
    yield opened
    opened.close()


def rows(*seqs: int, payload: bytes = b"x") -> list[Row]:
    return [Row(seq, seq * 1000, payload) for seq in seqs]


def seqs(store: Store, stream: str = "events", node: str | None = None) -> list[int]:
    return [row["seq"] for row in store.rows(stream, node)]


def test_each_row_is_kept_once_and_numbers_left_out_are_counted(store: Store) -> None:
    assert store.held("roof", 7) == 0
    assert store.add("roof", 7, "events", rows(1, 2, 5), 100) == rows(1, 2, 5)
    assert store.add("roof", 7, "events", rows(2, 5, 6), 100) == rows(6)
    assert store.add("roof", 7, "events", rows(1, 6), 100) == []
    store.commit()
    assert (store.held("roof", 7), seqs(store)) == (6, [1, 2, 5, 6])
    assert store.progress("roof") == [{"name": "roof", "epoch": 7, "stream": "events", "held": 6, "evicted": 2}]
    assert [row["t_utc_ms"] for row in store.rows("events")] == [1100, 2100, 5100, 6100]


def test_nodes_epochs_and_streams_are_apart(store: Store) -> None:
    store.add("roof", 7, "events", rows(1), None)
    store.add("roof", 8, "history", rows(1, 2), None)
    store.add("yard", 7, "events", rows(1, 2, 3), None)
    store.commit()
    assert (seqs(store), seqs(store, node="yard"), seqs(store, "history")) == ([1, 1, 2, 3], [1, 2, 3], [1, 2])
    assert [store.held(*one) for one in (("roof", 7), ("roof", 8), ("yard", 7), ("yard", 8))] == [1, 2, 3, 0]
    assert [row["seq"] for row in store.rows("events", newest=2)] == [2, 3]
    assert {row["t_utc_ms"] for row in store.rows("events")} == {None}


def test_what_is_not_committed_is_not_held(store: Store, tmp_path: Path) -> None:
    store.add("roof", 7, "events", rows(1), None)
    store.commit()
    store.add("roof", 7, "events", rows(2, 3), None)
    assert store.held("roof", 7) == 3
    store.roll_back()
    assert (store.held("roof", 7), seqs(store)) == (1, [1])
    store.add("roof", 7, "events", rows(2), None)
    store.close()
    again = Store(tmp_path)
    assert (again.held("roof", 7), seqs(again)) == (1, [1])
    again.close()


def test_many_epochs_take_no_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EPOCHS_REMEMBERED", 100)
    for epoch in range(1000):
        store.add("roof", epoch, "events", rows(1, 2), None)
        assert len(store._held) <= 102
    store.commit()
    assert {store.held("roof", epoch) for epoch in range(1000)} == {2}


def test_the_longest_numbers_are_kept(store: Store) -> None:
    highest = 2**63 - 1
    told = [Row(highest, 2**53, b"")]
    assert store.add("roof", highest, "events", told, -(2**53)) == told
    assert store.add("roof", highest, "events", told, 2**53) == []
    store.commit()
    assert store.held("roof", highest) == highest


def test_a_full_disk_keeps_nothing_halfway_and_recovers(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        store = Store(disk)
        store.add("roof", 7, "events", rows(1), None)
        store.commit()
        ballast = fill(disk)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            add_many(store)
        store.roll_back()
        assert (store.held("roof", 7), seqs(store)) == (1, [1])
        ballast.unlink()
        store.add("roof", 7, "events", rows(2, 3), None)
        store.commit()
        assert seqs(store) == [1, 2, 3]
        store.close()


def add_many(store: Store) -> None:
    store.add("roof", 7, "events", rows(*range(2, 500), payload=bytes(10_000)), None)
    store.commit()


def outcome(store: Store, command_id: str) -> tuple[str | None, str | None]:
    found = store.command(command_id)
    assert found is not None
    return found["outcome"], found["words"]


def test_a_command_is_open_until_its_own_node_answers(store: Store) -> None:
    store.order("c1", "roof", "record", {"seconds": 5.0}, 60)
    (told,) = store.open_commands()
    assert (told["id"], told["node"], told["name"], told["arguments"]) == ("c1", "roof", "record", {"seconds": 5.0})
    assert not store.answered("yard", "c1", "done", "forged")
    assert not store.answered("roof", "c2", "done", "no such command")
    store.commit()
    assert outcome(store, "c1") == (None, None)
    assert store.answered("roof", "c1", "started", "for 5 s")
    assert store.answered("roof", "c1", "done", "9 bytes")
    assert not store.answered("roof", "c1", "failed", "too late")
    store.commit()
    assert outcome(store, "c1") == ("done", "9 bytes")
    assert store.open_commands() == []
    assert store.command("c9") is None


def test_a_command_whose_time_is_over_expires_and_a_late_answer_counts(store: Store) -> None:
    store.order("c1", "roof", "report", {}, -1)
    assert store.open_commands() == []
    assert outcome(store, "c1") == ("expired", "the node did not answer in time")
    assert store.answered("roof", "c1", "done", "late")
    store.commit()
    assert outcome(store, "c1") == ("done", "late")


def test_two_processes_share_it_and_nobody_else_may_read_it(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path)
    for number in range(20):
        store.add("roof", 7, "events", rows(number + 1), None)
        store.commit()
        other.order(f"c{number}", "roof", "report", {}, 60)
    assert len(store.open_commands()) == 20
    assert seqs(other) == list(range(1, 21))
    other.close()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("c2.db*")} == {0}
