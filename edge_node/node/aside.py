"""Jobs that may hang, as those that touch a disk do, done by a thread beside; whoever asks never waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger("edge_node")


class Aside(Generic[T]):
    """One job at a time: a new one is not begun while the last one is not done."""

    def __init__(self, name: str) -> None:
        self.last: T | None = None
        self._name = name
        self._lock, self._asked, self._stop = Lock(), Event(), False
        self._job: Callable[[], T] | None = None
        self._since_s: float | None = None
        self._thread: Thread | None = None

    def do(self, job: Callable[[], T]) -> bool:
        """Begin it, its value becomes `last`; False while another one is not done."""
        with self._lock:
            if self._job is not None:
                return False
            self._job, self._since_s = job, time.monotonic()
        if self._thread is None:
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._asked.set()
        return True

    @property
    def busy_s(self) -> float:
        """How long the job that is not done has taken so far; 0 where there is none."""
        with self._lock:
            return 0.0 if self._since_s is None else time.monotonic() - self._since_s

    def _run(self) -> None:
        while not self._stop:
            self._asked.wait()
            self._asked.clear()
            try:
                if self._job is not None:
                    self.last = self._job()
            except OSError as error:
                log.warning("%s: %s", self._name, error)
            finally:
                with self._lock:
                    self._job = self._since_s = None

    def close(self, wait_s: float) -> None:
        """Let the thread end after the job that it has, and wait for it so long."""
        self._stop = True
        self._asked.set()
        if self._thread is not None:
            self._thread.join(wait_s)
