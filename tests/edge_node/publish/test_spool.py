from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise, takewhile
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge_node.publish import reliable_schema as schema
from edge_node.publish.reliable_wire import message, read_up
from edge_node.publish.spool import MOST_HELD_BYTES, RETRY_NS, STREAMS, Spool
from edge_node.publish.spool_file import Row, Stream
from tests.small_disk import fill, set_writable, small_disk

SECOND_NS = 1_000_000_000
MOST_BYTES = 1 << 20


def drained(spool: Spool, stream: Stream, now_ns: int = 10**15) -> Iterator[Row]:
    """All rows as C2 would get them and acknowledge them; each batch is one that C2 can read."""
    while spool.backlog(stream):
        rows = spool.rows(stream, 0, 200)
        now_ns += 2 * RETRY_NS
        spool.commit(now_ns)
        if not rows:
            continue
        batch = list(takewhile(lambda row: row[1] == rows[0][1], rows))  # noqa: B023
        assert all(one[2] < other[2] for one, other in pairwise(batch))
        told = [(row[2], row[3], row[5]) for row in batch]
        said = message(schema.Rows, epoch=batch[0][1], stream=stream, after=0, t_utc_ms=0, clock_sigma_s=None, rows=told)
        assert isinstance(read_up(said), schema.Rows)
        spool.done(stream, batch[-1][0])
        yield from batch


def numbers(rows: Iterator[Row]) -> list[int]:
    return [int(row[5][:8]) for row in rows]


def put(spool: Spool, stream: Stream, first: int, count: int, *, size: int = 8, t_mono_ns: int = SECOND_NS) -> None:
    for number in range(first, first + count):
        spool.put(stream, b"%08d" % number + bytes(size - 8), t_mono_ns)


