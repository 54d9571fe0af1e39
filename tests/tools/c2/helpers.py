"""A node and a C2 on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import zmq

from edge_node.config import C2Table
from edge_node.messages import Track
from edge_node.publish.keys import KeyPair
from edge_node.publish.live import LivePublisher
from edge_node.publish.noted import Noted
from edge_node.publish.reliable import ReliableLink
from edge_node.publish.reliable_schema import Command
from edge_node.publish.reliable_wire import encode_event
from edge_node.publish.spool import Spool
from edge_node.publish.spool_file import Stream
from edge_node.timebase import Timebase
from tests.edge_node.publish.scene import full_track
from tools.c2.news import Event
from tools.c2.station import Station

CLOCK = Timebase(offset_ns=0, source="system", sigma_s=0.01)


def new_keys() -> KeyPair:
    """A pair that lives in memory."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


@contextmanager
def serving(folder: Path, keys: KeyPair, bind: str = "tcp://127.0.0.1:*", reliable: str = "tcp://127.0.0.1:*") -> Iterator[Station]:
    """A C2 on a free port."""
    c2 = Station(bind, keys, folder, reliable)
    try:
        yield c2
    finally:
        c2.close()


@contextmanager
def publishing(endpoint: str | None, server_key: str, keys: KeyPair) -> Iterator[LivePublisher]:
    """A node's publisher that says everything ten times a second."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    table = C2Table(live=endpoint, server_key=server_key, rate_hz=10, confirmed_rate_hz=20, heartbeat_s=0.2, handshake_s=1)
    publisher = LivePublisher(table, keys, context)
    try:
        yield publisher
    finally:
        publisher.close()
        context.term()


def turn(publisher: LivePublisher, c2: Station | None = None) -> list[Event]:
    """One turn of the node's loop and one of C2's."""
    now_ns = time.monotonic_ns()
    publisher.service(now_ns)
    publisher.publish_tracks(tracks_at(now_ns), CLOCK, now_ns)
    poller = zmq.Poller()
    for socket in publisher.pollables():
        poller.register(socket, zmq.POLLIN)
    poller.poll(10)
    return list(c2.events(0.01)) if c2 else []


def tracks_at(now_ns: int) -> list[Track]:
    """Two confirmed tracks."""
    return [full_track(number, Random(now_ns + number)) for number in (1, 2)]


def until(condition: Callable[[], object], step: Callable[[], object], within_s: float = 15) -> None:
    """Take steps until the condition holds."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        step()


class ReliableNode:
    """A node's reliable plane without its thread; `now_ns` may run ahead of the real clock."""

    def __init__(self, folder: Path, endpoint: str | None, server_key: str | None, keys: KeyPair, obey: Callable[[Command], None]) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        table = C2Table(reliable=endpoint, server_key=server_key, heartbeat_s=0.2, handshake_s=1)
        self.spool = Spool(folder / "spool" / "spool.db", 16 << 20)
        self.link = ReliableLink(self.context, table, keys, spool=self.spool, name="roof", obey=obey)
        self.link.clock = CLOCK
        self.ahead_ns = 0

    def put(self, *payloads: bytes, stream: Stream = "events") -> None:
        """Rows for C2."""
        for payload in payloads:
            self.spool.put(stream, payload, self.now_ns())

    def now_ns(self) -> int:
        """The node's monotonic time."""
        return time.monotonic_ns() + self.ahead_ns

    def turn(self, c2: Station | None = None, passed_s: float = 0.0) -> list[Event]:
        """One turn of the node and one of C2, so much later."""
        self.ahead_ns += round(passed_s * 1e9)
        self.spool.commit(self.now_ns())
        self.link.service(self.now_ns())
        poller = zmq.Poller()
        for socket in self.link.line.pollables():
            poller.register(socket, zmq.POLLIN)
        poller.poll(2)
        return list(c2.events(0.002)) if c2 else []


@contextmanager
def reliable_node(
    folder: Path, endpoint: str | None, server_key: str | None, keys: KeyPair, obey: Callable[[Command], None] = lambda _: None
) -> Iterator[ReliableNode]:
    """A node's reliable plane with its spool in a folder."""
    node = ReliableNode(folder, endpoint, server_key, keys, obey)
    try:
        yield node
    finally:
        node.link.close()
        node.spool.close()
        node.context.term()


def event_payload(words: str) -> bytes:
    """An event as it lies in a row."""
    return encode_event(Noted(event="audit", words=words), CLOCK, 7, time.monotonic_ns())


def words_of(events: Iterable[Event]) -> list[str]:
    """What the events among them say, in their order."""
    return [str(event["words"]) for event in events if event["kind"] == "event"]
