"""How long nothing on the air is usual here, learnt from the site, and whether it has been silent for far longer than that."""

from __future__ import annotations

from msgspec import Struct

from drivers.hush import Hush
from edge_node.field.health_names import found
from edge_node.messages import Finding

NS_PER_S = 1_000_000_000
LEAST_S, TIMES = 600.0, 3.0
"""Silence of ten minutes is none where only a few send, who may have left; nor is three times the longest that there was, anywhere."""
DEAF_LEAST_S = 3.0
NEVER_S = 120.0
HALF_LIFE_S = 3 * 86_400.0


class UsualSilence(Struct):
    """The longest silence between two frames of late, which is forgotten by half in three days; None before there were two."""

    longest_s: float | None = None


class Silence:
    """Of one sensor that hears whatever is on the air, from when it was opened."""

    def __init__(self, sensor: str, usual: UsualSilence, now_ns: int) -> None:
        self._sensor, self.usual = sensor, usual
        self._last_ns = now_ns
        self._heard = self._said = False
        self._hush = Hush()

    def took(self, now_ns: int, box: bytes | None = None) -> None:
        """A frame came, of some box (drivers.hush.box_of) or of nobody knows whom."""
        gap_s = (now_ns - self._last_ns) / NS_PER_S
        if self._heard:
            longest_s = (self.usual.longest_s or 0.0) * 0.5 ** (gap_s / HALF_LIFE_S)
            self.usual.longest_s = max(longest_s, min(gap_s, self._most_s(now_ns)) if gap_s > longest_s else 0.0)
        self._heard, self._said, self._last_ns = True, False, now_ns
        self._hush.hear(now_ns, box)

    def _most_s(self, now_ns: int) -> float:
        """How long it may be silent, by what is known now; a receiver that heard nothing yet proves nothing before `NEVER_S`."""
        least_s = DEAF_LEAST_S if self._hush.is_deaf(now_ns) else LEAST_S if self._heard else NEVER_S
        return max(least_s, TIMES * (self.usual.longest_s or 0.0))

    def look(self, now_ns: int) -> tuple[Finding, ...]:
        """Whether it is too long; of a place of which nothing is known, whether anything was heard at all."""
        silent_s = (now_ns - self._last_ns) / NS_PER_S
        if not self._heard and self.usual.longest_s is None:
            words = f"it has heard no frame of anybody for {silent_s:.0f} s, since it was opened: nobody knows whether it hears"
            return (found(self._sensor, "never_heard", words),) if silent_s > NEVER_S else ()
        self._said = self._said or silent_s > self._most_s(now_ns)
        if not self._said:
            return ()
        longest_s = self.usual.longest_s or 0.0
        words = f"no frame of anybody for {silent_s:.0f} s, and the longest silence here was {_seconds(longest_s)}"
        return (found(self._sensor, "fallen_silent", words),)


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"
