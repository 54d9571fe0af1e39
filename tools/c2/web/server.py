"""The page in a thread of its own: where it listens, with which certificate, and how it ends."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from pathlib import Path
from threading import Thread

import uvicorn
from msgspec import Struct

from edge_node.page.login import Login, WebError, load_or_make_token
from tools.c2.enrolment import Enrolment
from tools.c2.picture import Event
from tools.c2.web.app import PACKAGES, build
from tools.c2.web.feed import Feed

MOST_CONNECTIONS = 128
DEAD_AFTER_MS = 20_000
SEND_BUFFER_BYTES = 128 * 1024
STOP_WITHIN_S = 5.0


class Settings(Struct, frozen=True):
    """What `serve` was told: HOST:PORT, both files of TLS or neither, and a base map."""

    address: str
    certificate: Path | None = None
    key: Path | None = None
    map_file: Path | None = None


class Page:
    """Serves from when it is made until `close`; `take` hands it what the station heard. Raises WebError."""

    def __init__(self, settings: Settings, state_dir: Path) -> None:
        self._token = load_or_make_token(state_dir)
        host, port = _host_and_port(settings.address)
        self._scheme = _scheme(settings, host)
        _must_exist(*PACKAGES.values(), words="is not there: tools/setup.sh brings what the page is drawn with")
        _must_exist(settings.map_file, words="is not there: --map needs a PMTiles archive")
        self._socket = _listening(host, port)
        self.address = f"{_in_brackets(host)}:{self._socket.getsockname()[1]}"
        self._feed = Feed(Enrolment(state_dir))
        app = build(self._feed, Login(self._token), scheme=self._scheme, hosts=self._hosts(host), map_file=settings.map_file)
        self._server = uvicorn.Server(_config(app, settings))
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="web", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """With the token after the #, which no server and no log sees."""
        return f"{self._scheme}://{self.address}/login#{self._token}"

    def take(self, event: Event) -> None:
        """What the station heard; from any thread, and never in its way."""
        self._feed.take(event)

    def close(self) -> None:
        """Let the address and all browsers go."""
        self._feed.closing = self._server.should_exit = True
        self._thread.join(STOP_WITHIN_S)

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed.run())
            await self._server.serve(sockets=[self._socket])
            self._feed.closing = True

    def _hosts(self, host: str) -> frozenset[str] | None:
        """Against DNS rebinding; with TLS the certificate names the host."""
        if self._scheme == "https":
            return None
        port = self._socket.getsockname()[1]
        return frozenset(f"{name}:{port}" for name in (_in_brackets(host).lower(), "127.0.0.1", "localhost", "[::1]"))


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise WebError(f"--web {address}: it needs HOST:PORT, such as 127.0.0.1:8600")
    return host.strip("[]"), int(port)


def _scheme(settings: Settings, host: str) -> str:
    """Http on this machine's own loopback alone; everywhere else TLS."""
    if (settings.certificate is None) != (settings.key is None):
        raise WebError("TLS needs both --web-certificate and --web-key")
    if settings.certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.key)
        except OSError as error:
            raise WebError(f"the certificate or its key cannot be used: {error}") from error
        return "https"
    if not _is_loopback(host):
        raise WebError(
            f"--web {settings.address} can be reached from other machines, and the page is not served there without TLS: "
            "give --web-certificate and --web-key, or say 127.0.0.1 and use an SSH tunnel"
        )
    return "http"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _must_exist(*paths: Path | None, words: str) -> None:
    for path in paths:
        if path is not None and not path.is_file():
            raise WebError(f"{path} {words}")


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server((where[0], port), family=family, backlog=MOST_CONNECTIONS)
    except OSError as error:
        raise WebError(f"cannot serve the page at {host}:{port}: {error.strerror}") from error
    # Accepted connections inherit both: who has gone or reads nothing is let go, and little that is old waits for who reads slowly.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER_MS)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return listener


def _config(app: object, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=2,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
    )


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
