"""A sensor's blocks on their way to the disk: a thread beside writes them in small pieces, and whoever hands them over never waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from edge_node.record.part import SensorPart, Target
from edge_node.record.ring import Held

FLUSH_EVERY_S, FLUSH_EVERY_BYTES = 0.25, 64 << 10
"""So much at most has no spine yet when the process dies."""
DONE = ".done-{}"
"""Laid beside the files of a sensor that are complete, until the recording is closed."""
log = logging.getLogger("edge_node.black_box")


class Missed:
    """So many blocks found no room in memory; the first of them was of then."""

    def __init__(self, t_mono_ns: int, words: str) -> None:
        self.t_mono_ns, self.words, self.blocks = t_mono_ns, words, 0


class Writing:
    """One sensor's part of one recording; `written` is told of each block that the memory may forget."""

    def __init__(self, target: Target, sensor: str, number: int, written: Callable[[Held], None]) -> None:
        self._target, self._sensor, self._number, self._tell = target, sensor, number, written
        self._waiting: SimpleQueue[Held | Missed | None] = SimpleQueue()
        self._since_s: float | None = None
        self._ended = False
        self.blocks = self.missed = 0
        self.problem = ""
        self._thread = Thread(target=self._run, name="black box", daemon=True)
        self._thread.start()

    def take(self, held: Held) -> None:
        """A block to be written, in its order."""
        self.blocks += 1
        self._waiting.put(held)

    def miss(self, missed: Missed) -> None:
        """Blocks that could not be kept."""
        self.missed += missed.blocks
        self._waiting.put(missed)

    def end(self) -> None:
        """Nothing more comes."""
        self._waiting.put(None)

    def join(self, wait_s: float) -> None:
        """Let it finish, for so long."""
        self._thread.join(wait_s)

    @property
    def done(self) -> bool:
        """Whether all is written, or given up."""
        return not self._thread.is_alive()

    @property
    def stuck_s(self) -> float:
        """For how long the disk has not taken what was handed to it."""
        since_s = self._since_s
        return 0.0 if since_s is None or self.done else time.monotonic() - since_s

    def _run(self) -> None:
        part: SensorPart | None = None
        try:
            part = SensorPart(self._target, self._sensor, self._number)
            self._write_all(part)
        except OSError as error:
            self.problem = f"{error.filename or self._target.folder}: {error.strerror or error}"
            log.warning("what %s gives cannot be kept: %s", self._sensor, self.problem)
        except Exception:  # a fault in the black box must not end a sensor, and must not go unseen
            self.problem = "it failed: the log says how"
            log.exception("the black box of %s fails", self._sensor)
        finally:
            if part is not None:
                part.abandon()
            self._forget_rest()

    def _write_all(self, part: SensorPart) -> None:
        flushed_s, flushed_bytes = time.monotonic(), 0
        while True:
            self._since_s = None
            try:
                one = self._waiting.get(timeout=FLUSH_EVERY_S)
            except Empty:
                part.flush()
                continue
            self._since_s = time.monotonic()
            if one is None:
                self._ended = True
                break
            if isinstance(one, Missed):
                part.missed(one.t_mono_ns, one.blocks, one.words)
            else:
                self._write(part, one)
            if self._since_s - flushed_s >= FLUSH_EVERY_S or part.bytes - flushed_bytes >= FLUSH_EVERY_BYTES:
                part.flush()
                flushed_s, flushed_bytes = self._since_s, part.bytes
        part.close()
        Path(self._target.folder, DONE.format(self._sensor)).touch(mode=0o600)

    def _write(self, part: SensorPart, held: Held) -> None:
        try:
            part.write(held.kept)
        finally:
            self._tell(held)

    def _forget_rest(self) -> None:
        """Give back the memory of what will not be written, until the end is told."""
        while self.problem and not self._ended and (one := self._waiting.get()) is not None:
            if isinstance(one, Held):
                self._tell(one)
