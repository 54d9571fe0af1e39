"""The page's routes."""

from __future__ import annotations

import time
from math import isfinite
from pathlib import Path
from urllib.parse import parse_qs

import msgspec

from edge_node.config import Config
from edge_node.page.asked import COOKIE, Answer, Asked, said, sent_to
from edge_node.page.desk import Desk
from edge_node.page.feed import MOST_CLIENTS, MOST_VIEWS, Feed
from edge_node.page.guard import Guard
from edge_node.page.login import SESSION_S, Login

STATIC = Path(__file__).parent / "static"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
JSON = "application/json"
KEPT_NOWHERE = {"Cache-Control": "no-store"}
"""What the node says is not for the disk of whoever looks: tracks, and persons where they are shown."""
WRONG_TAKES_S = 1.0
MANIFEST = frozenset(path.name for path in STATIC.iterdir() if path.suffix in KINDS)


class Routes:
    """Called with what was asked; every way goes past the guard."""

    def __init__(self, config: Config, desk: Desk, feed: Feed, login: Login | None) -> None:
        self._desk, self._feed, self._login = desk, feed, login
        self._guard, self._secure = Guard(config.page, login), config.page.certificate is not None
        self._sensors = frozenset(sensor.name for sensor in config.sensor)
        self._camera = config.page.camera
        self._routes = {
            ("GET", "/"): lambda _: _file("index.html"),
            ("GET", "/login"): lambda _: _file("login.html") if self._login else sent_to("/"),
            ("POST", "/login"): self._log_in,
            ("POST", "/logout"): self._log_out,
            ("GET", "/settings"): self._settings,
            ("GET", "/events"): self._events,
            ("GET", "/status.json"): lambda _: _now(msgspec.json.encode(self._desk.told()), JSON),
            ("GET", "/tracks.json"): self._tracks,
            ("GET", "/metrics"): self._metrics,
        }

    def __call__(self, asked: Asked) -> Answer:
        """Refused, or answered."""
        refusal = self._guard.refusal(asked)
        if refusal:
            return refusal
        folder, _, name = asked.path.rpartition("/")
        if asked.method != "POST" and folder == "/static" and name in MANIFEST:
            return _file(name)
        route = self._routes.get(("GET" if asked.method == "HEAD" else asked.method, asked.path))
        return route(asked) if route else said(404, "there is nothing here")

    def _log_in(self, asked: Asked) -> Answer:
        """A session for the token; a wrong one takes its time, and after a few of them nobody looks for a while."""
        if self._login is None:
            return sent_to("/")
        if self._login.must_wait(asked.address):
            return said(429, "too many wrong tokens: wait a minute", **{"Retry-After": "60"})
        token = parse_qs(asked.body.decode("ascii", "replace")).get("token", [""])[0].strip()
        session = self._login.session(token, asked.address)
        if session is None:
            time.sleep(WRONG_TAKES_S)
            return sent_to("/login?wrong")
        return sent_to("/", **{"Set-Cookie": self._cookie(session, SESSION_S)})

    def _log_out(self, _: Asked) -> Answer:
        return sent_to("/login", **{"Set-Cookie": self._cookie("", 0)})

    def _cookie(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"

    def _settings(self, _: Asked) -> Answer:
        """What the page must know before it draws; also how it learns that its session is over."""
        return Answer(200, msgspec.json.encode({"token": self._login is not None, "camera": self._camera}), JSON)

    def _events(self, asked: Asked) -> Answer:
        """The stream; `look` names sensors whose data is to be seen, with commas between them."""
        if self._feed.full:
            return said(503, f"{MOST_CLIENTS} pages are open, which is the most: close one")
        wanted = [name for name in asked.query("look").split(",") if name in self._sensors]
        until_s = self._login.expiry_s(asked.session) if self._login else 0.0
        parts = self._feed.messages(frozenset(wanted[:MOST_VIEWS]), until_s or time.time() + SESSION_S)
        return Answer(200, kind="text/event-stream", headers=KEPT_NOWHERE, parts=parts)

    def _tracks(self, _: Asked) -> Answer:
        age_s, tracks = self._desk.tracks()
        return _now(msgspec.json.encode({"age_s": age_s if isfinite(age_s) else None, "tracks": tracks}), JSON)

    def _metrics(self, _: Asked) -> Answer:
        from edge_node.page import metrics  # noqa: PLC0415 -- two MiB that only a scraper needs

        return _now(metrics.exposed(self._desk.told(), self._desk.tracks()[1]), metrics.KIND)


def _now(body: bytes, kind: str) -> Answer:
    return Answer(200, body, kind, KEPT_NOWHERE)


def _file(name: str) -> Answer:
    return Answer(200, (STATIC / name).read_bytes(), KINDS[Path(name).suffix])
