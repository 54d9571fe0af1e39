"""What sensors show of their data: a socket in the run folder for each sensor that somebody looks at, and none otherwise."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from edge_node.node.view import address

LARGEST_BYTES = 131_072
MOST_AT_ONCE = 64
"""Messages of one sensor between two looks."""
QUEUE_BYTES = 262_144


class Views:
    """`look` and `leave` say whose data is wanted; `fresh` hands over what came. For one thread at a time."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._wanted: Counter[str] = Counter()
        self._sockets: dict[str, socket.socket] = {}

    def look(self, sensors: Iterable[str]) -> None:
        """One more looks at these."""
        self._wanted.update(sensors)
        for name in self._wanted:
            if name not in self._sockets:
                self._open(name)

    def leave(self, sensors: Iterable[str]) -> None:
        """One less does."""
        self._wanted.subtract(sensors)
        self._wanted = +self._wanted
        for name in self._sockets.keys() - self._wanted.keys():
            self._close(name)

    def _open(self, name: str) -> None:
        path = address(self._run_dir, name)
        try:
            fresh = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        except OSError:
            return  # this process has no descriptor left
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE_BYTES)
        try:
            path.unlink(missing_ok=True)
            fresh.bind(str(path))
        except OSError:
            fresh.close()  # the run folder is gone or full: then there is nothing to be seen
        else:
            self._sockets[name] = fresh

    def _close(self, name: str) -> None:
        self._sockets.pop(name).close()
        with suppress(OSError):
            address(self._run_dir, name).unlink(missing_ok=True)

    def fresh(self) -> dict[str, list[msgspec.Raw]]:
        """By sensor the messages since the last call, JSON objects each; what is none is left out."""
        return {name: found for name, one in self._sockets.items() if (found := _drained(one))}

    def close(self) -> None:
        """Nobody looks any more."""
        for name in list(self._sockets):
            self._close(name)


def _drained(one: socket.socket) -> list[msgspec.Raw]:
    found: list[msgspec.Raw] = []
    with suppress(BlockingIOError):
        while len(found) < MOST_AT_ONCE:
            data = one.recv(LARGEST_BYTES)
            with suppress(msgspec.DecodeError):
                msgspec.json.decode(data, type=dict[str, msgspec.Raw])
                found.append(msgspec.Raw(data))
    return found
