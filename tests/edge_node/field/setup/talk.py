"""The real `edge-node setup` on a pseudo-terminal, driven by keys as somebody would press them."""

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

from tests.edge_node.field.setup.computer import without_systemd

WITHIN_S = 60.0
CTRL_C, CTRL_D = "\x03", "\x04"


class Talk:
    """One conversation; `said` is all that came, as a terminal shows it."""

    def __init__(self, config: Path, root: Path, *more: str, columns: int = 40, path: str | None = None) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        modes = termios.tcgetattr(there)
        modes[3] |= termios.NOFLSH  # else the terminal may drop what is answered to Ctrl-C: it empties its line after the signal is out
        termios.tcsetattr(there, termios.TCSANOW, modes)
        environment = {
            **os.environ,
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            "HOME": str(config.parent),
        }
        environment.pop("COLUMNS", None)
        environment["PATH"] = path or without_systemd(config.parent.parent)
        command = [sys.executable, "-m", "edge_node", "setup", "-c", str(config), "--root", str(root), *more]
        self.process = subprocess.Popen(
            command,
            stdin=there,
            stdout=there,
            stderr=there,
            env=environment,
            start_new_session=True,
            preexec_fn=_control,  # noqa: PLW1509 -- no threads here
        )
        os.close(there)
        self.said = ""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._here)

    def wait_for(self, words: str) -> str:
        """Until these words were said, however they are wrapped; what was said up to them since the last time."""
        until_s = time.monotonic() + WITHIN_S
        while (place := " ".join(self.said.split()).find(words, self._seen)) < 0:
            assert time.monotonic() < until_s, f"{words!r} was not said: {self.said[-2_000:]}"
            assert self._read(), f"{words!r} was not said before the end: {self.said[-2_000:]}"
        before = " ".join(self.said.split())[self._seen : place + len(words)]
        self._seen = place + len(words)
        return before

    def answer(self, words: str, said: str = "") -> str:
        """Wait for a question and type a line."""
        heard = self.wait_for(words)
        self.wait_for(">")
        self.type(f"{said}\n")
        return heard

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._here, keys.encode())

    def hang_up(self) -> int:
        """The line is lost."""
        self.process.send_signal(signal.SIGHUP)
        return self.process.wait(WITHIN_S)

    def end(self, look_over: str = "n") -> int:
        """Hear all that is left, and say whether doctor shall look; the exit code."""
        asked = False
        while True:
            if not asked and "Look it over now" in self.said:
                asked = True
                self.type(f"{look_over}\n")
            if not self._read():
                break
        return self.process.wait(WITHIN_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._here], [], [], WITHIN_S)
        try:
            data = os.read(self._here, 65_536) if ready else b""
        except OSError:  # EIO: nobody holds the other end any more
            return False
        self.said += data.decode(errors="replace")
        return bool(data)


def _control() -> None:
    """Make the pseudo-terminal the one whose Ctrl-C ends the process, which a shell that runs the tests in its background had it ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
