"""How busy the machine is on which a trial is played."""

from __future__ import annotations

from pathlib import Path

BUSY = 0.9
IDLE = (3, 4)
"""Of proc_stat(5)'s first line: idle, and waiting for a disk."""


class Machine:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._before = _spent()

    def words(self) -> str:
        """Empty, or how busy it was where that is so much that figures of time are rather its own than the node's."""
        spent = [now - before for now, before in zip(_spent(), self._before, strict=True)]
        idle = sum(spent[field] for field in IDLE)
        busy = 1 - idle / max(sum(spent), 1)
        return f"the machine was busy to {busy:.0%}: delays are rather its own than the nodes'" if busy > BUSY else ""


def _spent() -> list[int]:
    """Ticks of all processors together, by what they did; guests are counted with users already."""
    with Path("/proc/stat").open() as file:
        return [int(word) for word in file.readline().split()[1:9]]
