"""The node's monotonic clock told in UTC, with what is known of its error."""

from __future__ import annotations

import time
from typing import Literal

from msgspec import Struct

ClockSource = Literal["unknown", "system", "gnss", "recording"]


class Timebase(Struct, frozen=True):
    """UTC minus monotonic at one moment; `sigma_s` None means that nobody vouches for it."""

    offset_ns: int
    source: ClockSource
    sigma_s: float | None

    def utc_ns(self, t_mono_ns: int) -> int:
        """UTC in ns since 1970 of a monotonic time."""
        return t_mono_ns + self.offset_ns


def system_offset_ns() -> int:
    """UTC minus monotonic as the system's clocks say it now; the middle of three reads."""
    before = time.monotonic_ns()
    utc = time.time_ns()
    return utc - (before + time.monotonic_ns()) // 2
