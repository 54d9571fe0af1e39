from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Gate

import pytest
import zmq

from edge_node.config import C2Table
from edge_node.publish import outbox as module
from edge_node.publish.keys import KeyPair
from edge_node.publish.outbox import FILE, MOST_WAITING, Outbox
from edge_node.publish.reliable_schema import Command
from edge_node.publish.spool import Spool
from tests.tools.c2.helpers import CLOCK, event_payload, new_keys, serving, until, words_of
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event
from tools.c2.station import Station

NODE, SERVER = new_keys(), new_keys()
COMMANDS = ("report", "record", "live_rate", "point", "reload")


@contextmanager
def outbox(folder: Path, c2: Station | None = None, keys: KeyPair = NODE, commands: tuple[str, ...] = COMMANDS) -> Iterator[Outbox]:
    """The reliable plane in its thread."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    table = C2Table(
        reliable=c2.reliable_endpoint if c2 else None,
        server_key=SERVER.public,
        heartbeat_s=0.2,
        handshake_s=1,
        commands=commands,  # type: ignore[arg-type]
    )
    box = Outbox(table, keys, context, state_dir=folder, name="roof")
    box.tell_clock(CLOCK)
    try:
        yield box
    finally:
        box.close()
        context.term()


@pytest.fixture
def c2(tmp_path: Path) -> Iterator[Station]:
    """A C2 that lets the node in."""
    Enrolment(tmp_path / "c2").enrol("roof", NODE.public)
    with serving(tmp_path / "c2", SERVER) as station:
        yield station


def put(box: Outbox, first: int, last: int) -> None:
    for number in range(first, last + 1):
        box.put("events", event_payload(f"row {number}"), time.monotonic_ns())


def spooled(folder: Path) -> list[bytes]:
    spool = Spool(folder / FILE, 1 << 20)
    found = [row[5] for row in spool.rows("events", 0, 100_000)]
    spool.close()
    return found


def test_what_is_put_arrives_and_is_counted(tmp_path: Path, c2: Station) -> None:
    heard: list[Event] = []
    with outbox(tmp_path, c2) as box:
        put(box, 1, 500)
        for number in range(20):
            box.put("history", b"\x90", time.monotonic_ns(), lane=number)
        until(lambda: box.counters()["spool_rows"] == 0 and c2.totals["rows"] == 520, lambda: heard.extend(c2.events(0.02)))
        counters = box.counters()
        assert "connected" in box.words
        assert box.problem == ""
    assert words_of(heard) == [f"row {number}" for number in range(1, 501)]
    assert counters["reliable_rows_sent"] == 520
    assert counters["reliable_connections"] == 1
    assert counters["spool_evicted_events"] == counters["spool_dropped_events"] == counters["reliable_silences"] == 0


def test_at_an_orderly_end_no_row_is_lost(tmp_path: Path) -> None:
    payloads = [event_payload(f"row {number}") for number in range(3000)]
    with outbox(tmp_path) as box:
        for payload in payloads:
            box.put("events", payload, time.monotonic_ns())
        box.remember("configuration", "aaa")
    assert spooled(tmp_path) == payloads
    with outbox(tmp_path) as again:
        assert again.recalled("configuration") == "aaa"
        until(lambda: "3000 rows wait for C2" in again.words, lambda: time.sleep(0.01))


def test_what_hangs_holds_up_neither_put_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "END_WITHIN_S", 0.3)
    gate, hangs = Gate(), Gate()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    box = Outbox(C2Table(), NODE, context, state_dir=tmp_path, name="roof")

    def hang() -> None:
        hangs.set()
        gate.wait()

    box._do(hang)  # the disk, say
    assert hangs.wait(5)
    begun_s = time.monotonic()
    for _ in range(MOST_WAITING + 100):
        box.put("events", b"e", time.monotonic_ns())
        box.put("history", b"h", time.monotonic_ns())
    assert box.counters()["spool_dropped_events"] > 0
    assert box.counters()["spool_dropped_history"] >= MOST_WAITING // 2
    assert box.alive
    box.close()
    assert time.monotonic() - begun_s < 10
    assert "hangs" in caplog.text
    gate.set()
    box._thread.join(10)
    assert not box._thread.is_alive()
    context.term()
    assert len(spooled(tmp_path)) > MOST_WAITING // 2


def test_a_file_that_was_spoiled_is_an_incident(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with outbox(tmp_path) as box:
        (said,) = box.incidents()
        assert "was spoiled" in said
        assert box.incidents() == []


def test_a_spool_that_cannot_be_written_is_a_problem_and_rows_arrive_all_the_same(tmp_path: Path, c2: Station) -> None:
    (tmp_path / FILE.parts[0]).write_text("in the way")
    heard: list[Event] = []
    with outbox(tmp_path, c2) as box:
        put(box, 1, 50)
        until(lambda: len(words_of(heard)) == 50 and "cannot be written" in box.problem, lambda: heard.extend(c2.events(0.02)))


def taken(box: Outbox, c2: Station) -> tuple[Command, object]:
    """The next command that the hub is to do."""
    until(lambda: not box.commands.empty(), lambda: list(c2.events(0.02)))
    return box.commands.get_nowait()


def test_a_command_is_handed_on_once_and_answered_again_after_a_restart_too(tmp_path: Path, c2: Station) -> None:
    c2.store.order("c1", "roof", "record", {"seconds": 5.0}, 60)
    with outbox(tmp_path, c2) as box:
        command, refusal = taken(box, c2)
        assert (command.id, command.name, command.arguments, refusal) == ("c1", "record", {"seconds": 5.0}, None)
        box.answer(command, "started", "for 5 s")
        until(lambda: outcome(c2, "c1") == "started", lambda: list(c2.events(0.02)))
        box.answer(command, "done", "9 bytes")
        until(lambda: outcome(c2, "c1") == "done", lambda: list(c2.events(0.02)))
    forget_outcome(c2, "c1")
    with outbox(tmp_path, c2) as box:
        until(lambda: outcome(c2, "c1") == "done", lambda: list(c2.events(0.02)))
        assert box.commands.empty()


def outcome(c2: Station, command_id: str) -> str | None:
    found = c2.store.command(command_id)
    return found["outcome"] if found else None


def forget_outcome(c2: Station, command_id: str) -> None:
    """As if the answer had never come."""
    c2.store._sql.execute("UPDATE commands SET outcome = NULL WHERE id = ?", (command_id,))


def test_what_must_not_be_done_comes_with_the_reason(tmp_path: Path, c2: Station) -> None:
    c2.store.order("c1", "roof", "reload", {}, 60)
    with outbox(tmp_path, c2, commands=("report",)) as box:
        _, refusal = taken(box, c2)
        assert refusal is not None
        assert refusal[0] == "rejected"  # type: ignore[index]  # what it takes is one of them
