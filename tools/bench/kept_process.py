"""A process that is started again when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

AGAIN_S = 0.5
END_WITHIN_S = 15.0


class KeptProcess:
    """One process: `command` makes its arguments anew for each start; its stderr goes to a log."""

    def __init__(self, name: str, log: Path, command: Callable[[int], list[str]], environment: dict[str, str]) -> None:
        self.name, self.log = name, log
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._start_at_s = 0.0
        self.starts = 0

    def keep(self, now_s: float) -> None:
        """Start it, again half a second after it ended, as systemd does."""
        if self._process is not None and self._process.poll() is not None:
            self._process, self._start_at_s = None, now_s + AGAIN_S
        if self._process is None and now_s >= self._start_at_s:
            self.starts += 1
            command = [sys.executable, "-m", *self._command(self.starts)]
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=os.environ | self._environment)

    @property
    def pid(self) -> int | None:
        """Of the process; None while none runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def kill(self) -> bool:
        """End it by SIGKILL; whether it ran."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.kill()
        self._process.wait()
        return True

    def end(self) -> None:
        """SIGTERM, and wait; whoever does not heed it is killed."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
