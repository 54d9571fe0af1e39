"""The encrypted line to C2: dials out, knows the server by its pinned key, tries for ever and says in words how it stands."""

from __future__ import annotations

import random
import struct
from typing import Literal

import zmq
from zmq import Event

from edge_node.config import C2Table
from edge_node.publish.keys import KeyPair, require_curve

Outcome = Literal["sent", "full", "unconnected", "unasked"]

QUEUE_MESSAGES = 32
RECONNECT_MS, RECONNECT_MOST_MS = 200, 4_000
WAIT_S, WAIT_MOST_S = 0.5, 8.0
MOST_SUBSCRIPTIONS = 64
WATCHED = (
    Event.CONNECTED | Event.CLOSED | Event.DISCONNECTED | Event.HANDSHAKE_SUCCEEDED | Event.HANDSHAKE_FAILED_AUTH
    | Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL
)  # fmt: skip


class Link:
    """One XPUB socket to one C2: it looks like PUB to a subscriber, and knows what the subscriber asks for. Never blocks."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], table: C2Table, keys: KeyPair) -> None:
        require_curve()
        self._context, self._table, self._keys = context, table, keys
        self._socket: zmq.Socket[bytes] | None = None
        self._monitor: zmq.Socket[bytes] | None = None
        self._asked: set[bytes] = set()
        self._dial_at_ns: int | None = 0
        self._wait_s = WAIT_S
        self.connected = False
        self.connections = self.refused = self.bad_handshakes = 0
        self.words = self._why_off() or f"dialling C2 at {table.live}"

    def _why_off(self) -> str:
        if self._table.live is None:
            return "off: no C2 is named ([c2] live); nothing is published"
        if self._table.server_key is None:
            return "off: C2's public key is not told ([c2] server_key), and nothing is sent to a stranger"
        return ""

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """The sockets to wait on for reading; ask again each time, for a refused link makes new ones."""
        return [socket for socket in (self._socket, self._monitor) if socket]

    def service(self, now_ns: int) -> bool:
        """Do what is to be done; True when C2 has just asked for something."""
        if self._socket is None and self._dial_at_ns is not None and now_ns >= self._dial_at_ns and not self._why_off():
            self._dial()
        self._hear_monitor(now_ns)
        return self._hear_subscriptions()

    def _dial(self) -> None:
        socket = self._context.socket(zmq.XPUB)
        try:
            self._set_up(socket)
            self._monitor = socket.get_monitor_socket(WATCHED)
            socket.connect(self._table.live or "")
        except zmq.ZMQError as error:
            self._socket = socket
            self._hang_up()
            self._dial_at_ns = None
            self.words = f"off: [c2] cannot be used as it stands in node.toml ({self._table.live}, server_key): {error.strerror}"
            return
        self._socket = socket

    def _set_up(self, socket: zmq.Socket[bytes]) -> None:
        heartbeat_ms = round(self._table.heartbeat_s * 1000)
        socket.linger = 0
        socket.sndhwm = QUEUE_MESSAGES
        socket.xpub_nodrop = True
        socket.reconnect_ivl, socket.reconnect_ivl_max = RECONNECT_MS, RECONNECT_MOST_MS
        socket.heartbeat_ivl, socket.heartbeat_timeout, socket.heartbeat_ttl = heartbeat_ms, 3 * heartbeat_ms, 3 * heartbeat_ms
        socket.handshake_ivl = round(self._table.handshake_s * 1000)
        socket.connect_timeout = socket.handshake_ivl
        socket.tcp_keepalive, socket.tcp_keepalive_idle = 1, 15
        socket.maxmsgsize = 4096  # C2 sends subscriptions and heartbeats, no more
        socket.ipv6 = "[" in (self._table.live or "")  # else libzmq takes a name's IPv6 address alone, routed or not
        socket.curve_serverkey = (self._table.server_key or "").encode()
        socket.curve_publickey, socket.curve_secretkey = self._keys.public.encode(), self._keys.secret.encode()

    def _hear_monitor(self, now_ns: int) -> None:
        while self._monitor and self._monitor.poll(0):
            event, value = struct.unpack("=Hi", self._monitor.recv_multipart()[0])
            self._note(Event(event), value, now_ns)

    def _note(self, event: Event, value: int, now_ns: int) -> None:
        where = self._table.live
        match event:
            case Event.HANDSHAKE_SUCCEEDED:
                self.connected, self._wait_s = True, WAIT_S
                self.connections += 1
                self.words = f"connected to C2 at {where}"
            case Event.CLOSED:
                self.words = f"no C2 answers at {where}; trying again"
            case Event.HANDSHAKE_FAILED_AUTH:
                self.refused += 1
                self._redial(now_ns, f"C2 refuses this node's key ({value}): enrol {self._keys.public} there; trying again")
            case Event.DISCONNECTED if self.connected:
                self._redial(now_ns, f"C2 at {where} was lost; trying again")
            case Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL | Event.DISCONNECTED:
                self.bad_handshakes += 1
                self._redial(now_ns, f"no handshake with {where}: wrong server key ([c2] server_key), or not a C2; trying again")

    def _redial(self, now_ns: int, words: str) -> None:
        """A socket that was refused, or that heard what is not ZMTP, never tries again by itself (libzmq #2329): a new one must."""
        self._hang_up()
        self._dial_at_ns = now_ns + round(self._wait_s * random.uniform(0.5, 1.0) * 1e9)  # noqa: S311  (jitter, no secret)
        self._wait_s = min(2 * self._wait_s, WAIT_MOST_S)
        self.words = words

    def _hear_subscriptions(self) -> bool:
        anew = False
        while self._socket and self._socket.poll(0):
            said = self._socket.recv()
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
        if self._socket is None or not self.connected:
            return "unconnected"
        if not self.asked_for(topic):
            return "unasked"
        try:
            self._socket.send_multipart([topic, payload], zmq.NOBLOCK)
        except zmq.Again:
            return "full"
        return "sent"

    def _hang_up(self, linger_ms: int = 0) -> None:
        self.connected = False
        self._asked.clear()
        if self._socket:
            self._socket.disable_monitor()
            self._socket.close(linger_ms)
        if self._monitor and not self._monitor.closed:
            self._monitor.close()
        self._socket = self._monitor = None

    def close(self, linger_ms: int = 0) -> None:
        """Let go; what is queued may still leave for so long, and the context's end waits for it."""
        self._hang_up(linger_ms)
        self._dial_at_ns = None
        self.words = "closed"
