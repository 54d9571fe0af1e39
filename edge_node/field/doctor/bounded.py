"""Something that may hang, given a time: who asks goes on without it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger("edge_node.doctor")


class Task(Generic[T]):
    """Runs at once in a thread that nobody waits for when the process ends."""

    def __init__(self, name: str, do: Callable[[], T]) -> None:
        self._do, self._name = do, name
        self._found: list[T] = []
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.append(self._do())
        except Exception:
            log.exception("looking at %s failed", self._name)

    def result(self, until_mono_s: float) -> T | None:
        """What it found; None where it hung until then, or failed."""
        self._thread.join(max(0.0, until_mono_s - time.monotonic()))
        return self._found[0] if self._found else None
