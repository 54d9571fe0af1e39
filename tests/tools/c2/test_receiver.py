from __future__ import annotations

import time
from pathlib import Path

import zmq
from hypothesis import given
from hypothesis import strategies as st

from edge_node.publish import wire
from edge_node.publish.keys import KeyPair
from tests.tools.c2.helpers import CLOCK, new_keys, publishing, serving, tracks_at, turn, until
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event
from tools.c2.receiver import Sequence
from tools.c2.station import Station

SERVER = new_keys()
NODE = new_keys()
OTHER = new_keys()


def of_kind(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def test_an_enrolled_node_is_heard_without_a_gap(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        until(lambda: len(of_kind(events, "tracks")) >= 10, lambda: events.extend(turn(node, c2)))
        assert node.connected
        assert "connected" in node.link_words()
        assert c2.totals["missing"] == c2.totals["refused"] == c2.totals["malformed"] == 0
        assert node.counters()["sent"] >= c2.counts(NODE.node8)["tracks"]["received"] >= 10
    first = of_kind(events, "tracks")[0]
    assert (first["node"], first["node8"]) == ("roof", NODE.node8)
    assert first["tracks"][0]["identity"]["ids"][0]["type"] == "serial_number"


def test_a_stranger_is_refused_and_let_in_when_enrolled_later(tmp_path: Path) -> None:
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        until(lambda: of_kind(events, "refused"), lambda: events.extend(turn(node, c2)))
        until(lambda: node.counters()["refused"] >= 2, lambda: events.extend(turn(node, c2)))
        assert f"enrol {NODE.public}" in node.link_words()
        assert of_kind(events, "refused")[0]["fingerprint"] == NODE.fingerprint
        assert len(of_kind(events, "refused")) == 1
        Enrolment(tmp_path).enrol("roof", NODE.public)
        until(lambda: of_kind(events, "tracks"), lambda: events.extend(turn(node, c2)))
        assert node.counters()["sent"] > 0


def test_a_revoked_node_delivers_nothing_more_in_its_open_session(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        until(lambda: of_kind(events, "tracks"), lambda: events.extend(turn(node, c2)))
        enrolment.revoke("roof")
        after: list[Event] = []
        until(lambda: c2.totals["refused"] >= 5, lambda: after.extend(turn(node, c2)))
        assert not of_kind(after, "tracks")
        assert of_kind(after, "refused")[0]["why"] == "this key is enrolled no longer"


def test_a_node_that_pins_another_server_key_says_so_and_delivers_nothing(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, OTHER.public, NODE) as node:
        until(lambda: node.counters()["bad_handshakes"] >= 2, lambda: turn(node, c2))
        assert "wrong server key" in node.link_words()
        assert c2.totals["messages"] == node.counters()["sent"] == 0


def test_a_peer_without_a_key_is_not_heard(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    stranger = context.socket(zmq.PUB)
    stranger.linger = 0
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        stranger.connect(c2.endpoint)
        heard: list[Event] = []

        def step() -> None:
            stranger.send_multipart([wire.topic("t", NODE.node8), b"x"])
            heard.extend(turn(node, c2))

        until(lambda: len(of_kind(heard, "tracks")) >= 5, step)
        assert c2.totals["malformed"] == 0
    stranger.close()
    context.term()


def test_a_node_is_not_heard_under_the_topic_of_another(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    enrolment.enrol("thief", OTHER.public)
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, OTHER) as thief:
        thief.node8 = NODE.node8
        until(lambda: c2.totals["refused"] >= 3, lambda: events.extend(turn(thief, c2)))
    assert not of_kind(events, "tracks")
    assert of_kind(events, "refused")[0]["fingerprint"] == OTHER.fingerprint


def test_it_goes_on_when_c2_comes_back(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2:
        endpoint = c2.endpoint
        with publishing(endpoint, SERVER.public, NODE) as node:
            until(lambda: of_kind(events, "tracks"), lambda: events.extend(turn(node, c2)))
            c2.close()
            until(lambda: not node.connected, lambda: turn(node))
            with serving(tmp_path, SERVER, endpoint) as again:
                events.clear()
                until(lambda: of_kind(events, "tracks"), lambda: events.extend(turn(node, again)))
                assert again.totals["gaps"] == 0
                assert node.counters()["reconnects"] == 1


def raw_peer(context: zmq.Context[zmq.Socket[bytes]], endpoint: str, keys: KeyPair) -> zmq.Socket[bytes]:
    peer = context.socket(zmq.XPUB)
    peer.linger = 0
    peer.curve_serverkey, peer.curve_publickey, peer.curve_secretkey = SERVER.public.encode(), keys.public.encode(), keys.secret.encode()
    peer.connect(endpoint)
    return peer


def test_what_an_enrolled_node_sends_is_counted_and_never_kills(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    topic = wire.topic("t", NODE.node8)
    now_ns = time.monotonic_ns()

    def batch(epoch: int, seq: int) -> bytes:
        return wire.encode_tracks(tracks_at(now_ns), CLOCK, epoch, seq, now_ns)

    with serving(tmp_path, SERVER) as c2:
        peer = raw_peer(context, c2.endpoint, NODE)
        events: list[Event] = []
        until(lambda: peer.poll(0), lambda: events.extend(c2.events(0.01)))
        for payload in (
            batch(7, 3),
            batch(7, 4),
            batch(7, 4),
            batch(7, 9),
            batch(7, 8),
            batch(8, 0),
            b"",
            b"\xc1",
            b"\x91" * 5000,
            b"\x92\x02\x00",
        ):
            peer.send_multipart([topic, payload])
        peer.send_multipart([topic])
        peer.send_multipart([topic, batch(8, 1), b"more"])
        peer.send_multipart([topic, batch(8, 1)])
        until(lambda: c2.totals["messages"] >= 13, lambda: events.extend(c2.events(0.01)))
        counts = c2.counts(NODE.node8)["tracks"]
        peer.close()
    context.term()
    assert counts == {"epochs": 2, "received": 5, "missing": 4, "gaps": 1, "duplicates": 1, "late": 1}
    assert [event["missing"] for event in of_kind(events, "gap")] == [4]
    assert len(of_kind(events, "malformed")) == 6
    assert "wire version 2.0" in [event["why"] for event in of_kind(events, "malformed")][3]


def test_a_message_above_64_kib_cuts_that_peer_off_and_nobody_else(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", NODE.public)
    enrolment.enrol("loud", OTHER.public)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        peer = raw_peer(context, c2.endpoint, OTHER)
        until(lambda: peer.poll(0), lambda: events.extend(turn(node, c2)))
        peer.send_multipart([wire.topic("t", OTHER.node8), bytes(70_000)])
        until(lambda: len(of_kind(events, "tracks")) >= 10, lambda: events.extend(turn(node, c2)))
        assert c2.totals["malformed"] == 0
        peer.close()
    context.term()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=60))
def test_the_counts_of_a_sequence_add_up(messages: list[tuple[int, int]]) -> None:
    sequence = Sequence()
    told = [sequence.note(epoch, seq) for epoch, seq in messages]
    counts = sequence.counts
    assert counts["received"] == sum(new for new, _ in told)
    assert counts["missing"] == sum(missing for _, missing in told)
    assert counts["received"] + counts["late"] + counts["duplicates"] == len(messages)


def test_strangers_are_counted_but_named_a_few_times_only(tmp_path: Path) -> None:
    with serving(tmp_path, SERVER) as c2:
        for _ in range(100):
            _call_gate(c2, new_keys())
        named = list(c2.events(0))
    assert c2.totals["refused"] == 100
    assert len(named) == 64


def _call_gate(c2: Station, keys: KeyPair) -> None:
    c2._news.refuse(keys.public, "this key is not enrolled")
