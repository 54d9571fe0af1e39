"""The live plane's line to C2: says what C2 asked for while it is there to hear it, and drops the rest."""

from __future__ import annotations

from typing import Literal

import zmq

from edge_node.config import C2Table
from edge_node.publish.keys import KeyPair
from edge_node.publish.line import Line

Outcome = Literal["sent", "full", "unconnected", "unasked"]

QUEUE_MESSAGES = 32
MOST_SUBSCRIPTIONS = 64


class Link:
    """One XPUB socket to one C2: it looks like PUB to a subscriber, and knows what the subscriber asks for. Never blocks."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], table: C2Table, keys: KeyPair) -> None:
        self.line = Line(context, zmq.XPUB, table.live, table=table, keys=keys, set_up=_set_up)
        self._asked: set[bytes] = set()
        self._dials = 0

    def service(self, now_ns: int) -> bool:
        """Do what is to be done; True when C2 has just asked for something."""
        self.line.service(now_ns)
        if self.line.dials != self._dials:
            self._dials = self.line.dials
            self._asked.clear()
        return self._hear_subscriptions()

    def _hear_subscriptions(self) -> bool:
        anew = False
        while self.line.socket and self.line.socket.poll(0):
            said = self.line.socket.recv()
            if said[:1] == b"\1" and len(self._asked) < MOST_SUBSCRIPTIONS:
                self._asked.add(said[1:])
                anew = True
            elif said[:1] == b"\0":
                self._asked.discard(said[1:])
        return anew

    def asked_for(self, topic: bytes) -> bool:
        """Whether C2 wants this topic."""
        return any(topic.startswith(prefix) for prefix in self._asked)

    def send(self, topic: bytes, payload: bytes) -> Outcome:
        """Hand one message over, or say why not."""
        if self.line.socket is None or not self.line.connected:
            return "unconnected"
        if not self.asked_for(topic):
            return "unasked"
        try:
            self.line.socket.send_multipart([topic, payload], zmq.NOBLOCK)
        except zmq.Again:
            return "full"
        return "sent"


def _set_up(socket: zmq.Socket[bytes]) -> None:
    socket.sndhwm = QUEUE_MESSAGES
    socket.xpub_nodrop = True
    socket.maxmsgsize = 4096  # C2 sends subscriptions and heartbeats, no more
