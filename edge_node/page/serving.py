"""The page's process: from when somebody knocks until nobody has looked for a minute, or until it is told to stop."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import time

from edge_node.config import Config
from edge_node.node.page_door import listening
from edge_node.node.stop import StopFlag
from edge_node.page.desk import Desk
from edge_node.page.feed import Feed
from edge_node.page.login import Login, WebError, load_or_make_token
from edge_node.page.routes import Routes
from edge_node.page.server import PageServer
from edge_node.page.views import Views
from edge_node.private_file import require_own

IDLE_S = 75.0
"""Longer than the minute between two scrapes of a Prometheus."""


class PageError(Exception):
    """The page cannot be served; the text says why and what to do."""


def serve(config: Config, door: int | None) -> int:
    """At the socket that the supervisor hands over until nobody looks, or at one of its own until SIGTERM; raises PageError."""
    stop, page = StopFlag(), config.page
    if page.wrong:
        raise PageError(page.wrong)
    require_own(config.node.state_dir)
    try:
        token = load_or_make_token(config.node.state_dir) if page.asks_for_token else None
    except WebError as error:
        raise PageError(str(error)) from error
    tls, listener = _tls(config), _listener(config, door)
    feed = Feed(Desk(config), Views(config.node.run_dir))
    server = PageServer(listener, Routes(config, feed.desk, feed, Login(token) if token else None), tls)
    if door is None:
        _show(config, token)
    parent = os.getppid()
    try:
        while not stop.set and (door is None or _is_wanted(server, parent)):
            server.turn()
    finally:
        feed.close()
        listener.close()
    return os.EX_OK


def _is_wanted(server: PageServer, parent: int) -> bool:
    """Somebody looks, and the supervisor lives: the next one needs the address."""
    return os.getppid() == parent and time.monotonic() - server.last_s < IDLE_S


def _listener(config: Config, door: int | None) -> socket.socket:
    if door is not None:
        return socket.socket(fileno=door)
    try:
        return listening(config.page)
    except OSError as error:
        host, port = config.page.place
        raise PageError(f"the page cannot be served at {host}:{port}: {error.strerror}; it may be served there already") from error


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.page.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(config.page.certificate, config.page.key, password="")  # else OpenSSL asks a terminal, and waits
    except OSError as error:
        raise PageError(f"page.certificate or page.key cannot be used: {error}") from error
    return context


def _show(config: Config, token: str | None) -> None:
    """Where it is, with the token after the #, which no server and no log sees."""
    host, port = config.page.place
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if config.page.certificate else "http"
    sys.stderr.write(f"{scheme}://{shown}:{port}/{f'login#{token}' if token else ''}\n")
