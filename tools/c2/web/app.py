"""The page's routes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from edge_node.page.login import SESSION_S, Login
from tools.c2.web.feed import MOST_CLIENTS, Feed
from tools.c2.web.guard import COOKIE, Guard, session_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
PACKAGES = {
    "leaflet.js": HERE / "node_modules" / "leaflet" / "dist" / "leaflet.js",
    "leaflet.css": HERE / "node_modules" / "leaflet" / "dist" / "leaflet.css",
    "pmtiles.js": HERE / "node_modules" / "pmtiles" / "dist" / "pmtiles.js",
}
MOST_FORM_BYTES = 1_024
WRONG_TAKES_S = 1.0


def build(feed: Feed, login: Login, *, scheme: str, hosts: frozenset[str] | None, map_file: Path | None) -> ASGIApp:
    """The whole app behind its guard."""
    pages = Pages(feed, login, scheme, map_file)
    routes = [
        Route("/", pages.page),
        Route("/login", pages.login_page),
        Route("/login", pages.log_in, methods=["POST"]),
        Route("/logout", pages.log_out, methods=["POST"]),
        Route("/events", pages.events),
        Route("/settings", pages.settings),
        Route("/map.pmtiles", pages.map),
        Route("/packages/{name}", pages.package),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Guard(Starlette(routes=routes), login, scheme, hosts)


class Pages:
    """What each route answers."""

    def __init__(self, feed: Feed, login: Login, scheme: str, map_file: Path | None) -> None:
        self._feed, self._login, self._scheme, self._map_file = feed, login, scheme, map_file

    async def page(self, _: Request) -> Response:
        """The picture."""
        return FileResponse(STATIC / "index.html")

    async def login_page(self, _: Request) -> Response:
        """Asks for the token."""
        return FileResponse(STATIC / "login.html")

    async def log_in(self, request: Request) -> Response:
        """A session for the token; a wrong one takes its time, and after a few of them nobody looks for a while."""
        address = request.client.host if request.client else ""
        if self._login.must_wait(address):
            return PlainTextResponse("too many wrong tokens: wait a minute\n", 429, {"Retry-After": "60"})
        session = self._login.session(await _token(request), address)
        if session is None:
            await asyncio.sleep(WRONG_TAKES_S)
            return RedirectResponse("/login?wrong", 303)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, session, max_age=SESSION_S, httponly=True, samesite="strict", secure=self._scheme == "https")
        return answer

    async def log_out(self, _: Request) -> Response:
        """The browser forgets its session."""
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._scheme == "https")
        return answer

    async def settings(self, _: Request) -> Response:
        """What the page must know before it draws; also how it learns that its session is over."""
        return JSONResponse({"map": self._map_file is not None})

    async def events(self, request: Request) -> Response:
        """The stream."""
        if self._feed.clients >= MOST_CLIENTS:
            return PlainTextResponse(f"{MOST_CLIENTS} pages are open, which is the most: close one\n", 503)
        stream = self._until(self._login.expiry_s(session_of(request)))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _until(self, expiry_s: float) -> AsyncIterator[bytes]:
        async for message in self._feed.messages():
            if time.time() > expiry_s:
                return
            yield message

    async def map(self, _: Request) -> Response:
        """The base map, by ranges."""
        return FileResponse(self._map_file) if self._map_file else PlainTextResponse("no map was given: --map FILE\n", 404)

    async def package(self, request: Request) -> Response:
        """One file of a package that came with the set-up."""
        path = PACKAGES.get(request.path_params["name"])
        return FileResponse(path) if path else PlainTextResponse("no such file\n", 404)


async def _token(request: Request) -> str:
    """What the form says, or nothing when it is too long."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_FORM_BYTES:
                return ""
    except ClientDisconnect:
        return ""
    return parse_qs(body.decode("ascii", "replace")).get("token", [""])[0].strip()
