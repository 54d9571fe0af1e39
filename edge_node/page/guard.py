"""What stands before every route: by which name it was asked for, where a request comes from, and whether its token opens the page."""

from __future__ import annotations

import os
import re

from edge_node.config import PageTable
from edge_node.page.asked import Answer, Asked, said, sent_to
from edge_node.page.login import Login

OPEN = frozenset({"/login", "/static/login.js", "/static/look.css", "/static/icon.svg"})
OWN_SITES = ("", "none", "same-origin")
BEARER = "Bearer "
LONGEST_TOKEN = 256
IPV4 = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}")
IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")


class Guard:
    """`login` is None where no token is asked for; `session_until_s` says until when (UTC) a request may be answered."""

    def __init__(self, page: PageTable, login: Login | None) -> None:
        self._login, self._scheme = login, "https" if page.certificate else "http"
        own = os.uname().nodename.lower()
        self._names = {"localhost", own, f"{own}.local", *(name.lower() for name in page.names)}

    def refusal(self, asked: Asked) -> Answer | None:
        """Why a request is not answered; None where it is."""
        host = asked.header("Host")
        if not self._is_own(host):
            return said(421, "this page goes by another name: [page] names says which are its own")
        if asked.method == "POST" and asked.header("Origin") != f"{self._scheme}://{host}":
            return said(403, "this came from another page")
        if asked.header("Sec-Fetch-Site") not in OWN_SITES and asked.header("Sec-Fetch-Mode") != "navigate":
            return said(403, "this came from another page")
        return None if self._login is None or asked.path in OPEN else self._without_token(self._login, asked)

    def _is_own(self, host: str) -> bool:
        """Against DNS rebinding: a page of another name never gets here; an address in figures is nobody's name."""
        name, colon, port = host.lower().rpartition(":")
        if not colon or port.endswith("]"):
            name, port = host.lower(), "0"
        known = name in self._names or IPV4.fullmatch(name) or IPV6.fullmatch(name)
        return bool(known) and port.isascii() and port.isdigit()

    def _without_token(self, login: Login, asked: Asked) -> Answer | None:
        if login.expiry_s(asked.session):
            return None
        shown = asked.header("Authorization")
        if not shown.startswith(BEARER):
            return sent_to("/login") if asked.path == "/" else said(401, "log in first", **{"WWW-Authenticate": "Bearer"})
        if login.must_wait(asked.address):
            return said(429, "too many wrong tokens: wait a minute", **{"Retry-After": "60"})
        right = login.session(shown.removeprefix(BEARER).strip()[:LONGEST_TOKEN], asked.address)
        return None if right else said(401, "that is not the token of this node", **{"WWW-Authenticate": "Bearer"})
