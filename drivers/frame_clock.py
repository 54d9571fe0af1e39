"""When a picture was taken, by the device's own clock where it has one, and how many pictures were dropped before it."""

from __future__ import annotations

from collections import deque
from statistics import median

NS_PER_S = 1_000_000_000
MONOTONIC_WITHIN_NS = 2 * NS_PER_S
EARLY_NS = 5_000_000
WINDOW_NS = 30 * NS_PER_S
JUMP_NS = 2 * NS_PER_S
STEPS = 31
LEAST_STEPS = 8
GAP = 1.6
LONGEST_GAP_NS = 60 * NS_PER_S


class FrameClock:
    """Turns a device's time into monotonic time, in ns.

    A clock that is `ours` is believed where it reads so (V4L2 may have been told to use another). Another one is laid so that the picture
    which came soonest after it was taken, of the last half to one minute, came at once: what delay all pictures share cannot be seen.
    A leap of 2 s starts anew.
    """

    def __init__(self) -> None:
        self._last_ns = 0
        self._least = [0, 0]
        self._began_ns: int | None = None

    def stamp(self, device_ns: int | None, arrival_ns: int, *, ours: bool = False) -> int:
        """When the picture was taken: not after it arrived, never before the one before it."""
        taken_ns = arrival_ns if device_ns is None else self._taken(device_ns, arrival_ns, ours=ours)
        self._last_ns = max(self._last_ns, min(taken_ns, arrival_ns))
        return self._last_ns

    def _taken(self, device_ns: int, arrival_ns: int, *, ours: bool) -> int:
        delay_ns = arrival_ns - device_ns
        if ours and -EARLY_NS <= delay_ns <= MONOTONIC_WITHIN_NS:
            return device_ns
        if self._began_ns is None or abs(delay_ns - self._least[1]) > JUMP_NS:
            self._least, self._began_ns = [delay_ns, delay_ns], arrival_ns
        elif arrival_ns - self._began_ns > WINDOW_NS:
            self._least, self._began_ns = [self._least[1], delay_ns], arrival_ns
        self._least[1] = min(self._least[1], delay_ns)
        return device_ns + min(self._least)


class Gaps:
    """How many pictures a device dropped, seen from its own times or its own counter."""

    def __init__(self) -> None:
        self._steps: deque[int] = deque(maxlen=STEPS)
        self._last: int | None = None

    def lost(self, told: int, longest: int = LONGEST_GAP_NS) -> int:
        """How many are missing before this time in ns, or this count; 0 while it is not known how far apart they are."""
        last, self._last = self._last, told
        if last is None or told <= last:
            return 0
        step = told - last
        usual = median(self._steps) if len(self._steps) >= LEAST_STEPS else None
        self._steps.append(step)
        if usual is None or not GAP * usual < step < longest:
            return 0
        return round(step / usual) - 1
