"""The live plane's end at the gateway: nodes dial in by CURVE as to a C2, and only those that gateway.toml names are heard."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable

import zmq

from edge_node.gateway.picture import Picture
from edge_node.gateway.settings import NodeTable
from edge_node.publish import wire
from edge_node.publish.gate import Door, Gate
from edge_node.publish.keys import KeyPair, node8

log = logging.getLogger("edge_node.gateway")
DOMAIN = "gateway"
MOST_BYTES, MOST_A_TURN = 64 * 1024, 1000


class Ears:
    """One SUB behind a gate; nothing that is received raises."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], nodes: Iterable[NodeTable], picture: Picture) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        self._before: dict[str, str] = {}
        self.let_in(nodes)
        self._picture = picture
        self._seq: dict[tuple[str, str], tuple[int, int]] = {}
        self.counts: Counter[str] = Counter()
        self._gate = Gate(context, self._refuse)
        self.socket = context.socket(zmq.SUB)

    def bind(self, address: str, keys: KeyPair) -> str:
        """Listen there; the address with its port; raises zmq.ZMQError."""
        bound = self._gate.bind(self.socket, address, Door(DOMAIN, keys.secret, self._is_let_in, MOST_BYTES))
        self.socket.subscribe(b"t/")
        self.socket.subscribe(b"s/")
        return bound

    def let_in(self, nodes: Iterable[NodeTable]) -> None:
        """These and no others from now on; a node's key ends when its next one is heard."""
        rows = [(one.name, key) for one in nodes for key in (one.key, one.next_key) if key is not None]
        self._names = {key: (name, node8(key)) for name, key in rows}
        self._before = {one.next_key: one.key for one in nodes if one.next_key is not None}

    def _is_let_in(self, key: str) -> bool:
        return key in self._names

    def _refuse(self, key: str) -> None:
        self.counts["refused"] += 1
        if self.counts["refused"] == 1:
            log.warning("%s is refused: no [[node]] in gateway.toml has this key", key)

    def service(self) -> None:
        """Hear what waits, but never so long that others starve."""
        self._gate.service()
        for _ in range(MOST_A_TURN):
            if not self.socket.poll(0):
                return
            self._hear(self.socket.recv_multipart(copy=False))

    def _hear(self, frames: list[zmq.Frame]) -> None:
        key = str(frames[0].get("User-Id"))
        name, own8 = self._names.get(key, ("", ""))
        if not own8 or len(frames) != 2 or frames[0].bytes[2:] != own8.encode():
            self.counts["refused"] += 1
            return
        try:
            said = wire.decode(frames[0].bytes, frames[1].bytes)
        except wire.WireError:
            self.counts["malformed"] += 1
            return
        if self._is_new(own8, said["kind"], (said["epoch"], said["seq"])):
            self.counts[said["kind"]] += 1
            self._renewed(name, key)
            self._picture.take(name, own8, said, time.time_ns())

    def _renewed(self, name: str, key: str) -> None:
        if (before := self._before.pop(key, None)) is not None:
            del self._names[before]
            log.info("%s speaks with its next key: make it its key in gateway.toml", name)

    def _is_new(self, own8: str, kind: str, stamp: tuple[int, int]) -> bool:
        epoch, seq = self._seq.get((own8, kind), (-1, -1))
        if stamp[0] == epoch and stamp[1] <= seq:
            self.counts["late"] += 1
            return False
        self._seq[own8, kind] = stamp
        return True

    def close(self) -> None:
        """Let both sockets go."""
        self.socket.close()
        self._gate.close()
