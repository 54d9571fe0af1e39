"""What the publisher says and does where there is no C2 to talk to; with one: tests/tools/c2/test_receiver.py."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
import zmq
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.messages import Identity, NodeStatus, SensorReport, SensorStatus, UasId
from edge_node.publish.live import LivePublisher
from edge_node.publish.wire import Place
from tests.edge_node.publish.scene import full_track
from tests.tools.c2.helpers import CLOCK, new_keys, publishing, serving, tracks_at, turn, until
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event

NODE, SERVER = new_keys(), new_keys()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (C2Table(), "no C2 is named"),
        (C2Table(live="tcp://127.0.0.1:5571"), "public key is not told"),
        (C2Table(live="tcp://nowhere", server_key=SERVER.public), "cannot be used"),
        (C2Table(live="tcp://127.0.0.1:5571", server_key="#" * 40), "cannot be used"),
    ],
)
def test_a_publisher_that_cannot_publish_says_why_and_goes_on(table: C2Table, words: str) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    publisher = LivePublisher(table, NODE, context)
    for _ in range(3):
        now_ns = time.monotonic_ns()
        publisher.service(now_ns)
        publisher.publish_tracks(tracks_at(now_ns), CLOCK, now_ns)
    assert words in publisher.link_words()
    assert publisher.pollables() == []
    assert publisher.counters()["dropped_unconnected"] >= 1
    publisher.close()
    context.term()


def test_nobody_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with publishing(endpoint, SERVER.public, NODE) as node:
            until(lambda: "no C2 answers" in node.link_words(), lambda: turn(node))
            assert not node.connected


def test_a_peer_that_is_no_c2_is_said() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, publishing("tcp://127.0.0.1:{}".format(*server.getsockname()[1:2]), SERVER.public, NODE) as node:
        server.settimeout(0.01)

        def answer() -> None:
            turn(node)
            try:
                peer, _ = server.accept()
            except TimeoutError:
                return
            with peer:
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(200))

        until(lambda: node.counters()["bad_handshakes"], answer)
        assert not node.connected


def test_a_full_queue_is_counted_and_c2_sees_the_gap(tmp_path: Path) -> None:
    """C2 stands still without closing: the node goes on, drops, counts; when C2 moves again both agree on what is missing."""
    Enrolment(tmp_path).enrol("roof", NODE.public)
    events: list[Event] = []
    payload = bytes(60_000)
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        until(lambda: node.connected, lambda: events.extend(turn(node, c2)))
        until(lambda: node.counters()["dropped_full"] >= 10, lambda: node._send("t", payload))
        until(lambda: c2.totals["malformed"] == node.counters()["sent"] - c2.totals["tracks"], lambda: events.extend(c2.events(0.01)))
        before = c2.totals["tracks"]
        until(lambda: c2.totals["tracks"] > before, lambda: events.extend(turn(node, c2)))
        assert c2.totals["missing"] == c2.totals["malformed"] + node.counters()["dropped_full"]


def test_the_status_comes_at_once_and_then_in_its_own_time(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    hub = SensorStatus(name="hub", driver="", state="running", sentence="well", since_mono_ns=0, restarts=0, pid=1)
    status = NodeStatus(name="roof", verdict="green", sentence="all well", sensors=(), hub=hub, t_mono_ns=0)
    place = Place(source="fixed", latitude_deg=56.9496, longitude_deg=24.1052)
    reports: dict[str, SensorReport] = {}
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:

        def step() -> None:
            events.extend(turn(node, c2))
            now_ns = time.monotonic_ns()
            node.publish_status(status, reports=reports, place=place, counters={"evicted": 3}, clock=CLOCK, now_mono_ns=now_ns)

        until(lambda: c2.totals["status"], step)
        until(lambda: c2.totals["tracks"] >= 5, step)
        assert c2.totals["status"] == 1
    said = next(event for event in events if event["kind"] == "status")
    assert said["sentence"] == "all well"
    assert said["counters"]["evicted"] == 3
    assert said["counters"]["refused"] == 0


def test_many_tracks_with_the_longest_ids_go_in_several_batches(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    long = "\U0001f681" * 99
    claim = Identity(ids=(UasId("serial_number", long), *[UasId("utm_uuid", "ab" * 64)] * 9), operator_id=long)
    flags = tuple(f"{place}{long}" for place in range(32))
    events: list[Event] = []
    with serving(tmp_path, SERVER) as c2, publishing(c2.endpoint, SERVER.public, NODE) as node:
        until(lambda: node.connected, lambda: events.extend(turn(node, c2)))
        tracks = [replace(full_track(number, Random(number)), identity=claim, flags=flags) for number in range(10, 510)]
        assert node.publish_tracks(tracks, CLOCK, time.monotonic_ns()) == 500
        heard: set[int] = set()
        until(lambda: len(heard) == 500, lambda: heard.update(numbers(c2.events(0.01))))
        assert c2.totals["gaps"] == c2.totals["malformed"] == 0


def numbers(events: Iterable[Event]) -> set[int]:
    return {track["number"] for event in events for track in event.get("tracks", ()) if track["number"] >= 10}
