"""What open pages are told as it happens: how the node is once a second, and four times a second what sensors show."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread

import msgspec

from edge_node.page.desk import Desk
from edge_node.page.views import Views

MOST_CLIENTS = 8
TURN_S, TELL_EVERY_S = 0.25, 1.0
WAITING = 32
"""Messages for one page: whoever is further behind is let go and comes again."""
MOST_VIEWS = 4


class Client:
    """One open page, and which sensors it wants to see."""

    def __init__(self, sensors: frozenset[str]) -> None:
        self.sensors = sensors
        self.queue: Queue[bytes] = Queue(WAITING)
        self.behind = False

    def put(self, message: bytes) -> None:
        """Never waits."""
        try:
            self.queue.put_nowait(message)
        except Full:
            self.behind = True


class Feed:
    """A thread of its own looks while there are clients, and sleeps while there are none."""

    def __init__(self, desk: Desk, views: Views) -> None:
        self.desk, self._views = desk, views
        self._clients: list[Client] = []
        self._lock, self._wake = Lock(), Event()
        self._closing = False
        self._log: list[str] = []
        self._thread = Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether as many pages are open as may be."""
        return len(self._clients) >= MOST_CLIENTS

    def messages(self, sensors: frozenset[str], until_s: float) -> Generator[bytes, None, None]:
        """Server-sent events for one page, until that time (UTC) or until it is left."""
        client = Client(sensors)
        with self._lock:
            self._clients.append(client)
            self._views.look(sensors)
        self._wake.set()
        try:
            yield b"retry: 1500\n\n" + _event("now", self._now()) + _event("log", self.desk.log())
            yield from _until_left(client, lambda: self._closing or client.behind or time.time() > until_s)
        finally:
            with self._lock:
                self._clients.remove(client)
                self._views.leave(sensors)

    def _run(self) -> None:
        tell_s = 0.0
        while not self._closing:
            if not self._clients:
                self._wake.wait()
                self._wake.clear()
                continue
            time.sleep(TURN_S)
            with self._lock:
                fresh, clients = self._views.fresh(), list(self._clients)
            for client in clients:
                shown = {name: messages for name, messages in fresh.items() if name in client.sensors}
                if shown:
                    client.put(_event("view", shown))
            if time.monotonic() >= tell_s:
                tell_s = time.monotonic() + TELL_EVERY_S - TURN_S / 2
                self._tell(clients)

    def _tell(self, clients: list[Client]) -> None:
        message, log = _event("now", self._now()), self.desk.log()
        if log != self._log:
            self._log = log
            message += _event("log", log)
        for client in clients:
            client.put(message)

    def _now(self) -> object:
        told = self.desk.told()
        return {"told": told, "marks": self.desk.marks(told)}

    def close(self) -> None:
        """Let all pages go."""
        self._closing = True
        self._wake.set()
        self._thread.join(2 * TURN_S)
        with self._lock:
            self._views.close()


def _until_left(client: Client, over: Callable[[], bool]) -> Generator[bytes, None, None]:
    while not over():
        try:
            message = client.queue.get(timeout=TELL_EVERY_S)
        except Empty:
            continue
        yield message


def _event(name: str, value: object) -> bytes:
    """As text/event-stream has it; JSON holds no line ends."""
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(value) + b"\n\n"
