"""A whole C2 in one thread: the gate and every socket behind it, waited on together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import zmq

from edge_node.publish.gate import Gate
from edge_node.publish.key_rotation import next_pair
from edge_node.publish.keys import KeyFileError, KeyPair
from tools.c2.collector import Collector
from tools.c2.desk import Desk
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event, News
from tools.c2.receiver import Receiver
from tools.c2.store import Store


class Station:
    """Binds and listens; `events` yields dicts, each with its "kind"; nothing that is received raises.

    Kinds: tracks, status and gap (live plane), event and receipt (reliable plane), enrolled, refused, malformed.
    """

    def __init__(self, live: str, keys: KeyPair, state_dir: Path, reliable: str = "tcp://127.0.0.1:0", enrol: str | None = None) -> None:
        self._state_dir = state_dir
        self.enrolment = Enrolment(state_dir)
        self.store = Store(state_dir)
        self._news = News()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._gate = Gate(self._context, lambda key: self._news.refuse(key, "this key is not enrolled"))
        self._receiver = Receiver(self._context.socket(zmq.SUB), self.enrolment, self._news)
        self._collector = Collector(self._context.socket(zmq.ROUTER), self.enrolment, self._news, store=self.store, next_key=self._next_key)
        self._desk = Desk(self._context.socket(zmq.ROUTER), state_dir, keys.public, self.enrolment, self._news)
        try:
            self.endpoint = self._receiver.bind(live, self._gate, keys.secret)
            self.reliable_endpoint = self._collector.bind(reliable, self._gate, keys.secret)
            self.enrol_endpoint = self._desk.bind(enrol, self._gate, keys.secret) if enrol else ""
        except zmq.ZMQError:
            self.close()
            raise
        self._poller = zmq.Poller()
        for part in (self._gate, self._receiver, self._collector, self._desk):
            self._poller.register(part.socket, zmq.POLLIN)

    def _next_key(self) -> str | None:
        """The public key that this C2 will have; a file that cannot be read must not stop it."""
        try:
            pair = next_pair(self._state_dir)
        except KeyFileError:
            self._news.totals["next_key_unread"] += 1
            return None
        return pair.public if pair else None

    @property
    def totals(self) -> Counter[str]:
        """Messages, what became of them, and who was turned away."""
        return self._news.totals

    def events(self, wait_s: float) -> Iterator[Event]:
        """All that came, waiting so long for the first; call it again and again, for it also answers who wants to connect."""
        self._poller.poll(round(wait_s * 1000))
        self.enrolment.refresh()
        for part in (self._receiver, self._collector, self._gate, self._desk):  # who is in goes before who wants in
            part.service()
        yield from self._news.taken()

    def counts(self, node8: str) -> dict[str, dict[str, int]]:
        """What came of one node on the live plane and what is missing, by kind of message."""
        return self._receiver.counts(node8)

    def close(self) -> None:
        """Let every address go."""
        for part in (self._receiver, self._collector, self._desk):
            part.socket.close()
        self._gate.close()
        self._context.term()
        self.store.close()
