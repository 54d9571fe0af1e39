"""The supervisor's part of the status page: the door. Whoever knocks has `edge-node page` started; until then there is only a socket."""

from __future__ import annotations

import logging
import os
import select
import socket
import subprocess
import sys

from edge_node.config import Config, PageTable, to_json
from edge_node.node.nursery.order import file_of

WAITING = 64
AGAIN_FIRST_S, AGAIN_MOST_S = 2.0, 60.0
LISTEN_AGAIN_S = 10.0
END_WITHIN_S = 1.5

log = logging.getLogger("edge_node.page")


def listening(page: PageTable) -> socket.socket:
    """The page's socket; raises OSError."""
    host, port = page.place
    family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server((where[0], port), family=family, backlog=WAITING)


class PageDoor:
    """`tick` a few times a second; it never waits."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._next_s, self._failures = 0.0, 0
        self._said = ""

    def tick(self, now_s: float) -> None:
        """Start the page when somebody knocks, and notice its end."""
        if self._config.page.listen is None:
            return
        if self._process is not None:
            self._watch(self._process, now_s)
        elif now_s >= self._next_s and (door := self._open(now_s)) is not None and select.select([door], [], [], 0)[0]:
            self._start(door, now_s)

    def _open(self, now_s: float) -> socket.socket | None:
        """The socket; None, and another try later, where somebody else has its address."""
        if self._socket is None:
            try:
                self._socket = listening(self._config.page)
            except OSError as error:
                self._next_s = now_s + LISTEN_AGAIN_S
                self._say(f"the status page cannot be served at {self._config.page.listen}: {error.strerror or error}")
        return self._socket

    def _say(self, words: str) -> None:
        """Once, and not every few seconds."""
        if words != self._said:
            self._said = words
            log.warning("%s", words)

    def _start(self, door: socket.socket, now_s: float) -> None:
        handle = str(door.fileno())
        command = [sys.executable, "-m", "edge_node", "page", "-c", "-", "--door", handle]
        try:
            with os.fdopen(file_of(to_json(self._config))) as config:  # a pipe would have to wait for a reader
                self._process = subprocess.Popen(command, stdin=config, pass_fds=[door.fileno()], process_group=0)
        except OSError as error:
            self._failed(f"the status page cannot be started: {error.strerror}", now_s)

    def _watch(self, process: subprocess.Popen[bytes], now_s: float) -> None:
        code = process.poll()
        if code is None:
            return
        self._process = None
        if code:
            self._failed(f"the status page ended with exit code {code}", now_s)
        else:
            self._failures = 0

    def _failed(self, words: str, now_s: float) -> None:
        self._next_s = now_s + min(AGAIN_FIRST_S * 2 ** min(self._failures, 16), AGAIN_MOST_S)
        self._failures += 1
        self._say(words)

    def close(self) -> None:
        """End the page and let the address go."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