class SpoolMachine(RuleBasedStateMachine):
    """A spool beside a list for each stream, whatever comes in whatever order, and the process ending in between."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="spool-"))
        self.now_ns, self.count = SECOND_NS, 0
        self.waiting: dict[Stream, list[tuple[int, bytes]]] = {stream: [] for stream in STREAMS}
        self.epochs: list[int] = []
        self.open()

    def open(self) -> None:
        self.spool = Spool(self.folder / "spool.db", 64 << 20)
        self.seqs = dict.fromkeys(STREAMS, 0)
        assert not self.spool.words

    @rule(stream=st.sampled_from(STREAMS), count=st.integers(1, 40), size=st.integers(0, 300), rumour=st.booleans())
    def put(self, stream: Stream, count: int, size: int, rumour: bool) -> None:
        for _ in range(count):
            self.count += 1
            payload = b"%d " % self.count + bytes(size)
            self.spool.put(stream, payload, self.now_ns, lane=self.count % 3, rumour=rumour)
            self.seqs[stream] += 1
            self.waiting[stream].append((self.seqs[stream], payload))

    @rule(passed_s=st.floats(0, 5))
    def commit(self, passed_s: float) -> None:
        self.now_ns += round(passed_s * 1e9)
        self.spool.commit(self.now_ns)
        if passed_s > 2:
            assert self.spool.safe_seq("events") == self.seqs["events"]

    @rule(stream=st.sampled_from(STREAMS), most=st.integers(1, 60), skip=st.integers(0, 10))
    def read(self, stream: Stream, most: int, skip: int) -> None:
        rows = self.spool.rows(stream, 0, most)
        assert [(row[2], row[5]) for row in rows] == self.waiting[stream][:most]
        assert [row[0] for row in rows] == sorted({row[0] for row in rows})
        for one, other in pairwise(rows):
            assert (one[1] == other[1]) == (one[2] < other[2])
        if skip < len(rows):
            behind = self.spool.rows(stream, rows[skip][0], most)
            assert [(row[2], row[5]) for row in behind] == self.waiting[stream][skip + 1 : skip + 1 + most]

    @rule(stream=st.sampled_from(STREAMS), part=st.floats(0, 1))
    def done(self, stream: Stream, part: float) -> None:
        rows = self.spool.rows(stream, 0, 100)
        held = rows[: round(part * len(rows))]
        if held:
            self.spool.done(stream, held[-1][0])
            del self.waiting[stream][: len(held)]

    @rule(orderly=st.booleans())
    def restart(self, orderly: bool) -> None:
        """In order all is there again; at a crash what was not committed is gone, and no more."""
        if orderly:
            self.spool.commit(self.now_ns, last=True)
        else:
            for stream in STREAMS:
                lost = self.seqs[stream] - self.spool.safe_seq(stream)
                unwritten = [row for row in self.waiting[stream] if row in self.waiting[stream][-lost:]] if lost else []
                self.waiting[stream] = self.waiting[stream][: len(self.waiting[stream]) - len(unwritten)]
        self.spool.close()
        self.open()

    @precondition(lambda self: hasattr(self, "spool"))
    @invariant()
    def counts(self) -> None:
        assert {stream: self.spool.backlog(stream) for stream in STREAMS} == {stream: len(self.waiting[stream]) for stream in STREAMS}
        assert not self.spool.words
        assert not self.spool.incidents
        assert not self.spool.evicted()

    def teardown(self) -> None:
        self.spool.close()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


TestSpoolAgainstAList = SpoolMachine.TestCase
TestSpoolAgainstAList.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


def test_epochs_differ_and_rows_say_whether_they_are_of_this_boot(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool.db", MOST_BYTES)
    put(first, "events", 1, 1)
    first.commit(2 * SECOND_NS)
    first.close()
    second = Spool(tmp_path / "spool.db", MOST_BYTES)
    assert len({spool.epoch(stream) for spool in (first, second) for stream in STREAMS}) == 4
    assert second.is_of_this_boot(first.epoch("events"))
    assert second.is_of_this_boot(second.epoch("history"))
    assert not second.is_of_this_boot(12345)
    second.boot = "after the next reboot"
    put(second, "events", 2, 1)
    second.commit(4 * SECOND_NS)
    assert second.is_of_this_boot(second.epoch("events"))
    assert not second.is_of_this_boot(first.epoch("events"))
    second.close()


def test_rows_that_are_acknowledged_in_time_never_touch_the_disk(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", MOST_BYTES)
    put(spool, "history", 1, 10)
    spool.commit(SECOND_NS + 1)
    spool.done("history", spool.rows("history", 0, 10)[-1][0])
    spool.commit(9 * SECOND_NS)
    assert spool.backlog("history") == 0
    spool.close()
    with closing(sqlite3.connect(tmp_path / "spool.db")) as sql:
        assert sql.execute("SELECT count(*) FROM epochs").fetchone() == (0,), "an epoch is noted with its first row"


def test_what_is_too_long_for_c2_is_dropped_and_said(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", MOST_BYTES)
    spool.put("events", bytes(schema.MOST_ROW_BYTES), SECOND_NS)
    spool.put("events", bytes(schema.MOST_ROW_BYTES + 1), SECOND_NS)
    assert spool.backlog("events") == 1
    assert "dropped" in spool.incidents[0]
    spool.close()


def test_large_rows_go_through_a_small_file_and_the_newest_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", MOST_BYTES)
    put(spool, "events", 1, 1000, size=4000)
    spool.commit(3 * SECOND_NS)
    assert (spool.words, spool.safe_seq("events")) == ("", 1000)
    gone = spool.evicted()["events"]
    assert 0 < gone < 850
    assert spool.backlog("events") == 1000 - gone
    spool.close()
    again = Spool(tmp_path / "spool.db", MOST_BYTES)
    assert numbers(drained(again, "events")) == list(range(gone + 1, 1001))
    again.close()


def test_memory_is_bounded_history_goes_first_and_it_is_counted(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    spool = Spool(tmp_path / "no folder" / "spool.db", MOST_BYTES)
    assert "cannot be written" in spool.words
    put(spool, "events", 1, 2000)
    put(spool, "history", 1, 30_000, size=100)
    assert spool.evicted()["history"] > 0 == spool.evicted()["events"]
    put(spool, "events", 2001, 30_000, size=100)
    evicted = spool.evicted()
    assert evicted["history"] == 30_000
    assert spool.backlog("history") == 0
    assert spool.backlog("events") == 32_000 - evicted["events"]
    assert spool.backlog("events") * 400 <= MOST_HELD_BYTES + 400
    assert numbers(drained(spool, "events"))[-1] == 32_000


def test_a_file_that_cannot_be_opened_is_tried_once_a_second(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    spool = Spool(tmp_path / "no folder" / "spool.db", MOST_BYTES)
    now_ns = 5000 * SECOND_NS
    put(spool, "events", 1, 3, t_mono_ns=now_ns)
    spool.commit(now_ns + SECOND_NS)
    due_ns = spool.due_ns()
    assert due_ns is not None
    assert due_ns >= now_ns + SECOND_NS + RETRY_NS
    (tmp_path / "no folder").unlink()
    spool.commit(due_ns)
    assert spool.words == ""
    assert spool.safe_seq("events") == 3
    spool.close()


def test_what_an_earlier_run_left_comes_first_even_if_its_file_opens_late(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    before = Spool(path, MOST_BYTES)
    put(before, "events", 1, 50)
    put(before, "history", 1, 50)
    before.commit(SECOND_NS, last=True)
    spool = Spool(path, MOST_BYTES)
    assert "locked" in spool.words
    put(spool, "events", 51, 20)
    put(spool, "history", 51, 20)
    sent = spool.rows("events", 0, 5)
    spool.done("events", sent[-1][0])
    assert [int(row[5]) for row in sent] == [51, 52, 53, 54, 55]
    before.close()
    renumbered = spool.renumbered
    spool.commit(9 * SECOND_NS)
    assert (spool.words, spool.renumbered) == ("", renumbered + 1)
    assert numbers(drained(spool, "events")) == [*range(1, 51), *range(56, 71)]
    assert numbers(drained(spool, "history")) == list(range(1, 71))
    spool.close()


def test_a_full_disk_loses_nothing_and_ends_no_delivery(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk:
        spool = Spool(disk / "spool.db", 64 << 20)
        put(spool, "events", 1, 1000, size=100)
        spool.commit(3 * SECOND_NS)
        ballast = fill(disk)
        now_ns = 10 * SECOND_NS
        for first in range(1001, 8_001, 1000):
            put(spool, "events", first, 1000, size=500, t_mono_ns=now_ns)
            now_ns += 2 * SECOND_NS
            spool.commit(now_ns)
        assert "full" in spool.words
        rows = drained(spool, "events", now_ns)
        assert [int(next(rows)[5][:8]) for _ in range(2000)] == list(range(1, 2001))
        ballast.unlink()
        assert numbers(rows) == list(range(2001, 8_001))
        put(spool, "events", 8_001, 10, t_mono_ns=2 * 10**15)
        spool.commit(3 * 10**15)
        assert (spool.words, spool.safe_seq("events"), spool.backlog("events")) == ("", 8_010, 10)
        assert not spool.evicted()
        spool.close()


def test_a_file_that_cannot_be_written_any_more_is_said_and_taken_up_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk:
        spool = Spool(disk / "spool.db", MOST_BYTES)
        put(spool, "events", 1, 10)
        spool.commit(3 * SECOND_NS)
        spool.close()
        set_writable(disk, False)
        spool = Spool(disk / "spool.db", MOST_BYTES)
        put(spool, "events", 11, 10)
        spool.commit(9 * SECOND_NS)
        assert "cannot be written" in spool.words
        set_writable(disk, True)
        spool.commit(20 * SECOND_NS)
        assert (spool.words, spool.safe_seq("events")) == ("", 10)
        assert numbers(drained(spool, "events")) == list(range(1, 21))
        spool.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a spool with 600 rows in each stream."""
    path = tmp_path_factory.mktemp("whole") / "spool.db"
    spool = Spool(path, MOST_BYTES)
    for number in range(600):
        spool.put("events", b"%08d" % number + bytes(number % 90), SECOND_NS, rumour=number % 3 == 0)
        spool.put("history", b"%08d" % number + bytes(number % 50), SECOND_NS, lane=number % 5)
    spool.put_fact("name", "value")
    spool.commit(SECOND_NS, last=True)
    spool.close()
    return path.read_bytes()


