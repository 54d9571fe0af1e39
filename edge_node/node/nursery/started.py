"""One process of the node from when it was asked for until it ended, whoever starts it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time

from edge_node.node.nursery.forked import Forked
from edge_node.node.nursery.keeper import Nursery
from edge_node.node.nursery.order import Order, file_of
from edge_node.node.nursery.preloaded import OF_ALL

BORN_WITHIN_S = 8.0
"""A nursery that has just been started imports first: under a second, several on a small computer with a slow card."""
MOST_PID_BYTES = 16

log = logging.getLogger("edge_node")


class Started:
    """Asks the nursery, and starts the process by itself where that does not give one; raises OSError where neither can be."""

    def __init__(self, nursery: Nursery, order: Order, config: bytes) -> None:
        self._nursery, self._order, self._config = nursery, order, config
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._code: int | None = None
        self._signal: signal.Signals | None = None
        self._asked_s = time.monotonic()
        file = file_of(config)
        try:
            self._line = nursery.ask(order, file)
        finally:
            os.close(file)
        if self._line is None:
            self._start_alone()

    def _start_alone(self) -> None:
        log.info("%s is started by itself", self._order.name)
        file = file_of(self._config)
        command = [sys.executable, "-m", "edge_node", *self._order.arguments, "-c", "-"]
        environment = {**os.environ, **OF_ALL, **self._order.environment}
        try:
            self._process = subprocess.Popen(command, stdin=file, env=environment, process_group=0)
        finally:
            os.close(file)

    @property
    def pid(self) -> int | None:
        """Its number, None while it is not there yet."""
        return self._process.pid if self._process is not None else None

    def poll(self) -> int | None:
        """How it ended, as subprocess.Popen says it; None while it has not."""
        if self._line is not None:
            self._hear(self._line)
        if self._code is None and self._process is not None:
            self._code = self._process.poll()
            if self._code is not None:
                self._nursery.orphans.left_by(self._process.pid)
        return self._code

    def _hear(self, line: socket.socket) -> None:
        """Whether it is there yet, or never will be."""
        try:
            said = line.recv(MOST_PID_BYTES)
        except BlockingIOError:
            if time.monotonic() - self._asked_s > BORN_WITHIN_S:
                self._nursery.give_up()
            return
        except OSError:
            said = b""
        line.close()
        self._line = None
        if said:
            self._born(int(said))
        elif self._signal is not None:
            self._code = -self._signal
        else:
            self._try_alone()

    def _born(self, pid: int) -> None:
        self._process = Forked(pid)
        self._nursery.bore()
        if self._signal is not None:
            self._process.send_signal(self._signal)

    def _try_alone(self) -> None:
        try:
            self._start_alone()
        except OSError as error:
            log.error("%s cannot be started: %s", self._order.name, error.strerror)
            self._code = os.EX_OSERR

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        """Now, or as soon as it is there."""
        self._signal = number
        if self._process is not None:
            self._process.send_signal(number)
