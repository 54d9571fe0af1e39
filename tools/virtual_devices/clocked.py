"""A thread that does something at times of the scene, until it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import TypeVar

from tools.virtual_devices.device import Begun

T = TypeVar("T")


class Clocked:
    """Hands over each of `items` (t_s of the scene, what) when its time has come."""

    def __init__(self, name: str, items: Iterator[tuple[float, T]], begun: Begun, give: Callable[[float, T], object]) -> None:
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(items, begun, give), name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop and wait; may be called twice."""
        self._stop.set()
        self._thread.join()

    def _run(self, items: Iterator[tuple[float, T]], begun: Begun, give: Callable[[float, T], object]) -> None:
        for t_s, item in items:
            if self._stop.wait(max(0.0, begun.mono_s + t_s - time.monotonic())):
                return
            give(t_s, item)
