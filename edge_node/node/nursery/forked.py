"""A process that was forked and is ours, with as much of what subprocess.Popen does as is needed of it."""

from __future__ import annotations

import os
import signal


class Forked:
    """By its number, which stays its own until its end was heard of."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """How it ended, less than 0 by a signal; None while it has not."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int | None:
        """The same, once it has."""
        return self._waited(0)

    def _waited(self, how: int) -> int | None:
        if self._code is None:
            try:
                ended, status = os.waitpid(self.pid, how)
            except ChildProcessError:
                self._code = os.EX_OSERR
            else:
                self._code = os.waitstatus_to_exitcode(status) if ended else None
        return self._code

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it now."""
        self.send_signal(signal.SIGKILL)
