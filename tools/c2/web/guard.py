"""What stands before every route: the address that was asked for, where a request comes from, and whether its cookie opens the page."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_node.page.login import Login

COOKIE = "edge_node_session"
OPEN = frozenset({"/login", "/static/login.js", "/static/look.css", "/static/icon.svg"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Guard:
    """ASGI middleware. `hosts` are the names by which the page may be asked for; None trusts the certificate to say so."""

    def __init__(self, app: ASGIApp, login: Login, scheme: str, hosts: frozenset[str] | None) -> None:
        self._app, self._login, self._scheme, self._hosts = app, login, scheme, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on; either way with the headers that keep a browser strict."""

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http":
            refusal = self._refusal(Request(scope))
            await (refusal or self._app)(scope, receive, send_strictly)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if self._hosts is not None and host.lower() not in self._hosts:
            return PlainTextResponse("this page goes by another address\n", 421)
        if request.method not in ("GET", "HEAD") and request.headers.get("origin") != f"{self._scheme}://{host}":
            return PlainTextResponse("this came from another page\n", 403)
        path = request.scope["path"]  # what routes are found by; a URL is put together from what the request says of itself
        if path in OPEN or self._login.expiry_s(session_of(request)):
            return None
        return RedirectResponse("/login", 303) if path == "/" else PlainTextResponse("log in first\n", 401)


def session_of(request: HTTPConnection) -> str:
    """The session's cookie, empty when there is none."""
    return request.cookies.get(COOKIE, "")
