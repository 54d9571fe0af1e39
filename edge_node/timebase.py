"""The node's monotonic clock told in UTC, with what is known of its error."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf, sqrt
from typing import Literal

from msgspec import Struct

from drivers.kernel_clock import KernelClock, kernel_clock

ClockSource = Literal["unknown", "system", "gnss", "recording"]

SYSTEM_LEAST_SIGMA_S = 1e-3
PULSE_SIGMA_S = 1e-4
PULSE_MOST_AGE_NS = 3_000_000_000
SENTENCE_DELAY_NS = 200_000_000
SENTENCE_SIGMA_S = 0.15
DRIFT_S_PER_S = 50e-6
GNSS_HELD_NS = 3_600_000_000_000
STEP_NS = 500_000_000


class Timebase(Struct, frozen=True):
    """UTC minus monotonic at one moment; `sigma_s` None means that nobody vouches for it."""

    offset_ns: int
    source: ClockSource
    sigma_s: float | None

    def utc_ns(self, t_mono_ns: int) -> int:
        """UTC in ns since 1970 of a monotonic time."""
        return t_mono_ns + self.offset_ns


class ClockLook(Struct, frozen=True):
    """One look at the clock; `stepped_s` is how far the system's clock jumped since the look before, None when it did not."""

    timebase: Timebase
    words: str
    stepped_s: float | None = None


def system_offset_ns() -> int:
    """UTC minus monotonic as the system's clocks say it now; the middle of three reads."""
    before = time.monotonic_ns()
    utc = time.time_ns()
    return utc - (before + time.monotonic_ns()) // 2


def system_timebase(kernel: Callable[[], KernelClock] = kernel_clock) -> Timebase:
    """The system's clock, with the kernel's maxerror read as a uniform bound (1 sigma = bound / sqrt 3), at least 1 ms."""
    clock = kernel()
    if not clock.synchronised:
        return Timebase(system_offset_ns(), "unknown", None)
    return Timebase(system_offset_ns(), "system", max(clock.max_error_s / sqrt(3), SYSTEM_LEAST_SIGMA_S))


def gnss_timebase(t_utc_ns: int, t_mono_ns: int, pulse_mono_ns: int | None) -> Timebase:
    """The receiver's clock: by its pulse to 0.1 ms, else by when its sentence came, 0.2 +- 0.15 s after the time in it.

    Whatever the pulse's age, it is the start of the one whole second for which the sentence came less than 1 s late.
    """
    if pulse_mono_ns is None or not 0 <= t_mono_ns - pulse_mono_ns <= PULSE_MOST_AGE_NS:
        return Timebase(t_utc_ns + SENTENCE_DELAY_NS - t_mono_ns, "gnss", SENTENCE_SIGMA_S)
    pulse_utc_ns = -(-(t_utc_ns - (t_mono_ns - pulse_mono_ns)) // 1_000_000_000) * 1_000_000_000
    return Timebase(pulse_utc_ns - pulse_mono_ns, "gnss", PULSE_SIGMA_S)


def _sigma_s(timebase: Timebase) -> float:
    return inf if timebase.sigma_s is None else timebase.sigma_s


def _error_words(timebase: Timebase) -> str:
    sigma_s = _sigma_s(timebase)
    if sigma_s < 1:
        return f"±{sigma_s * 1e3:.{1 if sigma_s < 0.01 else 0}f} ms"
    return f"±{sigma_s:.1f} s"


class Clock:
    """The better of the system's clock and a GNSS receiver's; tell it of fixes, look at it once a second."""

    def __init__(self, system: Callable[[], Timebase] = system_timebase) -> None:
        self.steps = 0
        self._system = system
        self._system_offset_ns: int | None = None
        self._gnss: tuple[int, Timebase] | None = None

    def fix(self, t_utc_ns: int, t_mono_ns: int, pulse_mono_ns: int | None) -> None:
        """Take a receiver's time; a coarse one replaces a held better one only where the two disagree by half a second."""
        told, held = gnss_timebase(t_utc_ns, t_mono_ns, pulse_mono_ns), self._held(t_mono_ns)
        if held is None or _sigma_s(told) <= _sigma_s(held) or abs(told.offset_ns - held.offset_ns) > STEP_NS:
            self._gnss = t_mono_ns, told

    def look(self, t_mono_ns: int) -> ClockLook:
        """The best timebase now, in words, and whether the system's clock was set since the last look."""
        system, held = self._system(), self._held(t_mono_ns)
        stepped_s = self._stepped(system.offset_ns)
        if held is not None and _sigma_s(held) < _sigma_s(system):
            return ClockLook(held, self._gnss_words(t_mono_ns, held), stepped_s)
        if system.sigma_s is None:
            return ClockLook(system, "nobody vouches for the clock", stepped_s)
        return ClockLook(system, f"clock by the system, {_error_words(system)}", stepped_s)

    def _held(self, t_mono_ns: int) -> Timebase | None:
        """The last GNSS timebase with the drift of a plain crystal since then; None after an hour."""
        if self._gnss is None:
            return None
        told_ns, told = self._gnss
        age_ns = max(t_mono_ns - told_ns, 0)
        if age_ns > GNSS_HELD_NS:
            return None
        return Timebase(told.offset_ns, told.source, _sigma_s(told) + DRIFT_S_PER_S * age_ns / 1e9)

    def _gnss_words(self, t_mono_ns: int, held: Timebase) -> str:
        told_ns, told = self._gnss or (t_mono_ns, held)
        how = "pulse" if told.sigma_s == PULSE_SIGMA_S else "sentences"
        age_s = (t_mono_ns - told_ns) / 1e9
        return f"clock by GNSS {how}, {_error_words(held)}" + (f", held for {age_s:.0f} s" if age_s > 5 else "")

    def _stepped(self, offset_ns: int) -> float | None:
        before, self._system_offset_ns = self._system_offset_ns, offset_ns
        if before is None or abs(offset_ns - before) <= STEP_NS:
            return None
        self.steps += 1
        return (offset_ns - before) / 1e9
