"""What a browser asks for and what it is answered, without sockets."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

COOKIE = "edge_node_page"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""With every answer: they keep a browser strict."""


class Asked(Struct, frozen=True):
    """One request; `headers` by lower-case name, `body` empty where it is longer than a form may be, `address` is who asks."""

    method: str
    target: str
    headers: Mapping[str, str]
    address: str = ""
    body: bytes = b""

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(f"//host{self.target}" if self.target.startswith("/") else self.target).path

    def query(self, name: str) -> str:
        """The first value of that name, empty when there is none."""
        return parse_qs(self.target.partition("?")[2], max_num_fields=8).get(name, [""])[0]

    def header(self, name: str) -> str:
        """Empty where it was not said."""
        return self.headers.get(name.lower(), "")

    @property
    def session(self) -> str:
        """The session's cookie, empty when there is none; those of other programs at the same name (localhost) may be anything."""
        cookies = (one.strip().partition("=") for one in self.header("Cookie").split(";"))
        return next((value for name, _, value in cookies if name == COOKIE), "")


class Answer(Struct, frozen=True):
    """A status, what is in it, and headers beside HEADERS; `parts` instead of `body` for what has no end."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = {}
    parts: Generator[bytes, None, None] | None = None


def said(status: int, words: str, **headers: str) -> Answer:
    """An answer in words."""
    return Answer(status, f"{words}\n".encode(), headers=headers)


def sent_to(path: str, **headers: str) -> Answer:
    """An answer that sends the browser elsewhere."""
    return Answer(303, headers={"Location": path, **headers})
