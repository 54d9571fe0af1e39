from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from edge_node.publish import spool_file
from edge_node.publish.spool_file import BLOCK, DISK_KEPT_BYTES, LEAST_PAGES, PAGE_BYTES, Kind, Row, SpoolFile, is_full
from tests.small_disk import small_disk

SMALL = LEAST_PAGES * PAGE_BYTES
EPOCH = 7


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SpoolFile]:
    """A spool file of the least size."""
    opened = SpoolFile(tmp_path / "spool" / "spool.db", SMALL)
    yield opened
    opened.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[SpoolFile]:
    """A spool file of several blocks."""
    opened = SpoolFile(tmp_path / "large.db", 2 << 20)
    yield opened
    opened.close()


def rows(kind: Kind, first: int, count: int, *, lanes: int = 1, size: int = 100) -> list[tuple[Kind, Row]]:
    return [(kind, (number, EPOCH, number, number, number % lanes, bytes(size))) for number in range(first, first + count)]


def ids(file: SpoolFile, stream: str = "history") -> list[int]:
    return [row[0] for row in file.rows("history" if stream == "history" else "events", 0, 100_000)]


def fill_with_history(file: SpoolFile, *, lanes: int = 4, size: int = 100) -> int:
    """Insert until something had to go; how many were put."""
    put = 0
    while not file.evicted["history"]:
        file.insert("history", rows("history", put + 1, 100, lanes=lanes, size=size), "boot", durable=False)
        put += 100
    return put


def test_what_is_put_is_read_in_order_and_forgotten_up_to_an_id(file: SpoolFile) -> None:
    mixed = [(kind, row) for (kind, row) in sorted(rows("events", 1, 50) + rows("rumours", 51, 50), key=lambda one: one[1][0] % 50)]
    renumbered = [(kind, (place, *row[1:2], place, *row[3:])) for place, (kind, row) in enumerate(mixed, 1)]
    file.insert("events", renumbered, "boot", durable=True)
    assert file.rows("events", 0, 1000) == [row for _, row in renumbered]
    assert [row[0] for row in file.rows("events", 90, 5)] == [91, 92, 93, 94, 95]
    assert file.rows("history", 0, 10) == []
    file.forget("events", 60)
    assert ids(file, "events") == list(range(61, 101))
    assert (file.count("events"), file.count("history"), file.last_id("events")) == (40, 0, 100)


def test_thinning_keeps_every_second_state_of_each_track_the_oldest_block_first(large: SpoolFile) -> None:
    file = large
    put = fill_with_history(file)
    held = ids(file)
    assert len(held) == put - file.evicted["history"] == file.count("history")
    old, new = [number for number in held if number <= BLOCK], [number for number in held if number > BLOCK]
    assert new == list(range(BLOCK + 1, put + 1)), "what is newer than the block is whole"
    for lane in range(4):
        states = [number for number in range(1, BLOCK + 1) if number % 4 == lane]
        assert [number for number in old if number % 4 == lane and number != BLOCK] == states[::2], "a block's last row stays"


