"""The far end of a serial port: a pseudo-terminal on which a test plays the device."""

from __future__ import annotations

import os
import select
import time
import tty
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from drivers.blocks import RadioFrame
from drivers.source import Source

DEADLINE_S = 10.0
Play = Callable[[bytes], bytes]
"""What a device says to what it is told."""


class FarEnd:
    """A device that answers by `play` and says what it is told to say."""

    def __init__(self, play: Play = lambda _: b"") -> None:
        self.near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(self.near, False)
        self.port = os.ttyname(far)
        self._later: deque[bytes] = deque()
        self._far = far
        self._play = play
        self._stop = Event()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def say(self, data: bytes) -> None:
        """Write now, from this thread: little enough that the line holds it."""
        assert os.write(self.near, data) == len(data)

    def say_later(self, data: bytes) -> None:
        """Have the device say more than the line holds at once."""
        self._later.append(data)

    def unplug(self) -> None:
        """Vanish; may be done twice."""
        self._stop.set()
        self._thread.join()
        for fd in (self.near, self._far):
            if fd >= 0:
                os.close(fd)
        self.near = self._far = -1

    def _run(self) -> None:
        waiting = select.poll()
        waiting.register(self.near, select.POLLIN)
        while not self._stop.is_set():
            if waiting.poll(20):
                self._say(self._play(os.read(self.near, 4_096)))
            while self._later:
                self._say(self._later.popleft())

    def _say(self, data: bytes) -> None:
        view = memoryview(data)
        while view and not self._stop.is_set():
            with suppress(BlockingIOError):
                view = view[os.write(self.near, view) :]
                continue
            self._stop.wait(0.002)


@contextmanager
def far_end(play: Play = lambda _: b"") -> Iterator[FarEnd]:
    """A device that is unplugged at the end."""
    made = FarEnd(play)
    try:
        yield made
    finally:
        made.unplug()


def frames(source: Source, many: int) -> list[RadioFrame]:
    """The next `many` frames of an open source."""
    return take(source.blocks(), many)


def take(blocks: Iterable[object], many: int) -> list[RadioFrame]:
    """The next `many` frames; a driver's None comes often enough for the deadline to work."""
    until_s = time.monotonic() + DEADLINE_S
    found: list[RadioFrame] = []
    for block in blocks:
        if isinstance(block, RadioFrame):
            found.append(block)
        if len(found) >= many:
            return found
        assert time.monotonic() < until_s, f"{len(found)} of {many} frames came"
    raise AssertionError(f"the source ended after {len(found)} frames")


def until(blocks: Iterable[object], condition: Callable[[], bool]) -> None:
    """Let the source run until something holds."""
    until_s = time.monotonic() + DEADLINE_S
    for _ in blocks:
        if condition():
            return
        assert time.monotonic() < until_s, "it did not come to pass"
