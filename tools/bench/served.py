"""A reference C2 in a process of its own, for benches that measure what it costs a node."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from msgspec import Struct

from edge_node.publish.keys import KeyPair
from tools.c2.station import Station

ANY = "tcp://127.0.0.1:0"
END_WITHIN_S = 20.0


class Heard(Struct, frozen=True):
    """One batch of tracks: whose, which, when it was said and when it came, by the clocks of one machine."""

    node: str
    seq: int
    said_utc_ms: int
    received_utc_ms: int
    received_mono_ns: int


class Served:
    """What the C2 listens to since `ready_utc_s`, and what it heard; ask often, for it waits for who does not."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.live, self.reliable, self.ready_utc_s = pipe.recv()

    def heard(self) -> list[Heard]:
        """The batches of tracks since the last call."""
        found: list[Heard] = []
        while self._pipe.poll():
            found += (Heard(*one) for one in self._pipe.recv())
        return found

    def end(self) -> dict[str, int]:
        """Its totals, when it has ended."""
        self._pipe.send(None)
        while True:
            said = self._pipe.recv()
            if isinstance(said, dict):
                return said


@contextmanager
def served(folder: Path, keys: KeyPair, live: str = ANY, reliable: str = ANY) -> Iterator[Served]:
    """From when it listens to the block's end at the latest."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder, keys, live, reliable))
    process.start()
    try:
        yield Served(ours)
    finally:
        if process.is_alive():
            ours.send(None)
            process.join(END_WITHIN_S)
        process.kill()
        process.join()


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now, for a C2 that must find the same ones again."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _serve(pipe: Any, folder: Path, keys: KeyPair, live: str, reliable: str) -> None:
    c2 = Station(live, keys, folder, reliable)
    pipe.send((c2.endpoint, c2.reliable_endpoint, time.time()))
    while not pipe.poll():
        tracks = [event for event in c2.events(0.1) if event["kind"] == "tracks"]
        if tracks:
            now_ns = time.monotonic_ns()
            pipe.send([(event["node"], event["seq"], event["t_utc_ms"], event["received_utc_ms"], now_ns) for event in tracks])
    pipe.send(dict(c2.totals))
    c2.close()
