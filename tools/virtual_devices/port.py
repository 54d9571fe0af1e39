"""A serial port whose far end is played here: a pseudo-terminal under a name that stays when it is unplugged and comes back."""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

WAIT_MS = 50
MOST_BYTES = 4_096
Answer = Callable[[bytes], bytes]
"""What a device says to what it is told."""


class Port:
    """The port is `path`; what is said while nobody reads is lost once the line is full."""

    def __init__(self, path: Path, answer: Answer | None = None) -> None:
        self.path, self._answer = path, answer
        self._near = self._far = -1
        self._lock, self._stop = Lock(), Event()
        self.replug()
        self._listener = Thread(target=self._listen, name=path.name, daemon=True)
        if answer:
            self._listener.start()

    def say(self, data: bytes) -> None:
        """Write what the line takes of it."""
        with self._lock, suppress(BlockingIOError):
            if self._near >= 0:
                os.write(self._near, data)

    def unplug(self) -> None:
        """Hang up, and take the name away; may be done twice."""
        with self._lock:
            if self._near >= 0:
                self.path.unlink(missing_ok=True)
                os.close(self._near)
                os.close(self._far)
                self._near = self._far = -1

    def replug(self) -> None:
        """Be there again; nothing for one that is."""
        with self._lock:
            if self._near < 0:
                self._near, self._far = os.openpty()
                tty.setraw(self._far)
                os.set_blocking(self._near, False)
                self.path.symlink_to(os.ttyname(self._far))

    def close(self) -> None:
        """End for good; may be called twice."""
        self._stop.set()
        if self._listener.is_alive():
            self._listener.join()
        self.unplug()

    def _listen(self) -> None:
        while not self._stop.is_set():
            told = self._read()
            if told and self._answer and (answer := self._answer(told)):
                self.say(answer)

    def _read(self) -> bytes:
        waiting = select.poll()
        near = self._near
        if near < 0:
            self._stop.wait(WAIT_MS / 1000)
            return b""
        waiting.register(near, select.POLLIN)
        if not waiting.poll(WAIT_MS):
            return b""
        with self._lock, suppress(BlockingIOError, OSError):
            if self._near == near:
                return os.read(near, MOST_BYTES)
        return b""
