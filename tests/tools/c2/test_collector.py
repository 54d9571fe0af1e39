"""What C2 takes of a node, and what not; the node's side of it is in tests/edge_node/publish/test_reliable.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_node.publish import reliable_schema as schema
from edge_node.publish.noted import CommandOutcome, Noted
from edge_node.publish.reliable_wire import encode_event
from tests.small_disk import fill, small_disk
from tests.tools.c2.helpers import CLOCK, event_payload, new_keys, reliable_node, serving, until, words_of
from tests.tools.c2.scripted import ScriptedNode, scripted_node
from tools.c2 import collector
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event
from tools.c2.station import Station

NODE, SERVER, OTHER = new_keys(), new_keys(), new_keys()


@pytest.fixture
def c2(tmp_path: Path) -> Iterator[Station]:
    """A C2 that lets two nodes in."""
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    enrolment.enrol("yard", OTHER.public)
    with serving(tmp_path, SERVER) as station:
        yield station


@pytest.fixture
def node(c2: Station) -> Iterator[ScriptedNode]:
    """One of them."""
    with scripted_node(c2.reliable_endpoint, SERVER.public, NODE) as peer:
        yield peer


def turn(c2: Station, node: ScriptedNode) -> list[Event]:
    heard = list(c2.events(0.005))
    node.listen()
    return heard


def acked(c2: Station, node: ScriptedNode, count: int) -> list[tuple[int, int]]:
    """The acknowledgements, once there are so many."""
    until(lambda: len(node.acks()) >= count, lambda: turn(c2, node))
    return node.acks()


def kept(c2: Station, name: str = "roof") -> list[tuple[int, int]]:
    return [(row["epoch"], row["seq"]) for row in c2.store.rows("events", name)]


def test_rows_are_taken_only_where_nothing_is_missing_before_them(c2: Station, node: ScriptedNode) -> None:
    for seqs, after, held in (
        ([3, 4], 2, 0),
        ([1, 2], 0, 2),
        ([3, 4], 2, 4),
        ([2, 3, 4, 5], 0, 5),
        ([7], 6, 5),
        ([6, 9], 5, 9),
        ([12], 9, 12),
        ([], 0, 12),
        ([1, 2], 0, 12),
        ([20], 0, 20),
    ):
        node.rows(7, seqs, after=after)
        count = len(node.acks())
        assert acked(c2, node, count + 1)[-1] == (7, held)
    assert kept(c2) == [(7, seq) for seq in (1, 2, 3, 4, 5, 6, 9, 12, 20)]
    assert c2.store.progress("roof")[0]["evicted"] == 11
    assert c2.totals["rows"] == 9


def test_many_batches_are_acknowledged_together_after_one_commit(c2: Station, node: ScriptedNode) -> None:
    node.rows(7, [1])
    acked(c2, node, 1)
    for seq in range(2, 30):
        node.rows(7, [seq], after=seq - 1)
    node.rows(8, [1, 2])
    until(lambda: {(7, 29), (8, 2)} <= set(node.acks()), lambda: turn(c2, node))
    assert len(node.acks()) < 20


def test_epochs_and_nodes_do_not_meet(c2: Station, node: ScriptedNode) -> None:
    with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER) as other:
        node.rows(7, [1, 2, 3])
        assert acked(c2, node, 1) == [(7, 3)]
        other.rows(7, [1], payload=event_payload("of the yard"))
        assert acked(c2, other, 1) == [(7, 1)]
        node.rows(8, [1, 2])
        assert acked(c2, node, 2)[-1] == (8, 2)
    assert (kept(c2), kept(c2, "yard")) == ([(7, 1), (7, 2), (7, 3), (8, 1), (8, 2)], [(7, 1)])


def test_hostile_batches_are_named_or_harmless_and_others_are_served(c2: Station, node: ScriptedNode) -> None:
    heard: list[Event] = []
    node.rows(7, [2, 1])
    node.rows(7, [1, 1])
    node.rows(7, [1], stream="nonsense")
    node.say(
        schema.Rows, epoch=7, stream="events", after=2**63 - 1, t_utc_ms=2**53, now_mono_ms=2**53, clock_sigma_s=0.0, rows=[(1, 2**53, b"")]
    )
    node.rows(9, [0])
    node.rows(10, [0, 2**63 - 1])
    node.rows(2**63 - 1, [2**63 - 1])
    node.rows(11, [1], payload=bytes(schema.MOST_ROW_BYTES))
    node.rows(12, list(range(1, schema.MOST_ROWS + 1)))
    for noise in (b"", b"\xc1", b"\x91" * 5000, bytes(60_000), b"\x93\x02\x00\x01"):
        node.socket.send(noise)
    node.socket.send_multipart([b"one", b"two", b"three"])
    node.socket.send_multipart([b"", b""])
    node.say(schema.Hello, name="x" * 64, version="", t_utc_ms=0)

    def step() -> None:
        heard.extend(turn(c2, node))

    acks = {(7, 0), (9, 0), (10, 2**63 - 1), (2**63 - 1, 2**63 - 1), (11, 1), (12, schema.MOST_ROWS)}
    until(lambda: any(isinstance(said, schema.Welcome) for said in node.heard) and acks <= set(node.acks()), step)
    malformed = [event["why"] for event in heard if event["kind"] == "malformed"]
    assert len([why for why in malformed if "not in order" in why]) == 3
    assert len([why for why in malformed if "frames" in why]) == 2
    assert len([why for why in malformed if "is kept and cannot be read" in why]) == schema.MOST_ROWS + 3
    assert set(node.acks()) == acks
    with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER) as other:
        other.rows(7, [1])
        assert acked(c2, other, 1) == [(7, 1)]


def test_a_batch_above_64_kib_cuts_that_peer_off_and_nobody_else(c2: Station, node: ScriptedNode) -> None:
    node.rows(7, [1])
    acked(c2, node, 1)
    with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER) as other:
        node.rows(7, [2, 3], after=1, payload=bytes(48_000))
        for seq in range(1, 20):
            other.rows(7, [seq], after=seq - 1)
            acked(c2, other, seq)
    assert (kept(c2), len(kept(c2, "yard"))) == ([(7, 1)], 19)


def test_a_thousand_epochs_of_one_node_cost_it_alone(c2: Station, node: ScriptedNode) -> None:
    for epoch in range(1000):
        node.rows(epoch, [1], stream="history")
    acked(c2, node, 1)
    with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER) as other:
        other.rows(7, [1])
        acked(c2, other, 1)
    until(lambda: len(set(node.acks())) == 1000, lambda: turn(c2, node))
    assert len(c2.store.progress("roof")) == 1000


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.lists(st.integers(0, 12), max_size=5)), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_what_order_what_is_kept_is_in_order_and_acknowledged(
    c2: Station, node: ScriptedNode, batches: list[tuple[int, int, list[int]]]
) -> None:
    base = time.monotonic_ns()
    for epoch, after, seqs in batches:
        node.rows(base + epoch, sorted(set(seqs)), after=after)
    node.rows(base + 9, [1])
    until(lambda: (base + 9, 1) in node.acks(), lambda: turn(c2, node))
    for epoch in range(4):
        mine = [seq for kept_epoch, seq in kept(c2) if kept_epoch == base + epoch]
        assert mine == sorted(set(mine))
        last = [seq for acked_epoch, seq in node.acks() if acked_epoch == base + epoch]
        assert not last or last[-1] == max(mine, default=0)


def test_a_full_disk_makes_c2_busy_acknowledges_nothing_and_recovers(tmp_path: Path) -> None:
    heard: list[Event] = []
    with small_disk(tmp_path / "disk", 3) as disk:
        Enrolment(disk).enrol("roof", NODE.public)
        with serving(disk, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
            node.put(event_payload("row 0"))
            until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
            ballast = fill(disk)
            for number in range(1, 400):
                node.put(event_payload(f"row {number} {'x' * 200}"), *[bytes(2000)] * (number % 2))
            until(lambda: "C2 cannot store" in node.link.words, lambda: heard.extend(node.turn(c2)))
            for _ in range(10):
                heard.extend(node.turn(c2, passed_s=0.5))
            assert "full" in c2._collector.fault
            assert c2.totals["store_failures"] > 0
            last = c2.store.progress("roof")[0]["held"]
            assert node.spool.backlog("events") == node.spool.rows("events", 0, 9999)[-1][2] - last, "what is acknowledged is stored"
            ballast.unlink()
            until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2, passed_s=0.1)))
            assert c2._collector.fault == ""
            assert [row["seq"] for row in c2.store.rows("events")] == list(range(1, 601))
    numbers = [int(words.split()[1]) for words in words_of(heard)]
    assert numbers == list(range(400))


def answers(c2: Station, node: ScriptedNode, command_id: str) -> Callable[[], bool]:
    """Whether the command is answered at C2."""

    def look() -> bool:
        found = c2.store.command(command_id)
        return found is not None and found["outcome"] is not None

    return look


def test_a_command_is_sent_until_it_is_answered(c2: Station, node: ScriptedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "COMMANDS_EVERY_S", 0.01)
    monkeypatch.setattr(collector, "COMMAND_AGAIN_S", 0.05)
    heard: list[Event] = []
    c2.store.order("c1", "roof", "record", {"seconds": 5.0}, 60)
    node.say(schema.Hello, name="roof", version="1", t_utc_ms=0)
    until(lambda: len(node.commands()) >= 3, lambda: turn(c2, node))
    assert {(told["id"], told["name"], told["arguments"]["seconds"]) for told in node.commands()} == {("c1", "record", 5.0)}
    assert all(55_000 < told["valid_ms"] <= 60_000 for told in node.commands())
    node.say(schema.Receipt, id="c1", outcome="started", words="for 5 s")
    until(answers(c2, node, "c1"), lambda: heard.extend(turn(c2, node)))
    sent = len(node.commands())
    node.say(schema.Receipt, id="c1", outcome="done", words="9 bytes")
    node.say(schema.Receipt, id="c1", outcome="failed", words="no more")
    until(lambda: (c2.store.command("c1") or {})["outcome"] == "done", lambda: heard.extend(turn(c2, node)))
    for _ in range(20):
        heard.extend(turn(c2, node))
    assert len(node.commands()) <= sent + 1
    assert [(event["outcome"], event["words"]) for event in heard if event["kind"] == "receipt"] == [
        ("started", "for 5 s"),
        ("done", "9 bytes"),
    ]


def test_a_command_whose_time_is_over_is_closed_and_not_sent(c2: Station, node: ScriptedNode) -> None:
    c2.store.order("late", "roof", "report", {}, -1)
    node.say(schema.Hello, name="roof", version="1", t_utc_ms=0)
    until(answers(c2, node, "late"), lambda: turn(c2, node))
    assert node.commands() == []
    assert (c2.store.command("late") or {})["outcome"] == "expired"


def test_a_receipt_for_another_nodes_command_changes_nothing(c2: Station, node: ScriptedNode) -> None:
    c2.store.order("c1", "yard", "report", {}, 60)
    node.say(schema.Receipt, id="c1", outcome="done", words="forged")
    node.rows(7, [1])
    acked(c2, node, 1)
    assert (c2.store.command("c1") or {})["outcome"] is None
    assert node.commands() == []


def test_the_event_of_a_command_answers_it_where_the_receipt_was_lost(tmp_path: Path, c2: Station) -> None:
    c2.store.order("c1", "roof", "report", {}, 60)
    with reliable_node(tmp_path / "node", c2.reliable_endpoint, SERVER.public, NODE) as node:
        node.put(command_event("c1", "done"))
        until(lambda: (c2.store.command("c1") or {})["outcome"] == "done", lambda: node.turn(c2))


def command_event(command_id: str, outcome: CommandOutcome) -> bytes:
    return encode_event(Noted(event="command", about=command_id, outcome=outcome, words="report: said"), CLOCK, 7, 0)


def test_a_revoked_node_is_commanded_no_more(c2: Station, node: ScriptedNode, tmp_path: Path) -> None:
    node.say(schema.Hello, name="roof", version="1", t_utc_ms=0)
    until(lambda: node.heard, lambda: turn(c2, node))
    Enrolment(tmp_path).revoke("roof")
    c2.store.order("c1", "roof", "report", {}, 60)
    node.say(schema.Hello, name="roof", version="1", t_utc_ms=0)
    until(lambda: any(isinstance(said, schema.Denied) for said in node.heard), lambda: turn(c2, node))
    assert node.commands() == []
