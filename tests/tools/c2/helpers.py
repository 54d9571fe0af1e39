"""A node and a C2 on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import zmq

from edge_node.config import C2Table
from edge_node.messages import Track
from edge_node.publish.keys import KeyPair
from edge_node.publish.live import LivePublisher
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
def serving(folder: Path, keys: KeyPair, bind: str = "tcp://127.0.0.1:*") -> Iterator[Station]:
    """A C2 on a free port."""
    c2 = Station(bind, keys, folder)
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