def test_thinning_goes_on_block_by_block_and_pass_by_pass_and_pages_come_free(large: SpoolFile) -> None:
    file = large
    put = fill_with_history(file)
    for _ in range(300):
        file.insert("history", rows("history", put + 1, 100, lanes=4), "boot", durable=False)
        put += 100
    held = ids(file)
    assert len(held) == put - file.evicted["history"]
    assert held[-100:] == list(range(put - 99, put + 1))
    thirds = Counter(number * 3 // (put + 1) for number in held)
    assert 0 < thirds[0] < thirds[2], "older history is thinner, and some of it is there still"
    assert max(after - before for before, after in pairwise(held)) < put / 20, "there is no long hole"


def test_the_file_keeps_within_its_cap(file: SpoolFile, tmp_path: Path) -> None:
    fill_with_history(file, size=2000)
    for kind in ("rumours", "events"):
        for first in range(1, 1000, 50):
            base = first + (0 if kind == "rumours" else 10_000)
            file.insert("events", rows(kind, base, 50, size=1000), "boot", durable=True)  # type: ignore[arg-type]
    assert (tmp_path / "spool" / "spool.db").stat().st_size <= SMALL


def test_history_goes_before_rumours_and_rumours_before_events(file: SpoolFile) -> None:
    fill_with_history(file)
    gone: list[Kind] = []
    seen: Counter[Kind] = Counter(file.evicted)
    for number in range(400):
        kind: Kind = "rumours" if number < 100 else "events"
        file.insert("events", rows(kind, 1 + number * 10, 10, size=200), "boot", durable=False)
        went = [one for one in file.evicted if file.evicted[one] > seen[one]]
        gone += [one for one in went if one not in gone]
        assert not ({"rumours", "events"} & set(went) and file.count("history")), "no event goes while there is history"
        seen = Counter(file.evicted)
    assert gone == ["history", "rumours", "events"]
    assert file.held["history"] == file.held["rumours"] == 0
    newest = ids(file, "events")
    assert newest == list(range(newest[0], 4001)), "of the events the oldest went"


def test_history_never_makes_an_event_go(file: SpoolFile) -> None:
    number = 0
    while not file.evicted["events"]:
        file.insert("events", rows("events", number * 50 + 1, 50), "boot", durable=False)
        number += 1
    before, gone = ids(file, "events"), Counter(file.evicted)
    for first in range(1, 10_000, 100):
        file.insert("history", rows("history", first, 100), "boot", durable=False)
    with pytest.raises(sqlite3.OperationalError) as raised:
        file.insert("history", rows("history", 10_001, 100, size=2000), "boot", durable=False)
    assert is_full(raised.value)
    assert ids(file, "events") == before
    assert file.evicted["events"] == gone["events"]


def test_a_transaction_that_fails_changes_nothing(file: SpoolFile) -> None:
    file.insert("events", rows("events", 1, 10), "boot", durable=True)
    before = (file.rows("events", 0, 100), Counter(file.held), file.boot_of(EPOCH))
    again = [*rows("events", 11, 5), *rows("events", 10, 1)]
    with pytest.raises(sqlite3.IntegrityError):
        file.insert("events", again, "another boot", durable=True)
    assert (file.rows("events", 0, 100), Counter(file.held), file.boot_of(EPOCH)) == before
    with pytest.raises(OverflowError):
        file.insert("events", rows("events", 2**63, 1), "boot", durable=True)
    file.insert("events", rows("events", 11, 5), "boot", durable=True)
    assert file.count("events") == 15


def test_a_fact_finds_room_where_rows_took_all(file: SpoolFile) -> None:
    fill_with_history(file)
    file.put_fact("commands", "x" * 60_000)
    file.put_fact("commands", "y" * 120_000)
    assert file.fact("commands") == "y" * 120_000
    assert file.fact("nothing") is None


def test_all_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    file = SpoolFile(path, SMALL)
    file.insert("events", rows("events", 1, 20), "boot", durable=True)
    file.insert("history", rows("history", 1, 30), "boot", durable=False)
    file.forget("events", 5)
    file.put_fact("name", "value")
    file.close()
    again = SpoolFile(path, SMALL)
    assert (again.count("events"), again.count("history"), again.last_id("events")) == (15, 30, 20)
    assert (again.fact("name"), again.boot_of(EPOCH), again.boot_of(8)) == ("value", "boot", None)
    again.close()


def test_the_newest_epochs_are_known_with_their_boot_and_their_last_number(file: SpoolFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_file, "EPOCHS_KEPT", 4)
    for epoch in range(10):
        row: Row = (epoch + 1, epoch, 1, 0, 0, b"")
        file.insert("events", [("events", row)], f"boot {epoch}", durable=True)
    file.insert("events", [("events", (11, 9, 2, 0, 0, b""))], "boot 9", durable=True)
    assert [file.boot_of(epoch) for epoch in range(10)] == [None] * 6 + [f"boot {epoch}" for epoch in range(6, 10)]
    assert file._sql.execute("SELECT last FROM epochs ORDER BY number").fetchall() == [(1,), (1,), (1,), (2,)]


def test_nobody_else_may_open_it_and_nobody_else_may_read_it(file: SpoolFile, tmp_path: Path) -> None:
    file.insert("events", rows("events", 1, 1), "boot", durable=True)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        SpoolFile(tmp_path / "spool" / "spool.db", SMALL)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "spool", *(tmp_path / "spool").iterdir())} == {0}


def test_where_its_disk_has_little_left_it_grows_no_more_but_goes_on(tmp_path: Path) -> None:
    mebibytes = (DISK_KEPT_BYTES >> 20) + 3
    with small_disk(tmp_path / "disk", mebibytes) as disk:
        file = SpoolFile(disk / "spool.db", 1 << 30)
        put = fill_with_history(file, size=1000)
        for first in range(1, 5000, 500):
            file.insert("events", rows("events", first, 500, size=200), "boot", durable=True)
        assert file.evicted["events"] == 0 < file.evicted["history"] < put
        assert file.count("events") == 5000
        file.forget("events", 5000)
        assert file.count("events") == 0
        file.close()
