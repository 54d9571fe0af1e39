"""The live plane's end: who says it, is it theirs to say, what does it say, what is missing."""

from __future__ import annotations

import time
from collections import Counter

import zmq

from edge_node.publish import wire
from edge_node.publish.gate import Door, Gate
from tools.c2.enrolment import Enrolment, Node
from tools.c2.news import Event, News

DOMAIN = "c2"
MOST_BYTES = 64 * 1024
MOST_A_TURN = 1000


class Sequence:
    """Counts of one topic of one node: what came, what is missing, what came twice or late."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._epoch = self._seq = -1

    def note(self, epoch: int, seq: int) -> tuple[bool, int]:
        """Whether this message is new, and how many are missing before it; a new epoch begins anew and is no gap."""
        if epoch != self._epoch:
            self._epoch, self._seq = epoch, seq - 1
            self.counts["epochs"] += 1
        if seq <= self._seq:
            self.counts["duplicates" if seq == self._seq else "late"] += 1
            return False, 0
        missing, self._seq = seq - self._seq - 1, seq
        self.counts["received"] += 1
        self.counts["missing"] += missing
        self.counts["gaps"] += missing > 0
        return True, missing


class Receiver:
    """A SUB behind the gate. It says tracks, status, gap, refused and malformed; nothing that is received raises."""

    def __init__(self, socket: zmq.Socket[bytes], enrolment: Enrolment, news: News) -> None:
        self.socket, self._enrolment, self._news = socket, enrolment, news
        self._sequences: dict[tuple[str, str], Sequence] = {}

    def bind(self, address: str, gate: Gate, secret: str) -> str:
        """Listen there to enrolled nodes; the address with its port; raises zmq.ZMQError."""
        bound = gate.bind(self.socket, address, Door(DOMAIN, secret, self._lets_in, MOST_BYTES))
        self.socket.subscribe(b"t/")
        self.socket.subscribe(b"s/")
        return bound

    def _lets_in(self, key: str) -> bool:
        return self._enrolment.allowed(key) is not None

    def service(self) -> None:
        """Hear what waits, but never so long that others starve."""
        for _ in range(MOST_A_TURN):
            if not self.socket.poll(0):
                break
            self._hear(self.socket.recv_multipart(copy=False))

    def _hear(self, frames: list[zmq.Frame]) -> None:
        self._news.totals["messages"] += 1
        key = str(frames[0].get("User-Id"))
        node = self._enrolment.allowed(key)
        if node is None:
            self._news.refuse(key, "this key is enrolled no longer")
        elif len(frames) != 2:
            self._news.malformed(node, f"{len(frames)} frames where topic and payload belong")
        elif frames[0].bytes[2:] != node.node8.encode():
            self._news.refuse(key, "this key spoke under another node's topic")
        else:
            self._read(node, frames[0].bytes, frames[1].bytes)

    def _read(self, node: Node, topic: bytes, payload: bytes) -> None:
        try:
            said = wire.decode(topic, payload)
        except wire.WireError as error:
            self._news.malformed(node, str(error))
            return
        sequence = self._sequences.setdefault((node.node8, said["kind"]), Sequence())
        new, missing = sequence.note(said["epoch"], said["seq"])
        totals = self._news.totals
        if missing:
            totals["gaps"] += 1
            totals["missing"] += missing
            self._news.say(node, {"kind": "gap", "topic": said["kind"], "missing": missing})
        totals[said["kind"] if new else "not_new"] += 1
        if new:
            event: Event = said | {"bytes": len(topic) + len(payload), "received_utc_ms": time.time_ns() // 1_000_000}
            self._news.say(node, event)

    def counts(self, node8: str) -> dict[str, dict[str, int]]:
        """What came of one node and what is missing, by kind of message."""
        return {kind: dict(one.counts) for (name, kind), one in self._sequences.items() if name == node8}
