"""systemd's notify protocol, both ends: a child says how it is, its parent listens (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from pathlib import Path


class Notifier:
    """The child's end; says nothing where nobody asked (no NOTIFY_SOCKET)."""

    def __init__(self, address: str | None = None) -> None:
        address = address if address is not None else os.environ.get("NOTIFY_SOCKET")
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._connected = False

    def say(self, **fields: str | int) -> bool:
        """Send NAME=value lines; False when nobody listens or its queue is full; raises ConnectionError when the parent is gone."""
        if not self._address:
            return False
        text = "\n".join(f"{name.upper()}={str(value).replace(chr(10), ' ')}" for name, value in fields.items())
        try:
            self._connect(self._address)
            self._socket.send(text.encode()[:4000])
        except BlockingIOError:
            return False
        except OSError as error:
            raise ConnectionError(f"nobody listens at {self._address}: {error.strerror}") from error
        return True

    def _connect(self, address: str) -> None:
        """To whoever listens now, for good: another parent that takes the name later is not ours, and must not be taken for it."""
        if not self._connected:
            self._socket.connect(address)
            self._connected = True

    def close(self) -> None:
        """Let the socket go."""
        self._socket.close()


class Listener:
    """The parent's end: one datagram socket for one child."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._socket.bind(str(path))

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def heard(self) -> list[dict[str, str]]:
        """All that was said since the last call, one dict a datagram."""
        said: list[dict[str, str]] = []
        while True:
            try:
                text = self._socket.recv(4096).decode(errors="replace")
            except BlockingIOError:
                return said
            said.append(dict(line.split("=", 1) for line in text.splitlines() if "=" in line))

    def close(self) -> None:
        """Stop listening and take the socket's name away."""
        self._socket.close()
        self.path.unlink(missing_ok=True)
