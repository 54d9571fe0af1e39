"""The reliable plane's line: who is let in, what is said where not, and that a C2 that errs costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zmq

from edge_node.publish import reliable_schema as schema
from edge_node.publish.reliable import HOLD_NS, SILENCE_NS
from edge_node.publish.reliable_wire import message
from edge_node.publish.spool import Spool
from edge_node.timebase import Timebase
from tests.tools.c2.helpers import ReliableNode, event_payload, new_keys, reliable_node, serving, until, words_of
from tests.tools.c2.scripted import ScriptedC2, scripted_c2, scripted_node
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event

NODE, SERVER, OTHER = new_keys(), new_keys(), new_keys()


def words(first: int, last: int) -> list[str]:
    return [f"row {number}" for number in range(first, last + 1)]


def payloads(first: int, last: int) -> list[bytes]:
    return list(map(event_payload, words(first, last)))


@pytest.mark.parametrize(
    ("endpoint", "key", "said"), [(None, None, "no C2 is named"), ("tcp://127.0.0.1:1", None, "public key is not told")]
)
def test_without_a_c2_it_says_so_and_keeps_the_rows(endpoint: str | None, key: str | None, said: str, tmp_path: Path) -> None:
    with reliable_node(tmp_path, endpoint, key, NODE) as node:
        node.put(*payloads(1, 3))
        for _ in range(3):
            node.turn(passed_s=1)
        assert said in node.link.words
        assert (node.spool.backlog("events"), node.link.idle, node.link.line.pollables()) == (3, False, [])


def test_events_and_history_arrive_once_and_in_order_and_are_let_go(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        node.put(*payloads(1, 1500))
        node.put(*[b"\x90"] * 700, stream="history")
        until(lambda: c2.totals["rows"] == 2200 and node.link.idle, lambda: heard.extend(node.turn(c2)))
        node.put(*payloads(1501, 1510))
        until(lambda: c2.totals["rows"] == 2210 and node.link.idle, lambda: heard.extend(node.turn(c2)))
        assert words_of(heard) == words(1, 1510)
        assert c2.totals["rows_again"] == 0
        assert "connected" in node.link.words
        held = {row["stream"]: (row["held"], row["evicted"]) for row in c2.store.progress("roof")}
        assert held == {"events": (1510, 0), "history": (700, 0)}


def test_history_comes_while_there_are_events(tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        node.put(*[bytes(1000)] * 300)
        node.put(*[bytes(1000)] * 300, stream="history")

        def step() -> None:
            node.turn()
            before = len(c2.heard)
            c2.listen()
            for said in c2.heard[before:]:
                if isinstance(said, schema.Rows):
                    c2.say(schema.Ack, epoch=said.epoch, seq=said.rows[-1].seq)

        until(lambda: node.link.idle, step)
        streams = [said.stream for said in c2.heard if isinstance(said, schema.Rows)]
        assert 2 in streams[:6]
        assert streams.index(1) == 0


def test_a_stranger_is_named_at_both_ends_and_let_in_when_enrolled_later(tmp_path: Path) -> None:
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        node.put(*payloads(1, 3))
        until(lambda: node.link.line.refused >= 2, lambda: heard.extend(node.turn(c2, passed_s=0.1)))
        assert f"enrol {NODE.public}" in node.link.words
        refused = [event for event in heard if event["kind"] == "refused"]
        assert [event["fingerprint"] for event in refused] == [NODE.fingerprint]
        Enrolment(tmp_path).enrol("roof", NODE.public)
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
        assert words_of(heard) == words(1, 3)


def test_a_wrong_server_key_is_said_and_nothing_is_delivered(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, OTHER.public, NODE) as node:
        node.put(*payloads(1, 3))
        until(lambda: node.link.line.bad_handshakes >= 2, lambda: node.turn(c2, passed_s=0.1))
        assert "wrong server key" in node.link.words
        assert (c2.totals["reliable_messages"], node.spool.backlog("events")) == (0, 3)


def test_a_peer_without_a_key_is_not_heard(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    stranger = context.socket(zmq.DEALER)
    stranger.linger = 0
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        stranger.connect(c2.reliable_endpoint)
        stranger.send(message(schema.Hello, name="x", version="x", t_utc_ms=0))
        node.put(*payloads(1, 3))
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
        assert words_of(heard) == words(1, 3)
        assert c2._collector._routes.keys() == {"roof"}
    stranger.close()
    context.term()


def test_a_key_revoked_in_its_session_delivers_nothing_more_until_it_is_let_in_again(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        node.put(*payloads(1, 3))
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
        enrolment.revoke("roof")
        node.put(*payloads(4, 6))
        until(lambda: "lets this node in no longer" in node.link.words, lambda: heard.extend(node.turn(c2)))
        assert NODE.public in node.link.words
        assert [event["why"] for event in heard if event["kind"] == "refused"] == ["this key is enrolled no longer"]
        for _ in range(30):
            heard.extend(node.turn(c2, passed_s=1))
        assert (words_of(heard), c2.store.progress("roof")[0]["held"], node.spool.backlog("events")) == (words(1, 3), 3, 3)
        assert node.link.line.connections == 1
        enrolment.enrol("roof", NODE.public)
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2, passed_s=0.5)))
        assert words_of(heard) == words(1, 6)
        assert "connected" in node.link.words


def test_who_takes_the_route_of_another_node_gains_nothing_and_disturbs_nothing(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    enrolment.enrol("thief", OTHER.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        node.put(*payloads(1, 3))
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
        route = c2._collector._routes["roof"]
        with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER, route) as thief:
            thief.rows(node.spool.epoch("events"), [4, 5, 6])
            for number in range(4, 24):
                node.put(*payloads(number, number))
                until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
                thief.listen()
            assert thief.heard == []
        assert words_of(heard) == words(1, 23)
        assert {row["name"] for row in c2.store.rows("events")} == {"roof"}
        assert node.link.line.connections == 1


def test_what_one_key_says_of_another_nodes_epoch_stays_its_own(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    enrolment.enrol("thief", OTHER.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        with scripted_node(c2.reliable_endpoint, SERVER.public, OTHER) as thief:
            thief.rows(node.spool.epoch("events"), list(range(1, 100)), payload=event_payload("forged"))
            until(lambda: thief.acks() or thief.listen(), lambda: heard.extend(node.turn(c2)))
        node.put(*payloads(1, 3))
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
    assert words_of(event for event in heard if event.get("node") == "roof") == words(1, 3)
    assert {event["node"] for event in heard if event.get("words") == "forged"} == {"thief"}


def test_c2_may_go_and_come_back_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2:
        endpoint = c2.reliable_endpoint
        with reliable_node(tmp_path, endpoint, SERVER.public, NODE) as node:
            node.put(*payloads(1, 300))
            until(lambda: c2.totals["rows"], lambda: heard.extend(node.turn(c2)))
            c2.close()
            node.put(*payloads(301, 600))
            until(lambda: not node.link.line.connected, node.turn)
            with serving(tmp_path, SERVER, reliable=endpoint) as again:
                until(lambda: node.link.idle, lambda: heard.extend(node.turn(again)))
                kept = [row["seq"] for row in again.store.rows("events")]
    assert kept == list(range(1, 601))
    assert words_of(heard) == words(1, 600)


def sent_rows(c2: ScriptedC2, node: ReliableNode, count: int) -> Callable[[], None]:
    """Put that many rows, wait until they came, and give the step that both take."""

    def step() -> None:
        node.turn()
        c2.listen()

    node.put(*payloads(1, count))
    until(lambda: len(c2.rows()) >= count, step)
    return step


@pytest.mark.parametrize("talks", [False, True])
def test_a_c2_that_acknowledges_nothing_is_dialled_anew(talks: bool, tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 3)
        before = node.link.line.dials

        def talk() -> None:
            node.turn(passed_s=SILENCE_NS / 1e10)
            if talks:
                c2.say(schema.Welcome, name="roof")
                c2.say(schema.Ack, epoch=0, seq=9)

        until(lambda: node.link.counts["silences"], talk)
        assert "acknowledges nothing" in node.link.words
        node.turn(passed_s=1)
        until(lambda: len(c2.rows()) >= 6, step)
        assert (node.link.line.dials, c2.rows()) == (before + 1, [1, 2, 3] * 2)
        assert node.spool.backlog("events") == 3


def test_an_acknowledgement_that_is_no_news_sends_nothing_again(tmp_path: Path) -> None:
    """On a link with a long way answers to what was sent twice arrive while the next rows are under way."""
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 3)
        epoch = node.spool.epoch("events")
        c2.say(schema.Ack, epoch=epoch, seq=3)
        until(lambda: node.link.idle, step)
        node.put(*payloads(4, 6))
        until(lambda: len(c2.rows()) == 6, step)
        for key in (NODE.public, OTHER.public, SERVER.public):
            node.ahead_ns += 1_200_000_000
            c2.say(schema.Ack, epoch=epoch, seq=3)
            c2.say(schema.Welcome, name="roof", next_server_key=key)
            until(lambda key=key: node.link.next_server_key == key, step)
        assert c2.rows() == [1, 2, 3, 4, 5, 6]
        c2.say(schema.Ack, epoch=epoch, seq=6)
        until(lambda: node.link.idle, step)


def test_a_clock_that_differs_from_c2s_is_told(tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 1)
        utc_ms = time.time_ns() // 1_000_000
        node.link.clock = Timebase(time.time_ns() - time.monotonic_ns(), "system", 0.01)
        for away_ms, words in ((3_000, "behind C2's"), (-3_000, "ahead of C2's"), (0, "")):
            node.link.ahead_s = None
            c2.say(schema.Welcome, name="roof", t_utc_ms=utc_ms + away_ms)
            until(lambda: node.link.ahead_s is not None, step)
            assert node.link.words.endswith(words)
            assert ("this node's clock" in node.link.words) == bool(words)
        node.link.ahead_s = None
        c2.say(schema.Welcome, name="roof", next_server_key=SERVER.public)
        until(lambda: node.link.next_server_key, step)
        assert node.link.ahead_s is None


def test_a_busy_c2_is_left_alone_for_a_while_and_asked_again(tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 3)
        c2.say(schema.Busy, words="the disk is full")
        until(lambda: "cannot store: the disk is full" in node.link.words, step)
        for _ in range(5):
            step()
        assert len(c2.rows()) == 3
        node.ahead_ns += HOLD_NS
        until(lambda: len(c2.rows()) == 6, step)
        c2.say(schema.Ack, epoch=node.spool.epoch("events"), seq=3)
        until(lambda: node.link.idle and "connected" in node.link.words, step)


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\xc1",
        b"\x91" * 5000,
        b"\x93\x01\x01\x02",
        b"\x93\x02\x00\x01",
        bytes(30_000),
        b"\xdf\xff\xff\xff\xff",
        b"\x93\x01\x01\xcd\xff\xff",
    ],
)
def test_whatever_c2_says_the_node_goes_on(noise: bytes, tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 3)
        c2.say_bytes(noise)
        c2.say(schema.Ack, epoch=node.spool.epoch("events") ^ 1, seq=2**63 - 1)
        c2.say(schema.Ack, epoch=node.spool.epoch("events"), seq=3)
        until(lambda: node.link.idle, step)
        assert node.link.counts["malformed"] <= 1
        assert node.link.line.connections == 1


def test_what_c2_says_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 1)
        c2.say_bytes(msgspec.msgpack.encode([9, 0, 2]))
        until(lambda: "wire version 9.0" in node.link.words, step)


def test_the_next_key_is_offered_until_c2_has_taken_it(tmp_path: Path) -> None:
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        step = sent_rows(c2, node, 1)
        c2.say(schema.Ack, epoch=node.spool.epoch("events"), seq=1)
        until(lambda: node.link.idle, step)
        node.link.next_key = OTHER.public
        until(lambda: [said for said in c2.heard if isinstance(said, schema.NextKey) and said.key == OTHER.public], step)
        c2.say(schema.KeyTaken, key=OTHER.public)
        until(lambda: node.link.key_taken == OTHER.public, step)


def test_rows_from_before_the_last_reboot_have_no_time_of_this_one(tmp_path: Path) -> None:
    before = Spool(tmp_path / "spool" / "spool.db", 16 << 20)
    before.boot = "an earlier one"
    before.put("events", event_payload("row 1"), time.monotonic_ns())
    before.commit(time.monotonic_ns(), last=True)
    before.close()
    with scripted_c2(SERVER) as c2, reliable_node(tmp_path, c2.endpoint, SERVER.public, NODE) as node:
        node.put(*payloads(2, 2))

        def step() -> None:
            node.turn()
            c2.listen()
            if c2.rows():
                c2.say(schema.Ack, epoch=c2.heard[-1].epoch if isinstance(c2.heard[-1], schema.Rows) else 0, seq=1)

        until(lambda: node.link.idle, step)
        batches = [said for said in c2.heard if isinstance(said, schema.Rows)]
    assert [batch.now_mono_ms is None for batch in batches] == [True, False]


def test_rows_sent_from_memory_are_sent_anew_when_an_earlier_runs_file_opens_late(tmp_path: Path) -> None:
    earlier = Spool(tmp_path / "spool" / "spool.db", 16 << 20)
    for payload in payloads(1, 20):
        earlier.put("events", payload, time.monotonic_ns())
    earlier.commit(time.monotonic_ns(), last=True)
    Enrolment(tmp_path).enrol("roof", NODE.public)
    heard: list[Event] = []
    with serving(tmp_path, SERVER) as c2, reliable_node(tmp_path, c2.reliable_endpoint, SERVER.public, NODE) as node:
        assert "locked" in node.spool.words
        until(lambda: node.link.line.connected, lambda: node.turn(c2))
        node.put(*payloads(21, 40))
        until(node.link._under_way, node.turn)
        earlier.close()
        until(lambda: node.spool.words == "", lambda: node.turn(passed_s=1))
        until(lambda: node.link.idle, lambda: heard.extend(node.turn(c2)))
    assert sorted(words_of(heard), key=lambda one: int(one[4:])) == words(1, 40)
