"""The supervisor's end of the nursery: keeps it running, asks it for processes, and does without it where it cannot be."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from edge_node.node.nursery.forked import Forked
from edge_node.node.nursery.forking import First
from edge_node.node.nursery.order import Asked, Order, ask
from edge_node.node.nursery.orphans import Orphans, adopt
from edge_node.node.nursery.preloaded import OF_ALL

COMMAND = (sys.executable, "-m", "edge_node", "nursery")
FIRST_WAIT_S, MOST_WAIT_S = 0.5, 60.0
END_WITHIN_S = 1.0

log = logging.getLogger("edge_node")


class Nursery:
    """One process at a time, `first` to begin with; a new one, after a growing wait, when it ends."""

    def __init__(self, command: Sequence[str] = COMMAND, first: First | None = None) -> None:
        self.orphans = Orphans()
        self._command = command
        self._process: subprocess.Popen[bytes] | Forked | None = first.process if first else None
        self._line: socket.socket | None = first.line if first else None
        self._failures, self._start_at_s = 0, time.monotonic()
        self._can = adopt()
        if not self._can:
            log.warning("the kernel gives the node no orphans: each process is started by itself, and takes some 10 MiB more")
        self.tick(time.monotonic())

    @property
    def pid(self) -> int | None:
        """Of its process, None where none runs."""
        return self._process.pid if self._process is not None else None

    def tick(self, now_s: float) -> None:
        """Notice its end, start it when its time has come, let orphans go."""
        self.orphans.reap()
        if self._process is not None:
            code = self._process.poll()
            if code is not None:
                self._ended(f"ended with {code}" if code >= 0 else f"was killed by signal {-code}", now_s)
        elif self._can and now_s >= self._start_at_s:
            self._start(now_s)

    def _start(self, now_s: float) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            command = [*self._command, str(theirs.fileno()), str(os.getpid())]
            try:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), env={**os.environ, **OF_ALL}, process_group=0
                )
            except OSError as error:
                ours.close()
                self._ended(f"cannot be started: {error.strerror}", now_s)
                return
        self._line = ours

    def _ended(self, how: str, now_s: float) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self.orphans.left_by(self._process.pid)  # who was just being born
        self._process = self._line = None
        wait_s = min(FIRST_WAIT_S * 2**self._failures, MOST_WAIT_S)
        self._failures = min(self._failures + 1, 16)
        self._start_at_s = now_s + wait_s
        log.warning("the nursery %s; a new one in %g s, what must start meanwhile starts by itself", how, wait_s)

    def ask(self, order: Order, config_fd: int) -> socket.socket | None:
        """Where the process will say its pid, and which ends when it will not; None where there is no nursery to ask."""
        if self._line is None:
            return None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            try:
                ask(self._line, Asked(order, config_fd, theirs.fileno()))
            except OSError:
                ours.close()
                return None
        return ours

    def bore(self) -> None:
        """It is well."""
        self._failures = 0

    def give_up(self) -> None:
        """It hangs: an end of it is the end of all that it was asked for and has not begun."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End it; what it bore must have ended."""
        if self._process is not None and self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)
            if not _has_let_go(self._line):
                self._process.kill()
            if _has_let_go(self._line):
                self._process.wait()
            self._line.close()
        self._process = self._line = None


def _has_let_go(line: socket.socket) -> bool:
    """Whether who was at the other end closes it, by ending, in time."""
    line.settimeout(END_WITHIN_S)
    try:
        line.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
