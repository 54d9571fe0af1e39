"""What is no HTTP, too much or too slow harms nobody."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from edge_node.page import server
from tests.edge_node.page.served import Visitor, fill, served
from tests.running import wait_for
from tests.tools.c2.web.helpers import certificate

NOISE = {
    "tls": b"\x16\x03\x01" + bytes(200),
    "long line": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "long head": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (k, b"y" * 900) for k in range(90)) + b"\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 3_000 + b"\r\n",
    "no request": b"\r\n\r\n",
    "binary": bytes(range(256)) * 40 + b"\r\n\r\n",
    "method": b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: -7\r\n\r\n",
    "chunked": b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
    "queries": b"GET /events?" + b"&".join(b"look=a" for _ in range(500)) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "cookie": b"GET /settings HTTP/1.1\r\nHost: localhost\r\nCookie: edge_node_page=\xff;;=;$x\r\n\r\n",
}


@pytest.mark.parametrize("name", NOISE)
def test_what_is_no_request_is_refused_and_the_next_one_answered(tmp_path: Path, name: str) -> None:
    with served(tmp_path) as visitor:
        # It may hang up on the first bytes.
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as peer, suppress(OSError):
            peer.sendall(NOISE[name])
            peer.shutdown(socket.SHUT_WR)
            peer.recv(65_536)
        assert visitor.ask("/settings")[0].status == 200


def test_a_head_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask("/settings", X=("y" * 20_000))[0].status == 431


def test_who_drips_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ASK_WITHIN_S", 0.3)
    with served(tmp_path) as visitor, socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n")
        assert peer.recv(100) == b""


def test_more_connections_than_there_is_room_for_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 4)
    with served(tmp_path) as visitor:
        with ExitStack() as peers:
            for _ in range(4):
                peers.enter_context(socket.create_connection(("127.0.0.1", visitor.port), timeout=10)).sendall(b"GET")
            wait_for(lambda: not _answered(visitor), 5, "one is turned away")
        wait_for(lambda: _answered(visitor), 10, "there is room again")


def _answered(visitor: Visitor) -> bool:
    try:
        return visitor.ask("/settings")[0].status == 200
    except (OSError, HTTPException):
        return False


def test_who_gets_no_thread_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(server, "MOST_CONNECTIONS", 1)
    with served(tmp_path) as visitor:
        with monkeypatch.context() as patched:
            patched.setattr("socketserver.threading.Thread.start", none_left)
            with pytest.raises((HTTPException, ConnectionError)):
                visitor.ask("/settings")
        assert visitor.ask("/settings")[0].status == 200


def test_a_fault_of_the_pages_own_is_one_bad_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path) as visitor:
        monkeypatch.setattr("edge_node.page.desk.Desk.told", lambda _: 1 / 0)
        assert visitor.ask("/status.json")[0].status == 500
        assert visitor.ask("/settings")[0].status == 200


def test_with_tls_the_cookie_never_goes_in_the_clear(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    fill(tmp_path)
    with served(tmp_path, "a-token-of-24-characters", context, certificate=pem, key=key) as visitor:
        visitor._tls = ssl.create_default_context(cafile=str(pem))
        assert "Secure" in visitor.log_in().headers["Set-Cookie"]
        assert visitor.ask("/status.json")[0].status == 200
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with suppress(ConnectionError):
                assert b"HTTP" not in plain.recv(1000)
        assert visitor.ask("/status.json")[0].status == 200
