"""HTTP for a handful of browsers: a thread for each connection, and bounds on how many, how long and how much."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer, TCPServer, ThreadingMixIn
from threading import Lock
from typing import Any

from edge_node.page.asked import HEADERS, Answer, Asked, said

MOST_CONNECTIONS = 24
MOST_HEAD_BYTES = 16_384
MOST_FORM_BYTES = 1_024
ASK_WITHIN_S = 8.0
"""From the first byte to the last of what is asked, however slowly it drips."""
TAKE_WITHIN_S = 15.0
"""Whoever takes nothing for so long has gone."""
SEND_BUFFER_BYTES = 128 * 1024
TURN_S = 0.5

App = Callable[[Asked], Answer]


class PageServer(ThreadingMixIn, TCPServer):
    """Answers at a socket that listens already; `turn` is to be called for ever."""

    daemon_threads = True
    block_on_close = False
    timeout = TURN_S

    def __init__(self, listener: socket.socket, app: App, tls: ssl.SSLContext | None) -> None:
        BaseServer.__init__(self, listener.getsockname(), _Handler)
        listener.settimeout(TURN_S)  # handle_request waits no longer than this, and not at all at a socket that does not block
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.socket, self.app, self._tls = listener, app, tls
        self._deadlines: dict[socket.socket, float] = {}
        self._lock = Lock()
        self.last_s = time.monotonic()

    def turn(self) -> None:
        """Answer whoever comes within half a second, and let go of those who dawdle."""
        self.handle_request()
        now_s = time.monotonic()
        with self._lock:
            late = [connection for connection, by_s in self._deadlines.items() if now_s > by_s]
            if self._deadlines:
                self.last_s = now_s
        for connection in late:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def allow(self, connection: socket.socket, seconds: float) -> None:
        """So long from now on, and no longer."""
        with self._lock:
            self._deadlines[connection] = time.monotonic() + seconds

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, unless too many are busy."""
        with self._lock:
            full = len(self._deadlines) >= MOST_CONNECTIONS
        if full:
            self.shutdown_request(request)
            return
        self.allow(request, ASK_WITHIN_S)
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread is to be had
            self._forget(request)
            raise

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handler; before it TLS, whose handshake counts."""
        connection = request
        try:
            request.settimeout(TAKE_WITHIN_S)
            if self._tls is not None:
                connection = self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
                self._forget(request)
                self.allow(connection, ASK_WITHIN_S)
                connection.do_handshake()
            _Handler(connection, client_address, self)
        except OSError:
            return  # whoever has gone is not answered
        finally:
            self._forget(connection)
            connection.close()

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._deadlines.pop(connection, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody reads what it would print; an error of ours is answered with 500 before it comes here."""


class _Bounded(io.RawIOBase):
    """What comes in, up to so many bytes: beyond them it is as if the connection had ended."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream, self._left = stream, MOST_HEAD_BYTES

    @property
    def spent(self) -> bool:
        """Whether more may have come than is taken."""
        return self._left <= 0

    def readline(self, size: int | None = -1, /) -> bytes:
        """At most what is left."""
        line = self._stream.readline(self._left if size is None or size < 0 else min(size, self._left))
        self._left -= len(line)
        return line

    def read(self, size: int = -1, /) -> bytes:
        """At most what is left."""
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


class _Handler(BaseHTTPRequestHandler):
    """One request a connection (HTTP/1.0): nothing can be smuggled behind it."""

    server: PageServer
    rfile: Any
    server_version, sys_version = "edge_node", ""

    def setup(self) -> None:
        super().setup()
        self.rfile = _Bounded(self.rfile)

    def do_GET(self) -> None:
        """As everything else."""
        self._give(self._answer())

    do_HEAD = do_POST = do_GET  # noqa: N815 -- http.server's names

    def _answer(self) -> Answer:
        if self.rfile.spent:
            return said(431, "that is more than a request may have")
        asked = Asked(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            str(self.client_address[0]),
            self._form(),
        )
        try:
            return self.server.app(asked)
        except Exception:  # noqa: BLE001 -- whatever goes wrong with one request, the next is answered
            return said(500, "the page itself went wrong here")

    def _form(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if self.command != "POST" or not (length.isascii() and length.isdigit()) or int(length) > MOST_FORM_BYTES:
            return b""
        return bytes(self.rfile.read(int(length)))

    def _give(self, answer: Answer) -> None:
        self.server.allow(self.connection, TAKE_WITHIN_S)
        self.send_response(answer.status)
        for name, value in {**HEADERS, "Content-Type": answer.kind, **answer.headers}.items():
            self.send_header(name, value)
        if answer.parts is None:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if answer.parts is None:
            self.wfile.write(answer.body)
            return
        with closing(answer.parts) as parts:
            for part in parts:
                self.server.allow(self.connection, TAKE_WITHIN_S)
                self.wfile.write(part)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 -- its signature
        """What is no HTTP, in words and strictly."""
        self.command = getattr(self, "command", None) or ""
        self._give(said(code, message or "this is no request"))

    def log_message(self, *_: Any) -> None:
        """Who looks at his own node is nobody's business."""
