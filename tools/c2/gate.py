"""Who may connect: a ZAP handler (ZeroMQ RFC 27) for enrolled CURVE keys, driven by the receiver's own poller."""

from __future__ import annotations

from collections.abc import Callable

import zmq
from zmq.utils import z85

ADDRESS = "inproc://zeromq.zap.01"
DOMAIN = "c2"


class Gate:
    """One per process and context. `refused` is called with the key, in Z85, of each that is turned away."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], allowed: Callable[[str], bool], refused: Callable[[str], None]) -> None:
        self._allowed, self._refused = allowed, refused
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.bind(ADDRESS)

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
        mechanism, credentials = (request[5], request[6]) if len(request) == 7 else (b"", b"")
        if mechanism != b"CURVE" or len(credentials) != 32:
            return [version, number, b"400", b"a CURVE key is needed", b"", b""]
        key = z85.encode(credentials).decode()
        if self._allowed(key):
            return [version, number, b"200", b"OK", key.encode(), b""]
        self._refused(key)
        return [version, number, b"400", b"this key is not enrolled", b"", b""]

    def close(self) -> None:
        """Let the handler's address go."""
        self.socket.close()