def damaged(whole: bytes, chance: Random) -> bytes:
    """Cut, blanked, or overwritten here and there."""
    data = bytearray(whole)
    match chance.randrange(4):
        case 0:
            del data[chance.randrange(len(data)) :]
        case 1:
            first = chance.randrange(len(data) // 4096) * 4096
            data[first : first + 4096] = bytes(4096)
        case _:
            for _ in range(chance.choice((1, 3, 30))):
                data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def is_delivered_or_said(path: Path) -> None:
    """Of what was written before, and of what is written from now on."""
    spool = Spool(path, MOST_BYTES)
    spool.fact("name")
    rows = [row for stream in STREAMS for row in drained(spool, stream)]
    said = " ".join(spool.incidents)
    assert len(rows) == 1200 or ("was spoiled" in said and path.with_suffix(".spoiled").is_file()), (len(rows), spool.words)
    put(spool, "events", 1, 5)
    spool.commit(2 * 10**15)
    spool.commit(3 * 10**15)
    assert spool.words == ""
    spool.close()
    again = Spool(path, MOST_BYTES)
    assert numbers(drained(again, "events")) == [1, 2, 3, 4, 5]
    again.close()


@pytest.mark.parametrize("seed", range(40))
def test_a_spoiled_file_is_set_aside_and_said_or_all_of_it_is_delivered(seed: int, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(damaged(whole, Random(seed)))
    is_delivered_or_said(path)


@pytest.mark.parametrize("size", [512, 4095, 4096, 4097, 8192, 40_000, -4096, -1])
def test_a_file_that_was_cut_is_set_aside_and_said_or_all_of_it_is_delivered(size: int, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(whole[:size])
    is_delivered_or_said(path)


@pytest.mark.parametrize("data", [b"", b"x", b"no database" * 1000])
def test_a_file_that_is_none_of_ours_is_begun_anew(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(data)
    spool = Spool(path, MOST_BYTES)
    put(spool, "events", 1, 5)
    spool.commit(5 * SECOND_NS)
    assert spool.words == ""
    assert bool(spool.incidents) == (len(data) > 1)
    assert numbers(drained(spool, "events")) == [1, 2, 3, 4, 5]
    spool.close()


def _out_of_reach(path: Path) -> Path:
    """A folder stands in the place of the file, which lies elsewhere."""
    hidden = path.with_suffix(".hidden")
    path.rename(hidden)
    path.mkdir()
    return hidden


def test_rows_wait_for_older_ones_in_a_file_that_is_out_of_reach_for_a_while(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, 8 << 20)
    for number in range(20):
        spool.put("events", bytes([number]), SECOND_NS)
    spool.commit(2 * SECOND_NS, last=True)
    spool.put("events", b"new", 3 * SECOND_NS)
    hidden = _out_of_reach(path)
    assert spool._file is not None
    spool._file._sql.close()
    spool.commit(4 * SECOND_NS)
    assert "cannot be written" in spool.words
    assert (spool.rows("events", 0, 500), spool.backlog("events")) == ([], 21)
    path.rmdir()
    hidden.rename(path)
    spool.commit(6 * SECOND_NS)
    assert [row[2] for row in spool.rows("events", 0, 500)] == list(range(1, 22))
    spool.close()


def test_a_file_that_stays_out_of_reach_keeps_its_rows_for_the_next_start_and_new_ones_go_without_them(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, 8 << 20)
    for number in range(20):
        spool.put("events", bytes([number]), SECOND_NS)
    spool.commit(2 * SECOND_NS, last=True)
    old = spool.epoch("events")
    spool.put("events", b"new", 3 * SECOND_NS)
    hidden = _out_of_reach(path)
    assert spool._file is not None
    spool._file._sql.close()
    for second in range(4, 70):
        spool.commit(second * SECOND_NS)
    ((_, epoch, seq, *_, payload),) = spool.rows("events", 0, 500)
    assert (epoch != old, seq, payload) == (True, 1, b"new")
    assert "20 rows stay in it" in spool.incidents[-1]
    spool.close()
    path.rmdir()
    hidden.rename(path)
    again = Spool(path, 8 << 20)
    assert [(row[1], row[2]) for row in again.rows("events", 0, 500)] == [(old, number) for number in range(1, 21)]
    again.close()
