"""Whether the computer's clock is kept, by what, and how wrong it may be: chrony's own word, else timesyncd's and the kernel's."""

from __future__ import annotations

import ctypes
from math import isfinite
from pathlib import Path

from drivers.board.facts import ClockState
from drivers.board.files import Ask, exists

STA_UNSYNC = 0x0040
TIME_ERROR = 5
NEVER_SET_US = 16_000_000
"""The kernel's maxerror of a clock that nobody has set (NTP_PHASE_LIMIT, include/linux/timex.h)."""
CHRONY_FIELDS = 14
REAL = Path("/")


class Timex(ctypes.Structure):
    """struct timex of adjtimex(2)."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        *((name, ctypes.c_long) for name in ("constant", "precision", "tolerance", "seconds", "microseconds", "tick", "ppsfreq", "jitter")),
        ("shift", ctypes.c_int),
        *((name, ctypes.c_long) for name in ("stabil", "jitcnt", "calcnt", "errcnt", "stbcnt")),
        ("tai", ctypes.c_int),
        ("reserved", ctypes.c_int * 11),
    ]


def clock(root: Path, ask: Ask) -> ClockState:
    """How the clock is; the kernel is asked only where root is the real one."""
    told = _chrony(ask("chronyc", "-n", "-c", "tracking"))
    if told is not None:
        return told
    by_timesyncd = exists(root / "run/systemd/timesync/synchronized")
    kernel = _kernel() if root == REAL else None
    if kernel is None:
        return ClockState(synchronised=True, source="timesyncd") if by_timesyncd else ClockState()
    return ClockState(synchronised=kernel[0], source="timesyncd" if by_timesyncd else "kernel", error_s=kernel[1])


def _chrony(said: str) -> ClockState | None:
    """`chronyc -c tracking`: what it says is at most wrong is |offset| + root dispersion + half of the root delay (chronyc(1))."""
    fields = said.strip().split(",")
    if len(fields) != CHRONY_FIELDS:
        return None
    try:
        stratum, offset_s, delay_s, dispersion_s = int(fields[2]), float(fields[4]), float(fields[10]), float(fields[11])
    except ValueError:
        return None
    error_s = abs(offset_s) + dispersion_s + delay_s / 2
    synchronised = fields[13] != "Not synchronised" and stratum > 0
    if not isfinite(error_s) or not synchronised:
        return ClockState(synchronised=False, source="chrony")
    return ClockState(
        synchronised=True, source="chrony", error_s=error_s, offset_s=offset_s, stratum=stratum, server=fields[1][:64] or None
    )


def _kernel() -> tuple[bool, float | None] | None:
    """Whether the kernel takes its clock for kept, and by how much it may be wrong."""
    asked = Timex(modes=0)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(asked))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    kept = state != TIME_ERROR and not asked.status & STA_UNSYNC
    most_us = max(asked.maxerror, asked.esterror)
    return kept, (most_us / 1e6 if kept and most_us < NEVER_SET_US else None)
