"""A page on loopback, asked as a browser would ask, and by a browser."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.c2.web.server import Page, Settings

T = TypeVar("T")
LOOPBACK = Settings("127.0.0.1:0")
FORM = "application/x-www-form-urlencoded"


@contextmanager
def open_page(state_dir: Path, settings: Settings = LOOPBACK) -> Iterator[Page]:
    """A page that is closed with the block."""
    page = Page(settings, state_dir)
    try:
        yield page
    finally:
        page.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "c2")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1)).add_extension(alternative, False)
    (folder / "c2.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "c2.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return folder / "c2.pem", folder / "c2.key"


class Visitor:
    """Asks the page over HTTP, with a cookie once it has logged in."""

    def __init__(self, page: Page, tls: ssl.SSLContext | None = None) -> None:
        self.page, self.cookie = page, ""
        host, _, port = page.address.rpartition(":")
        self._where, self._tls = (host, int(port)), tls

    def connect(self) -> http.client.HTTPConnection:
        if self._tls:
            return http.client.HTTPSConnection(*self._where, timeout=10, context=self._tls)
        return http.client.HTTPConnection(*self._where, timeout=10)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self.connect()
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Cookie": self.cookie} | told if self.cookie else told)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    def log_in(self, token: str | None = None, **headers: str) -> http.client.HTTPResponse:
        scheme, _, rest = self.page.url.partition("://")
        said = {"Origin": f"{scheme}://{self.page.address}", "Content-Type": FORM} | headers
        answer, _ = self.ask("/login", "POST", urlencode({"token": token or rest.partition("#")[2]}), **said)
        self.cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        return answer

    @contextmanager
    def listening(self, receive_bytes: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
        """The messages of the stream."""
        connection = self.connect()
        connection.connect()
        if receive_bytes:
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.request("GET", "/events", headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        try:
            yield (json.loads(line[6:]) for line in answer if line.startswith(b"data: "))
        finally:
            answer.close()
            connection.close()


def wait_for(what: Callable[[], T], why: str, within_s: float = 15.0) -> T:
    """What is true at last; it polls, for the page's own policy forbids Playwright's waiting by script."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, f"not within {within_s:g} s: {why}"
        time.sleep(0.02)
    return found
