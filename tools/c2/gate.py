"""Who may connect: a ZAP handler (ZeroMQ RFC 27) that asks of each CURVE key whether its domain lets it in."""

from __future__ import annotations

from collections.abc import Callable

import zmq
from zmq.utils import z85

ADDRESS = "inproc://zeromq.zap.01"


class Gate:
    """One per process and context. `refused` is called with the key, in Z85, of each that is turned away."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._domains: dict[bytes, Callable[[str], bool]] = {}
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.bind(ADDRESS)

    def guard(self, socket: zmq.Socket[bytes], domain: str, secret: str, allowed: Callable[[str], bool]) -> None:
        """Make a socket that is not bound yet a CURVE server that lets in whom `allowed` lets in."""
        self._domains[domain.encode()] = allowed
        socket.curve_server = True
        socket.curve_secretkey = secret.encode()
        socket.zap_domain = domain.encode()

    def service(self) -> None:
        """Answer all who wait."""
        while self.socket.poll(0):
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
