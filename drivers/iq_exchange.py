"""The reader's side of the slots: counts every sample, stamps it, and lays it ready or drops it and says so."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from math import ceil, nan
from threading import Lock

from drivers.iq_line import Filled, Refused, Shape, Tuned, encode
from drivers.sample_clock import NS_PER_S, SampleClock, block_samples
from drivers.source import SourceLost, SourceMisconfigured

FASTER_THAN_TIME_S = 3.0
MOST_PPM = 300.0
"""A crystal without compensation is within 100 ppm; what seems slower by more loses samples steadily."""


class IqExchange:
    """Samples are dropped for `settle_s` after the device was tuned, and the first `burst` of a new count: where so many come at once, only
    the last of them tell when they were taken.

    A device that drops samples without a word is caught by its count against the clock, once it is `late_s` behind. Once no slot is free
    nothing is taken until half of them are, so that what is lost is one piece and not a comb.
    """

    def __init__(self, line: socket.socket, memory: memoryview, shape: Shape) -> None:
        self._line, self._memory = line, memory
        self._slots, self._slot_bytes, self._bytes_each = shape.slots, shape.slot_bytes, shape.bytes_each
        self._settle_ns, self._late_s, self._burst = round(shape.settle_s * NS_PER_S), shape.late_s, shape.burst
        self._lock = Lock()
        self._free = list(range(shape.slots))[::-1]
        self._full = False
        self._clock: SampleClock | None = None
        self._first = self._t_last_ns = 0
        self._settled_ns: int | None = None
        self._block_bytes = shape.slot_bytes
        self._begun: Filled | None = None
        self._lost = 0

    def tune(self, apply: Callable[[], Tuned]) -> None:
        """Drop what comes until the device is tuned and has settled, and say what it is then; where it refused, nothing comes."""
        with self._lock:
            self._hand_over()
            self._settled_ns = None
        try:
            told = apply()
        except SourceMisconfigured as error:
            self._line.send(encode(Refused(str(error))))
            return
        with self._lock:
            self._count_at(told.rate_hz)
            self._settled_ns = time.monotonic_ns() + self._settle_ns
            self._line.send(encode(told))

    def put(self, data: memoryview, arrival_ns: int, *, overflowed: bool = False) -> None:
        """Take whole samples that came just now; raises SourceLost for a device that is faster than time."""
        with self._lock:
            if self._clock is None:
                return
            count = len(data) // self._bytes_each
            lost = self._clock.add(count, arrival_ns, overflowed=overflowed)
            if self._clock.ahead_s > FASTER_THAN_TIME_S:
                raise SourceLost("it gives samples faster than time goes by: it is gone, or no device")
            if lost:
                self._hand_over()
                self._lost += lost
            at = self._clock.frames - count
            skipped = self._unsettled(at, count)
            self._lay(data[skipped * self._bytes_each :], at + skipped)

    def back(self, slot: int) -> None:
        """A slot was read."""
        with self._lock:
            if 0 <= slot < self._slots and slot not in self._free:
                self._free.append(slot)
            self._full = self._full and len(self._free) < self._slots // 2

    def _count_at(self, rate_hz: float) -> None:
        """Count with this rate from here on; a count that goes on at the same rate keeps its clock."""
        rate = round(rate_hz)
        if self._clock is None or self._clock.rate_hz != rate:
            self._first += 0 if self._clock is None else self._clock.frames
            self._clock = SampleClock(rate, self._late_s, MOST_PPM)
            self._block_bytes = min(self._slot_bytes, block_samples(rate_hz) * self._bytes_each)

    def _t_ns(self, at: int) -> int:
        self._t_last_ns = max(self._t_last_ns, self._clock.t_mono_ns(at) if self._clock else 0)
        return self._t_last_ns

    def _unsettled(self, at: int, count: int) -> int:
        """How many of the next `count` samples were taken before the device had settled."""
        if self._settled_ns == 0:
            return 0
        if self._settled_ns is None or self._clock is None:
            return count
        if at + count <= self._burst:
            return count
        early = max(self._burst - at, ceil((self._settled_ns - self._t_ns(at)) * self._clock.rate_hz / NS_PER_S))
        if early < count:
            self._settled_ns = 0
        return min(max(0, early), count)

    def _lay(self, data: memoryview, at: int) -> None:
        while data:
            if self._begun is None and not self._begin(at):
                self._lost += len(data) // self._bytes_each
                return
            begun = self._begun or Filled(0, 0, 0, 0, 0, nan)
            some = data[: self._block_bytes - begun.size]
            start = begun.slot * self._slot_bytes + begun.size
            self._memory[start : start + len(some)] = some
            self._begun = begun._replace(size=begun.size + len(some))
            if self._begun.size == self._block_bytes:
                self._hand_over()
            data, at = data[len(some) :], at + len(some) // self._bytes_each

    def _begin(self, at: int) -> bool:
        """Begin a block with this sample, in a slot that is free; the one used last, so that no more memory is touched than is needed."""
        if self._full or not self._free or self._clock is None:
            self._full = True
            return False
        ppm = self._clock.rate_ppm
        self._begun = Filled(self._free.pop(), 0, self._first + at, self._lost, self._t_ns(at), nan if ppm is None else ppm)
        self._lost = 0
        return True

    def _hand_over(self) -> None:
        if self._begun is not None:
            self._line.send(encode(self._begun))
            self._begun = None
