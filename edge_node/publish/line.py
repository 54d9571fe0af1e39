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
# A handshake takes five round trips, 6 s by satellite; but one that a black hole swallowed must not be waited for when the link is back.
# So the first one is given [c2] handshake_s, and beside it another is begun so often, the last one let go.
PROBE_S = 1.2
DEAD_AFTER_BEATS = 2.5
"""An answer is waited for so long: twice the way to a satellite and back. With what telling takes a dead line is told within 5 s."""
WAIT_S, WAIT_MOST_S, WAIT_REFUSED_S = 0.5, 1.5, 8.0
WATCHED = (
    Event.CONNECTED | Event.CLOSED | Event.DISCONNECTED | Event.HANDSHAKE_SUCCEEDED | Event.HANDSHAKE_FAILED_AUTH
    | Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL
)  # fmt: skip


class _Dial:
    """One socket that tries, with which of C2's keys, and what is heard of it."""

    def __init__(self, socket: zmq.Socket[bytes], server_key: str) -> None:
        self.socket, self.server_key = socket, server_key
        self.monitor = socket.get_monitor_socket(WATCHED)

    def hang_up(self, linger_ms: int = 0) -> None:
        """Let it go; what is queued may still leave for so long."""
        self.socket.disable_monitor()
        self.socket.close(linger_ms)
        if not self.monitor.closed:
            self.monitor.close()


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
        self._trying: list[_Dial] = []
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

    @property
    def socket(self) -> zmq.Socket[bytes] | None:
        """What is connected; None while nothing is."""
        return self._trying[0].socket if self.connected else None

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """The sockets to wait on for reading; ask again each time, for a refused line makes new ones."""
        monitors = [dial.monitor for dial in self._trying]
        return [self.socket, *monitors] if self.socket else monitors

    def service(self, now_ns: int) -> None:
        """Dial when it is time, and hear what became of it."""
        if self._dial_at_ns is not None and now_ns >= self._dial_at_ns and not self._why_off():
            self._dial()
        for dial in tuple(self._trying):
            while dial in self._trying and dial.monitor.poll(0):
                event, value = struct.unpack("=Hi", dial.monitor.recv_multipart()[0])
                self._note(dial, Event(event), value, now_ns)

    def _dial(self) -> None:
        """Begin anew beside the oldest that still tries, in place of a younger one."""
        self._dial_at_ns = None
        self.dials += 1
        while len(self._trying) > 1:
            self._trying.pop().hang_up()
        socket = self._context.socket(self._kind)
        try:
            self._secure(socket)
            self._set_up(socket)
            self._trying.append(_Dial(socket, self.server_key))
            socket.connect(self._where or "")
        except zmq.ZMQError as error:
            self.hang_up()
            socket.close()
            self.words = f"off: [c2] cannot be used as it stands in node.toml ({self._where}, server_key): {error.strerror}"

    def _secure(self, socket: zmq.Socket[bytes]) -> None:
        heartbeat_ms = round(self._table.heartbeat_s * 1000)
        socket.linger = 0
        socket.reconnect_ivl, socket.reconnect_ivl_max = RECONNECT_MS, RECONNECT_MOST_MS
        dead_ms = round(DEAD_AFTER_BEATS * heartbeat_ms)
        socket.heartbeat_ivl, socket.heartbeat_timeout, socket.heartbeat_ttl = heartbeat_ms, dead_ms, dead_ms
        socket.handshake_ivl = round(self._table.handshake_s * 1000)
        socket.connect_timeout = CONNECT_MS
        socket.tcp_keepalive, socket.tcp_keepalive_idle = 1, 15
        socket.ipv6 = "[" in (self._where or "")  # else libzmq takes a name's IPv6 address alone, routed or not
        socket.curve_serverkey = self.server_key.encode()
        socket.curve_publickey, socket.curve_secretkey = self._keys.public.encode(), self._keys.secret.encode()

    def _note(self, dial: _Dial, event: Event, value: int, now_ns: int) -> None:
        match event:
            case Event.CONNECTED:
                self._dial_at_ns = now_ns + _jittered_ns(PROBE_S)
            case Event.HANDSHAKE_SUCCEEDED:
                self._settle(dial)
            case Event.CLOSED:
                self._dial_at_ns = None if dial is self._trying[-1] else self._dial_at_ns
                self.words = f"no C2 answers at {self._where}; trying again"
            case Event.HANDSHAKE_FAILED_AUTH:
                self.refused += 1
                self.redial(now_ns, f"C2 refuses this node's key ({value}): enrol {self._keys.public} there; trying again", WAIT_REFUSED_S)
            case Event.DISCONNECTED if self.connected:
                self.redial(now_ns, f"C2 at {self._where} was lost; trying again")
            case Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL | Event.DISCONNECTED:
                self.bad_handshakes += 1
                self._give_up(dial, now_ns)

    def _settle(self, dial: _Dial) -> None:
        """The first that is through is the line."""
        for other in self._trying:
            if other is not dial:
                other.hang_up()
        self._trying, self._dial_at_ns = [dial], None
        self.connected, self._wait_s = True, WAIT_S
        self.connections += 1
        self._server_keys.succeeded(dial.server_key)
        self.words = " ".join(filter(None, (f"connected to C2 at {self._where}", self._server_keys.words)))

    def _give_up(self, dial: _Dial, now_ns: int) -> None:
        """A handshake failed: another may still be under way."""
        self._server_keys.failed(dial.server_key)
        words = f"no handshake with {self._where}: wrong server key ([c2] server_key), or not a C2; trying again"
        if len(self._trying) == 1:
            self.redial(now_ns, words)
            return
        self._trying.remove(dial)
        dial.hang_up()
        self.words = words

    def redial(self, now_ns: int, words: str, wait_most_s: float = WAIT_MOST_S) -> None:
        """Let go and dial anew in a while: a socket that was refused, or heard what is not ZMTP, never does (libzmq #2329)."""
        self.hang_up()
        self._dial_at_ns = now_ns + _jittered_ns(self._wait_s)
        self._wait_s = min(2 * self._wait_s, wait_most_s)
        self.words = words

    def hang_up(self, linger_ms: int = 0) -> None:
        """Let all sockets go; what is queued may still leave for so long."""
        self.connected = False
        for dial in self._trying:
            dial.hang_up(linger_ms)
        self._trying = []

    def close(self, linger_ms: int = 0) -> None:
        """Hang up for good; the context's end waits for what is still queued."""
        self.hang_up(linger_ms)
        self._dial_at_ns = None
        self.words = "closed"


def _jittered_ns(most_s: float) -> int:
    """Somewhat sooner, so that not all nodes dial at once."""
    return round(most_s * random.uniform(0.5, 1.0) * 1e9)  # noqa: S311  (no secret)
