"""Who may connect: a ZAP handler (ZeroMQ RFC 27) that asks of each CURVE key whether its domain lets it in."""

from __future__ import annotations

from collections.abc import Callable

import zmq
from msgspec import Struct
from zmq.utils import z85

ADDRESS = "inproc://zeromq.zap.01"
HANDSHAKE_MS = 10_000  # five round trips by satellite take 6 s
MOST_A_TURN = 50


class Door(Struct, frozen=True):
    """One way in: its ZAP domain, C2's secret key, who may pass, and how long a message may be."""

    domain: str
    secret: str
    allowed: Callable[[str], bool]
    most_bytes: int


class Gate:
    """One per process and context. `refused` is called with the key, in Z85, of each that is turned away."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._domains: dict[bytes, Callable[[str], bool]] = {}
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.bind(ADDRESS)

    def bind(self, socket: zmq.Socket[bytes], address: str, door: Door) -> str:
        """Make a socket a CURVE server there that lets in whom its door lets in; the address with its port; raises zmq.ZMQError."""
        self._domains[door.domain.encode()] = door.allowed
        socket.curve_server = True
        socket.curve_secretkey = door.secret.encode()
        socket.zap_domain = door.domain.encode()
        socket.linger = 0
        socket.handshake_ivl = HANDSHAKE_MS
        socket.heartbeat_ivl, socket.heartbeat_timeout = 2_000, 6_000
        socket.maxmsgsize = door.most_bytes
        socket.bind(address)
        return socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")

    def service(self) -> None:
        """Answer who waits, but never so many that those who are in starve."""
        for _ in range(MOST_A_TURN):
            if not self.socket.poll(0):
                return
            frames = self.socket.recv_multipart()
            cut = frames.index(b"") + 1 if b"" in frames else len(frames)
            envelope, request = frames[:cut], frames[cut:]
            if len(request) >= 2:
                self.socket.send_multipart(envelope + self._answer(request))

    def _answer(self, request: list[bytes]) -> list[bytes]:
        version, number = request[:2]
        domain, mechanism, credentials = (request[2], request[5], request[6]) if len(request) == 7 else (b"", b"", b"")
        if mechanism != b"CURVE" or len(credentials) != 32:
            return [version, number, b"400", b"a CURVE key is needed", b"", b""]
        key, allowed = z85.encode(credentials).decode(), self._domains.get(domain)
        if allowed is not None and allowed(key):
            return [version, number, b"200", b"OK", key.encode(), b""]
        self._refused(key)
        return [version, number, b"400", b"this key is not enrolled", b"", b""]

    def close(self) -> None:
        """Let the handler's address go."""
        self.socket.close()
