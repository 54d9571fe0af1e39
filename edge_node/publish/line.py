"""One encrypted line to C2: dials out, knows the server by its pinned key, tries for ever and says in words how it stands."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import zmq
from zmq import Event

from edge_node.config import C2Table
from edge_node.publish.keys import KeyPair, require_curve
from edge_node.publish.server_keys import ServerKeys

# A dead address costs one SYN a second, and a link that comes back is used within two (libzmq adds jitter of one interval).
CONNECT_MS, RECONNECT_MS, RECONNECT_MOST_MS = 1_500, 100, 400
WAIT_S, WAIT_MOST_S = 0.5, 8.0
WATCHED = (
    Event.CONNECTED | Event.CLOSED | Event.DISCONNECTED | Event.HANDSHAKE_SUCCEEDED | Event.HANDSHAKE_FAILED_AUTH
    | Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL
)  # fmt: skip


class Line:
    """One socket of one kind to one address of C2. Never blocks; `set_up` adds what the kind needs before it dials."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        kind: int,
        where: str | None,
        *,
        table: C2Table,
        keys: KeyPair,
        set_up: Callable[[zmq.Socket[bytes]], None],
    ) -> None:
        require_curve()
        self._context, self._kind, self._where, self._table, self._keys, self._set_up = context, kind, where, table, keys, set_up
        self._server_keys = ServerKeys(table.server_key, table.next_server_key)
        self.socket: zmq.Socket[bytes] | None = None
        self._monitor: zmq.Socket[bytes] | None = None
        self._dial_at_ns: int | None = 0
        self._wait_s = WAIT_S
        self.connected = False
        self.dials = self.connections = self.refused = self.bad_handshakes = 0
        self.words = self._why_off() or f"dialling C2 at {where}"

    def _why_off(self) -> str:
        if self._where is None:
            return "off: no C2 is named ([c2]); nothing is sent"
        if self._table.server_key is None:
            return "off: C2's public key is not told ([c2] server_key), and nothing is sent to a stranger"
        return ""

    @property
    def public_key(self) -> str:
        """Of this node, in Z85."""
        return self._keys.public

    @property
    def server_key(self) -> str:
        """Which of C2's keys it is dialled with, in Z85."""
        return self._server_keys.current()

    def learn_server_key(self, next_key: str) -> None:
        """C2 says that it will have this key."""
        self._server_keys.learn(next_key)

    def rekey(self, keys: KeyPair, now_ns: int) -> None:
        """Speak with another pair from now on."""
        self._keys = keys
        self.redial(now_ns, "this node's key was renewed; dialling anew")

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """The sockets to wait on for reading; ask again each time, for a refused line makes new ones."""
        return [socket for socket in (self.socket, self._monitor) if socket]

    def service(self, now_ns: int) -> None:
        """Dial when it is time, and hear what became of it."""
        if self.socket is None and self._dial_at_ns is not None and now_ns >= self._dial_at_ns and not self._why_off():
            self._dial()
        while self._monitor and self._monitor.poll(0):
            event, value = struct.unpack("=Hi", self._monitor.recv_multipart()[0])
            self._note(Event(event), value, now_ns)

    def _dial(self) -> None:
        self.socket = socket = self._context.socket(self._kind)
        self.dials += 1
        try:
            self._secure(socket)
            self._set_up(socket)
            self._monitor = socket.get_monitor_socket(WATCHED)
            socket.connect(self._where or "")
        except zmq.ZMQError as error:
            self.hang_up()
            self._dial_at_ns = None
            self.words = f"off: [c2] cannot be used as it stands in node.toml ({self._where}, server_key): {error.strerror}"

    def _secure(self, socket: zmq.Socket[bytes]) -> None:
        heartbeat_ms = round(self._table.heartbeat_s * 1000)
        socket.linger = 0
        socket.reconnect_ivl, socket.reconnect_ivl_max = RECONNECT_MS, RECONNECT_MOST_MS
        socket.heartbeat_ivl, socket.heartbeat_timeout, socket.heartbeat_ttl = heartbeat_ms, 3 * heartbeat_ms, 3 * heartbeat_ms
        socket.handshake_ivl = round(self._table.handshake_s * 1000)
        socket.connect_timeout = CONNECT_MS
        socket.tcp_keepalive, socket.tcp_keepalive_idle = 1, 15
        socket.ipv6 = "[" in (self._where or "")  # else libzmq takes a name's IPv6 address alone, routed or not
        socket.curve_serverkey = self._server_keys.current().encode()
        socket.curve_publickey, socket.curve_secretkey = self._keys.public.encode(), self._keys.secret.encode()

    def _note(self, event: Event, value: int, now_ns: int) -> None:
        match event:
            case Event.HANDSHAKE_SUCCEEDED:
                self.connected, self._wait_s = True, WAIT_S
                self.connections += 1
                self._server_keys.succeeded()
                self.words = " ".join(filter(None, (f"connected to C2 at {self._where}", self._server_keys.words)))
            case Event.CLOSED:
                self.words = f"no C2 answers at {self._where}; trying again"
            case Event.HANDSHAKE_FAILED_AUTH:
                self.refused += 1
                self.redial(now_ns, f"C2 refuses this node's key ({value}): enrol {self._keys.public} there; trying again")
            case Event.DISCONNECTED if self.connected:
                self.redial(now_ns, f"C2 at {self._where} was lost; trying again")
            case Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL | Event.DISCONNECTED:
                self.bad_handshakes += 1
                self._server_keys.failed()
                self.redial(now_ns, f"no handshake with {self._where}: wrong server key ([c2] server_key), or not a C2; trying again")

    def redial(self, now_ns: int, words: str) -> None:
        """Let go and dial anew in a while: a socket that was refused, or heard what is not ZMTP, never does (libzmq #2329)."""
        self.hang_up()
        self._dial_at_ns = now_ns + round(self._wait_s * random.uniform(0.5, 1.0) * 1e9)  # noqa: S311  (jitter, no secret)
        self._wait_s = min(2 * self._wait_s, WAIT_MOST_S)
        self.words = words

    def hang_up(self, linger_ms: int = 0) -> None:
        """Let the socket go; what is queued may still leave for so long."""
        self.connected = False
        if self.socket:
            self.socket.disable_monitor()
            self.socket.close(linger_ms)
        if self._monitor and not self._monitor.closed:
            self._monitor.close()
        self.socket = self._monitor = None

    def close(self, linger_ms: int = 0) -> None:
        """Hang up for good; the context's end waits for what is still queued."""
        self.hang_up(linger_ms)
        self._dial_at_ns = None
        self.words = "closed"
