"""Whether the computer's clock is kept, by what, and how wrong it may be: chrony's own word, else timesyncd's and the kernel's."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from drivers.board.facts import ClockState
from drivers.board.files import Ask, exists
from drivers.kernel_clock import kernel_clock

CHRONY_FIELDS = 14
REAL = Path("/")


def clock(root: Path, ask: Ask) -> ClockState:
    """How the clock is; the kernel is asked only where root is the real one."""
    told = _chrony(ask("chronyc", "-n", "-c", "tracking"))
    if told is not None:
        return told
    by_timesyncd = exists(root / "run/systemd/timesync/synchronized")
    if root != REAL:
        return ClockState(synchronised=True, source="timesyncd") if by_timesyncd else ClockState()
    kernel = kernel_clock()
    error_s = kernel.max_error_s if kernel.synchronised else None
    return ClockState(synchronised=kernel.synchronised, source="timesyncd" if by_timesyncd else "kernel", error_s=error_s)


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
