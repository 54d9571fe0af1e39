"""A page in this process over a run folder that a test fills, asked as a browser would ask."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from edge_node.config import Config, NodeTable, PageTable, SensorTable
from edge_node.messages import Coverage, Finding, NodeStatus, SensorReport, SensorStatus, Track
from edge_node.node import figures_file, status, tracks_file
from edge_node.node.figures_file import Figures, PlaceNow
from edge_node.node.page_door import listening
from edge_node.page.desk import Desk
from edge_node.page.feed import Feed
from edge_node.page.login import Login
from edge_node.page.routes import Routes
from edge_node.page.server import PageServer
from edge_node.page.views import Views

TOKEN = "a-token-of-24-characters"  # noqa: S105
FORM = "application/x-www-form-urlencoded"


def config(folder: Path, **page: Any) -> Config:
    """A node with one microphone whose page listens wherever there is room."""
    node = NodeTable(name="test", state_dir=folder / "state", run_dir=folder)
    table = PageTable(**{"listen": "127.0.0.1:0", **page})
    return Config(node=node, page=table, sensor=(SensorTable("mic", "mic_array"), SensorTable("cam", "camera")))


def told(**fields: Any) -> NodeStatus:
    """A node that says it is well, now."""
    now_ns = time.monotonic_ns()
    hub = SensorStatus(name="hub", driver="", state="running", sentence="0 live tracks", since_mono_ns=now_ns, restarts=0, pid=1)
    mic = replace(hub, name="mic", driver="mic_array", sentence="48 blocks")
    covers = Coverage(t_mono_ns=now_ns, sensor="mic", sense="sound", reach_m=120.0, probability=0.9, latency_s=4.0)
    usual = {"sensors": (mic,), "hub": hub, "coverage": (covers,), "t_mono_ns": now_ns}
    return NodeStatus(**({"name": "test", "verdict": "green", "sentence": "1 of 1 sensors run"} | usual | fields))


def figures(**fields: Any) -> Figures:
    """What a hub counts, now."""
    now_ns = time.monotonic_ns()
    report = SensorReport(t_mono_ns=now_ns, sensor="mic", blocks=48, detections=7, lost=1, unsent=0, last_block_mono_ns=now_ns - 10**9)
    usual: dict[str, Any] = {
        "t_mono_ns": now_ns,
        "t_utc_ns": time.time_ns(),
        "sigma_utc_s": 0.01,
        "place": PlaceNow(50.0, 4.0, 100.0, 2.0),
        "linked": True,
        "link": "connected",
        "counters": {"detections": 7, "tracks_confirmed": 2, "spool_rows": 3, "sent_bytes": 512},
        "reports": {"mic": report},
    }
    return Figures(**(usual | fields))


def fill(folder: Path, node: NodeStatus | None = None, tracks: tuple[Track, ...] = (), counted: Figures | None = None) -> None:
    """What a node's processes leave in their run folder."""
    status.write(folder, node or told())
    tracks_file.write(folder, tracks, time.monotonic_ns())
    figures_file.write(folder, counted or figures())


def failing() -> Finding:
    """One thing that is not well."""
    return Finding(about="mic", name="microphone_silent", grade="warn", words="microphone 3 hears nothing", touch="look at its plug")


class Visitor:
    """Asks the page at a port."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port, self.cookie, self._tls = port, "", tls

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def connect(self) -> http.client.HTTPConnection:
        if self._tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=self._tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer and what is in it."""
        connection = self.connect()
        said = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Cookie": self.cookie} if self.cookie else {})
        connection.request(method, path, body, said)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    def log_in(self, token: str = TOKEN, **headers: str) -> http.client.HTTPResponse:
        """Fill in the form."""
        said = {"Origin": f"{'https' if self._tls else 'http'}://{self.address}", "Content_Type": FORM} | headers
        answer, _ = self.ask("/login", "POST", urlencode({"token": token}), **said)
        self.cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        return answer


@contextmanager
def served(folder: Path, token: str | None = None, tls: ssl.SSLContext | None = None, **page: Any) -> Iterator[Visitor]:
    """A page that is closed with the block."""
    node, stop = config(folder, **page), Event()
    listener = listening(node.page)
    desk = Desk(node)
    feed = Feed(desk, Views(folder))
    server = PageServer(listener, Routes(node, desk, feed, Login(token) if token else None), tls)

    def turn() -> None:
        while not stop.is_set():
            server.turn()

    thread = Thread(target=turn)
    thread.start()
    try:
        yield Visitor(listener.getsockname()[1], tls)
    finally:
        stop.set()
        thread.join()
        feed.close()
        listener.close()
