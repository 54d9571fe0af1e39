"""When frames that came one after the other fail to come for longer than can be chance: who sent them flew off, or who hears hangs."""

from __future__ import annotations

from collections import deque

REMEMBERED, FADES = 16, 256
LEAST_NS, TIMES_MEAN, TIMES_LONGEST = 3_000_000_000, 10, 3
"""Who speaks at intervals is missed soon. Of frames at random, or in bursts as while a receiver hops, some hundreds tell the longest gap:
three times that of random ones are 17 means, which no chance makes."""
FORGOTTEN_NS = 60_000_000_000
NS_PER_S = 1e9


class Hush:
    """Follows when frames came; knows nothing before 16 of them."""

    def __init__(self) -> None:
        self._came: deque[int] = deque(maxlen=REMEMBERED)
        self._longest_ns = 0

    def hear(self, t_mono_ns: int) -> None:
        """A frame came."""
        if self._came:
            gap_ns = t_mono_ns - self._came[-1]
            if gap_ns > FORGOTTEN_NS:
                self.forget()
            self._longest_ns = max(gap_ns, self._longest_ns - self._longest_ns // FADES) if self._came else 0
        self._came.append(t_mono_ns)

    def forget(self) -> None:
        """Begin anew."""
        self._came.clear()
        self._longest_ns = 0

    def lasts_s(self, now_ns: int) -> float | None:
        """For how long there has been nothing, where that is longer than can be chance; None else, and after a minute of it."""
        if len(self._came) < REMEMBERED:
            return None
        quiet_ns = now_ns - self._came[-1]
        mean_ns = (self._came[-1] - self._came[0]) // (REMEMBERED - 1)
        usual_ns = max(LEAST_NS, TIMES_MEAN * mean_ns, TIMES_LONGEST * self._longest_ns)
        return quiet_ns / NS_PER_S if usual_ns < quiet_ns <= FORGOTTEN_NS else None

    @property
    def rate_hz(self) -> float:
        """Frames a second before."""
        span_ns = self._came[-1] - self._came[0] if self._came else 0
        return (len(self._came) - 1) * NS_PER_S / span_ns if span_ns else 0.0

    def words(self, now_ns: int) -> str:
        """Say that nothing comes and how much did; empty where that is not unusual."""
        lasts_s = self.lasts_s(now_ns)
        return "" if lasts_s is None else f"no data for {lasts_s:.0f} s, {self.rate_hz:.0f} frames/s before"
