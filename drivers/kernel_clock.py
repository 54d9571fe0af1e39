"""What the kernel says of its clock by adjtimex(2): whether a daemon vouches for it, and the bound of its error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

STA_UNSYNC = 0x0040
TIME_ERROR = 5
MICROSECONDS = 1e6


class KernelClock(NamedTuple):
    """Of CLOCK_REALTIME, by its maxerror.

    Not esterror: ntpd and chrony count jitter alone in it and timesyncd leaves it 0, so a lopsided network path would go unsaid.
    """

    synchronised: bool
    max_error_s: float


def kernel_clock() -> KernelClock:
    """Ask the kernel; where it cannot be asked (another C library, a sandbox), nobody vouches."""
    import ctypes  # noqa: PLC0415 -- two MiB, for who asks

    # struct timex (adjtimex(2)): modes, then longs offset, freq, maxerror, esterror, then the int status; 208 bytes at most.
    timex = (ctypes.c_long * 32)()
    try:
        state = _adjtimex()(timex)
    except (OSError, AttributeError):
        state = -1
    status = ctypes.c_int.from_buffer(timex, 5 * ctypes.sizeof(ctypes.c_long)).value
    return KernelClock(synchronised=state not in {-1, TIME_ERROR} and not status & STA_UNSYNC, max_error_s=timex[3] / MICROSECONDS)


@cache
def _adjtimex() -> Callable[..., int]:
    """Looked up once: each search leaves a class behind for the garbage collector."""
    import ctypes  # noqa: PLC0415 -- as above

    return ctypes.CDLL(None, use_errno=True).adjtimex
