"""How long nothing on the air is usual here, learnt from the site, and whether it has been silent for far longer than that."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from edge_node.field.health_names import found
from edge_node.messages import Finding

NS_PER_S = 1_000_000_000
LEAST_S, TIMES = 60.0, 3.0
"""Silence of a minute is none, nor is three times the longest that there was."""
BUSY_HZ, BUSY_FRAMES, BUSY_FOR_S, BUSY_LEAST_S = 20.0, 64, 30.0, 3.0
"""Where so many frames a second came for so long there are several who send, and they do not all fall silent in one moment."""
NEVER_S = 120.0
HALF_LIFE_S = 3 * 86_400.0


class UsualSilence(Struct):
    """The longest silence between two frames of late, which is forgotten by half in three days; None before there were two."""

    longest_s: float | None = None


class Silence:
    """Of one sensor that hears whatever is on the air, from when it was opened."""

    def __init__(self, sensor: str, usual: UsualSilence, now_ns: int) -> None:
        self._sensor, self.usual = sensor, usual
        self._opened_ns = self._last_ns = now_ns
        self._heard = False
        self._came: deque[int] = deque(maxlen=BUSY_FRAMES)

    def took(self, now_ns: int) -> None:
        """A frame of anybody came."""
        gap_s = (now_ns - self._last_ns) / NS_PER_S
        if self._heard:
            longest_s = (self.usual.longest_s or 0.0) * 0.5 ** (gap_s / HALF_LIFE_S)
            self.usual.longest_s = max(longest_s, min(gap_s, self._most_s))
        self._heard, self._last_ns = True, now_ns
        self._came.append(now_ns)

    @property
    def _most_s(self) -> float:
        return max(BUSY_LEAST_S if self._is_busy else LEAST_S, TIMES * (self.usual.longest_s or 0.0))

    @property
    def _is_busy(self) -> bool:
        """Whether the last frames came in quick succession, on an air that has been heard for a while."""
        came = self._came
        if len(came) < BUSY_FRAMES or came[-1] - self._opened_ns < BUSY_FOR_S * NS_PER_S:
            return False
        return BUSY_HZ * (came[-1] - came[0]) <= BUSY_FRAMES * NS_PER_S

    def look(self, now_ns: int) -> tuple[Finding, ...]:
        """Whether it is too long; of a place of which nothing is known, whether anything was heard at all."""
        silent_s = (now_ns - self._last_ns) / NS_PER_S
        if not self._heard and self.usual.longest_s is None:
            words = f"it has heard no frame of anybody for {silent_s:.0f} s, since it was opened: nobody knows whether it hears"
            return (found(self._sensor, "never_heard", words),) if silent_s > NEVER_S else ()
        if silent_s <= self._most_s:
            return ()
        longest_s = self.usual.longest_s or 0.0
        words = f"no frame of anybody for {silent_s:.0f} s, and the longest silence here was {_seconds(longest_s)}"
        return (found(self._sensor, "fallen_silent", words),)


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"
