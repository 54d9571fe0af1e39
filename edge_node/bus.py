"""The node's own bus: sensors push batches of messages over ZeroMQ ipc, the hub pulls them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import zmq

from edge_node.messages import BusMessage

QUEUE = 4000
LARGEST_BYTES = 1 << 20

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[BusMessage])


def address(run_dir: Path) -> str:
    """Where the hub of this node listens."""
    return f"ipc://{run_dir}/bus"


class BusSender:
    """A sensor's end; never waits: what cannot be queued is counted in `unsent` and dropped."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], run_dir: Path) -> None:
        self.unsent = 0
        self._socket = context.socket(zmq.PUSH)
        self._socket.setsockopt(zmq.SNDHWM, QUEUE)
        self._socket.setsockopt(zmq.RECONNECT_IVL, 50)
        self._socket.connect(address(run_dir))

    def send(self, messages: Sequence[BusMessage]) -> None:
        """Queue one batch for the hub, in parts where it is larger than the hub takes."""
        if not messages:
            return
        data = _encoder.encode(messages)
        if len(data) > LARGEST_BYTES:
            self._send_parts(messages)
            return
        try:
            self._socket.send(data, zmq.NOBLOCK)
        except zmq.Again:
            self.unsent += len(messages)

    def _send_parts(self, messages: Sequence[BusMessage]) -> None:
        half = len(messages) // 2
        if not half:
            self.unsent += 1
            return
        self.send(messages[:half])
        self.send(messages[half:])

    def close(self, linger_ms: int = 500) -> None:
        """Flush for at most `linger_ms`, then let go."""
        self._socket.close(linger=linger_ms)


class BusReceiver:
    """The hub's end; what does not decode is counted in `malformed` and dropped."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], run_dir: Path) -> None:
        self.malformed = 0
        self.socket = context.socket(zmq.PULL)
        self.socket.setsockopt(zmq.RCVHWM, QUEUE)
        self.socket.setsockopt(zmq.MAXMSGSIZE, LARGEST_BYTES)
        self.socket.bind(address(run_dir))

    def receive(self) -> list[BusMessage] | None:
        """The next batch; None when nothing waits."""
        try:
            return _decoder.decode(self.socket.recv(zmq.NOBLOCK))
        except zmq.Again:
            return None
        except msgspec.DecodeError:
            self.malformed += 1
            return []

    def close(self) -> None:
        """Stop listening."""
        self.socket.close(linger=0)
