"""A device's sample counter fitted to the monotonic clock."""

from __future__ import annotations

from collections import deque
from itertools import combinations
from math import log2
from statistics import median

NS_PER_S = 1_000_000_000
WINDOW_S = 1.0
WINDOWS = 60
SLOPE_FROM_S = 10.0
LATE_S = 0.03
MOST_PPM = 5_000.0
MARK_EVERY_S = 5.0
MOST_BLOCK_S = 0.05
MOST_BLOCK_SAMPLES = 2**20


def block_samples(rate_hz: float) -> int:
    """The power of two of samples that lasts 25 to 50 ms, or 2**20 of them where that is less."""
    return min(MOST_BLOCK_SAMPLES, int(2 ** int(log2(rate_hz * MOST_BLOCK_S))))


class SampleClock:
    """When each frame was sampled, how fast the device's own clock runs, and how many frames it dropped.

    A read returns late and never early, so the earliest of each second counts; a line through those (Theil-Sen over the last
    minute) gives time and rate. Frames are counted from 0 with those lost. Who is later than `late_s` for a second has dropped some,
    and whose clock seems to be wrong by `most_ppm` or more drops them all the time.
    """

    def __init__(self, rate_hz: int, late_s: float = LATE_S, most_ppm: float = MOST_PPM) -> None:
        self.rate_hz = rate_hz
        self._late_from_s, self._most_ppm = late_s, most_ppm
        self.frames = 0
        self.lost = 0
        self.gaps = 0
        self.ahead_s = 0.0
        """By how much more the frames of the last few seconds would last than those seconds did."""
        self._start_ns: int | None = None
        self._stamped_ns = 0
        self._seconds: deque[tuple[float, float]] = deque(maxlen=WINDOWS)
        self._window: list[tuple[float, float]] = []
        self._recent: deque[tuple[float, float]] = deque()
        self._offset_s, self._slope = 0.0, 0.0
        self._settled = False
        self._mark = (0.0, 0.0)

    def add(self, frames: int, t_mono_ns: int, *, overflowed: bool = False) -> int:
        """Count a block whose read returned then; returns how many frames were dropped just before it.

        A drop that the device owns up to is measured at once, one that it does not after a second of being late.
        """
        if self._start_ns is None:
            self._start_ns = t_mono_ns - frames * NS_PER_S // self.rate_hz
        lost = self._dropped(frames, (t_mono_ns - self._start_ns) / NS_PER_S, overflowed=overflowed)
        self.frames += lost + frames
        self.lost += lost
        self._mark = (self._mark[0], self._mark[1] - lost / self.rate_hz)
        self.gaps += overflowed or lost > 0
        self._fit((t_mono_ns - self._start_ns) / NS_PER_S)
        return lost

    def t_mono_ns(self, frame: int) -> int:
        """When this frame was sampled; a later frame is never told an earlier time than one told before."""
        played_s = frame / self.rate_hz
        told_ns = (self._start_ns or 0) + round((played_s + self._late_s(played_s)) * NS_PER_S)
        self._stamped_ns = max(self._stamped_ns, told_ns)
        return self._stamped_ns

    @property
    def rate_ppm(self) -> float | None:
        """How much faster the device's clock runs than the monotonic one, None until ten seconds tell."""
        return -self._slope * 1e6 / (1 + self._slope) if self._settled else None

    def _late_s(self, played_s: float) -> float:
        return self._offset_s + self._slope * played_s

    def _dropped(self, frames: int, t_s: float, *, overflowed: bool) -> int:
        played_s = (self.frames + frames) / self.rate_hz
        late_s = t_s - played_s - self._late_s(played_s)
        self._recent.append((t_s, late_s))
        while t_s - self._recent[0][0] > WINDOW_S:
            self._recent.popleft()
        for_long = len(self._recent) > 4 and t_s - self._recent[0][0] > 0.8 * WINDOW_S
        least_s = late_s if overflowed else min(late for _, late in self._recent) if for_long else 0.0
        if least_s <= (0 if overflowed else self._late_from_s):
            return 0
        self._recent.clear()
        return round(least_s * self.rate_hz)

    def _fit(self, t_s: float) -> None:
        played_s = self.frames / self.rate_hz
        late_s = t_s - played_s
        if t_s - self._mark[0] > MARK_EVERY_S:
            self._mark = (t_s, late_s)
        self.ahead_s = self._mark[1] - late_s
        self._window.append((played_s, late_s))
        self._offset_s = min(self._offset_s, late_s - self._slope * played_s)
        if played_s - self._window[0][0] >= WINDOW_S:
            self._seconds.append(min(self._window, key=lambda read: read[1] - self._slope * read[0]))
            self._window.clear()
            self._line()

    def _line(self) -> None:
        points = list(self._seconds)
        if points[-1][0] - points[0][0] >= SLOPE_FROM_S:
            slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))
            self._settled = abs(slope) * 1e6 < self._most_ppm
            self._slope = slope if self._settled else 0.0
        # Until the rate is known the earliest of all counts: a device may hand out at once what it gathered while it was opened.
        offsets_s = [late - self._slope * played for played, late in points[-10:]]
        self._offset_s = median(offsets_s) if self._settled else min(offsets_s)
