"""The receiving core of the reference C2: who says it, is it theirs to say, what does it say, what is missing."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zmq

from edge_node.publish import wire
from edge_node.publish.keys import KeyPair, fingerprint
from tools.c2.enrolment import Enrolment, Node
from tools.c2.gate import DOMAIN, Gate

Event = dict[str, Any]

MOST_BYTES = 64 * 1024
MOST_REFUSED = 64
REFUSED_SAID_EVERY_S = 5.0
MOST_EVENTS_A_CALL = 1000


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
    """A bound SUB with a gate. `events` yields dicts: tracks, status, gap, refused, malformed; nothing that is received raises."""

    def __init__(self, bind: str, keys: KeyPair, state_dir: Path) -> None:
        self.enrolment = Enrolment(state_dir)
        self.totals: Counter[str] = Counter()
        self._sequences: dict[tuple[str, str], Sequence] = {}
        self._refused: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._pending: list[Event] = []
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._gate = Gate(self._context, self._lets_in, lambda key: self._refuse(key, "this key is not enrolled"))
        self._socket = self._context.socket(zmq.SUB)
        self._poller = zmq.Poller()
        try:
            self._bind(bind, keys)
        except zmq.ZMQError:
            self.close()
            raise
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")

    def _bind(self, bind: str, keys: KeyPair) -> None:
        socket = self._socket
        socket.linger = 0
        socket.curve_server = True
        socket.curve_secretkey = keys.secret.encode()
        socket.zap_domain = DOMAIN.encode()
        socket.handshake_ivl = 4_000
        socket.heartbeat_ivl, socket.heartbeat_timeout = 2_000, 6_000
        socket.maxmsgsize = MOST_BYTES
        socket.bind(bind)
        socket.subscribe(b"t/")
        socket.subscribe(b"s/")
        self._poller.register(socket, zmq.POLLIN)
        self._poller.register(self._gate.socket, zmq.POLLIN)

    def events(self, wait_s: float) -> Iterator[Event]:
        """All that came, waiting so long for the first; call it again and again, for it also answers who wants to connect."""
        self._poller.poll(round(wait_s * 1000))
        self.enrolment.refresh()
        self._gate.service()
        for _ in range(MOST_EVENTS_A_CALL):
            if not self._socket.poll(0):
                break
            self._hear(self._socket.recv_multipart(copy=False))
        said, self._pending = self._pending, []
        yield from said

    def _lets_in(self, key: str) -> bool:
        return self.enrolment.allowed(key) is not None

    def _hear(self, frames: list[zmq.Frame]) -> None:
        self.totals["messages"] += 1
        key = str(frames[0].get("User-Id"))
        node = self.enrolment.allowed(key)
        if node is None:
            self._refuse(key, "this key is enrolled no longer")
        elif len(frames) != 2:
            self._malformed(node, f"{len(frames)} frames where topic and payload belong")
        elif frames[0].bytes[2:] != node.node8.encode():
            self._refuse(key, "this key spoke under another node's topic")
        else:
            self._read(node, frames[0].bytes, frames[1].bytes)

    def _read(self, node: Node, topic: bytes, payload: bytes) -> None:
        try:
            said = wire.decode(topic, payload)
        except wire.WireError as error:
            self._malformed(node, str(error))
            return
        sequence = self._sequences.setdefault((node.node8, said["kind"]), Sequence())
        new, missing = sequence.note(said["epoch"], said["seq"])
        if missing:
            self.totals["gaps"] += 1
            self.totals["missing"] += missing
            self._say(node, {"kind": "gap", "topic": said["kind"], "missing": missing})
        self.totals[said["kind"] if new else "not_new"] += 1
        if new:
            self._say(node, said | {"bytes": len(topic) + len(payload), "received_utc_ms": time.time_ns() // 1_000_000})

    def _say(self, node: Node, event: Event) -> None:
        self._pending.append({"kind": event["kind"], "node": node.name, "node8": node.node8} | event)

    def _malformed(self, node: Node, why: str) -> None:
        self.totals["malformed"] += 1
        self._say(node, {"kind": "malformed", "why": why})

    def _refuse(self, key: str, why: str) -> None:
        """Named at most once in a while, and only so many of them: strangers are counted, but cannot fill a log."""
        self.totals["refused"] += 1
        named, now = (key, why), time.monotonic()
        while self._refused and now - next(iter(self._refused.values())) >= REFUSED_SAID_EVERY_S:
            self._refused.popitem(last=False)
        if named not in self._refused and len(self._refused) < MOST_REFUSED:
            self._refused[named] = now
            self._pending.append({"kind": "refused", "fingerprint": fingerprint(key), "why": why})

    def counts(self, node8: str) -> dict[str, dict[str, int]]:
        """What came of one node and what is missing, by kind of message."""
        return {kind: dict(one.counts) for (name, kind), one in self._sequences.items() if name == node8}

    def close(self) -> None:
        """Let the address go."""
        self._socket.close()
        self._gate.close()
        self._context.term()
