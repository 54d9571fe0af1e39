"""A peer of the reliable plane that says what a test tells it: a C2 that errs, or a node that lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import zmq

from edge_node.publish import reliable_schema as schema
from edge_node.publish.keys import KeyPair
from edge_node.publish.reliable_wire import Message, message, read_down, read_up


class ScriptedC2:
    """A CURVE server that lets everybody in and does nothing by itself."""

    def __init__(self, keys: KeyPair) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.curve_server, self.socket.curve_secretkey = True, keys.secret.encode()
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.endpoint = f"tcp://127.0.0.1:{port}"
        self.heard: list[Message] = []
        self.routes: list[bytes] = []

    def listen(self) -> None:
        """Take all that came."""
        while self.socket.poll(0):
            route, payload = self.socket.recv_multipart()
            said = read_up(payload)
            assert said is not None
            self.heard.append(said)
            if route not in self.routes:
                self.routes.append(route)

    def rows(self) -> list[int]:
        """The numbers of all rows that came, as often as they came."""
        return [row.seq for said in self.heard if isinstance(said, schema.Rows) for row in said.rows]

    def say(self, kind: type[schema.Head], **said: Any) -> None:
        """To whoever spoke last."""
        self.say_bytes(message(kind, **said))

    def say_bytes(self, payload: bytes) -> None:
        """The same, whatever it is."""
        self.socket.send_multipart([self.routes[-1], payload])


@contextmanager
def scripted_c2(keys: KeyPair) -> Iterator[ScriptedC2]:
    """One on a free port."""
    c2 = ScriptedC2(keys)
    try:
        yield c2
    finally:
        c2.socket.close()
        c2.context.term()


class ScriptedNode:
    """An enrolled node's socket."""

    def __init__(self, endpoint: str, server_key: str, keys: KeyPair, routing_id: bytes | None = None) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.curve_serverkey = server_key.encode()
        self.socket.curve_publickey, self.socket.curve_secretkey = keys.public.encode(), keys.secret.encode()
        if routing_id is not None:
            self.socket.routing_id = routing_id
        self.socket.connect(endpoint)
        self.heard: list[Message] = []

    def say(self, kind: type[schema.Head], **said: Any) -> None:
        """One message."""
        self.socket.send(message(kind, **said))

    def rows(self, epoch: int, seqs: list[int], *, after: int = 0, stream: str = "events", payload: bytes = b"\x90") -> None:
        """A batch of rows, whatever their numbers."""
        told = [(seq, 0, payload) for seq in seqs]
        self.say(schema.Rows, epoch=epoch, stream=stream, after=after, now_mono_ms=1, t_utc_ms=1, clock_sigma_s=0.1, rows=told)

    def listen(self) -> None:
        """Take all that came."""
        while self.socket.poll(0):
            said = read_down(self.socket.recv())
            assert said is not None
            self.heard.append(said)

    def acks(self) -> list[tuple[int, int]]:
        """Epoch and number of each acknowledgement."""
        return [(said.epoch, said.seq) for said in self.heard if isinstance(said, schema.Ack)]

    def commands(self) -> list[dict[str, Any]]:
        """All commands that came, as often as they came."""
        return [msgspec.structs.asdict(said) for said in self.heard if isinstance(said, schema.Command)]


@contextmanager
def scripted_node(endpoint: str, server_key: str, keys: KeyPair, routing_id: bytes | None = None) -> Iterator[ScriptedNode]:
    """One that has connected, or will."""
    node = ScriptedNode(endpoint, server_key, keys, routing_id)
    try:
        yield node
    finally:
        node.socket.close()
        node.context.term()
