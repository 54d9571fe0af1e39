"""A flood of invented aircraft, told from a busy site: new ones come faster than anybody flies."""

from __future__ import annotations

from collections import deque

WINDOW_NS = 10_000_000_000
MOST_NEW = 300


class FloodWatch:
    """Looks once a second at how many tracks were ever new; `words` name a flood as long as it lasts, and are else empty."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, int]] = deque()
        self.words = ""

    def look(self, now_ns: int, new_ever: int) -> None:
        """Take the count as of now."""
        while self._looks and now_ns - self._looks[0][0] > WINDOW_NS:
            self._looks.popleft()
        then = self._looks[0][1] if self._looks else 0
        self._looks.append((now_ns, new_ever))
        new = new_ever - then
        self.words = f"spoof flood: {new} new aircraft in 10 s, the confirmed ones are kept" if new > MOST_NEW else ""
