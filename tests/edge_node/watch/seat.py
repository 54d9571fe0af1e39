"""The real `edge-node watch` on a pseudo-terminal, and somebody who looks and presses keys."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.edge_node.watch.glass import Glass

WITHIN_S = 30.0
NO_KEY = "z"
"""Means nothing, and has it look at once."""


class Seat:
    """Without a configuration it runs Python as it is told to; `glass` is what is seen, `raw` all that was sent."""

    def __init__(self, config: Path | None, *more: str, columns: int = 80, rows: int = 24, **environment: str) -> None:
        self._here, self.there = pty.openpty()
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(self.there)
        usual = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LC_ALL", "LC_CTYPE")}
        self.process = subprocess.Popen(
            [sys.executable, *(("-m", "edge_node", "watch", "-c", str(config)) if config else ()), *more],
            stdin=self.there,
            stdout=self.there,
            stderr=self.there,
            env={**usual, "TERM": "xterm", "LANG": "C.UTF-8", **environment},
            start_new_session=True,
            preexec_fn=_control,  # noqa: PLW1509 -- no threads here
        )
        self.glass, self.raw = Glass(columns, rows), b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for end in {self._here, self.there} - {-1}:
            os.close(end)

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        fcntl.ioctl(self.there, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.glass = Glass(columns, rows)

    def until(self, *words: str, gone: str = "") -> str:
        """Look until all these words are seen, and others no longer; all that is seen then."""
        until_s = time.monotonic() + WITHIN_S
        while not all(some in self.glass.text for some in words) or (gone and gone in self.glass.text):
            assert time.monotonic() < until_s, f"{words} not seen: {self.glass.text}"
            if not self.look(0.1) and self.process.poll() is None:
                self.press(NO_KEY)
        return self.glass.text

    def look(self, seconds: float) -> int:
        """What comes within so long; how many bytes."""
        ready, _, _ = select.select([self._here], [], [], seconds)
        data = os.read(self._here, 65_536) if ready else b""
        self.raw += data
        self.glass.feed(data)
        return len(data)

    def printed(self) -> bytes:
        """All that one writes who ends by himself."""
        while self.process.poll() is None or select.select([self._here], [], [], 0)[0]:
            if select.select([self._here], [], [], 0.05)[0]:
                self.raw += os.read(self._here, 65_536)
        return self.raw

    def press(self, keys: str) -> None:
        """On the keyboard."""
        os.write(self._here, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """To the process."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Look until it has ended; its exit code. The terminal is as it was."""
        while self.process.poll() is None:
            self.look(0.05)
        while self.look(0.0):
            pass
        assert termios.tcgetattr(self.there) == self.modes
        assert self.glass.modes == {"?25", "?7"}, "cursor and line breaks are back, the other screen is gone"
        return self.process.returncode

    def unplug(self) -> None:
        """The line is lost."""
        os.close(self.there)
        os.close(self._here)
        self._here = self.there = -1


def _control() -> None:
    """Make the pseudo-terminal the one whose Ctrl-C ends the process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
