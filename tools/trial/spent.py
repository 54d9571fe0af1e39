"""What the processes of a node take: processor time and memory, each with the processes that it started."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.trial.outcome import Spent

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Spending:
    """Counts from `begin` on; a process that was started anew counts with the one before it."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._cpu_s: dict[str, float] = defaultdict(float)
        self._seen_s: dict[int, float] = {}
        self._most_mib: dict[str, float] = defaultdict(float)

    def begin(self, pids: Mapping[str, int]) -> None:
        """What these spent until now does not count."""
        self.look(pids)
        self._cpu_s.clear()

    def look(self, pids: Mapping[str, int]) -> None:
        """Take note of what each process (by name) has spent since the last look."""
        for name, pid in pids.items():
            family = [pid, *(children(pid) if name != "node" else ())]
            for one in family:
                self._count(name, one)
            mib = sum(map(_pss_mib, family))
            self._most_mib[name] = max(self._most_mib[name], mib)

    def _count(self, name: str, pid: int) -> None:
        spent_s = _cpu_s(pid)
        if spent_s is not None:
            self._cpu_s[name] += spent_s - self._seen_s.get(pid, 0.0)
            self._seen_s[pid] = spent_s

    def spent(self, seconds: float) -> list[Spent]:
        """Of each process, on average over so long."""
        return [Spent(self._node, name, round(self._cpu_s[name] / seconds, 4), round(mib, 1)) for name, mib in self._most_mib.items()]


def _cpu_s(pid: int) -> float | None:
    """User and system time so far (proc(5): stat, fields 14 and 15); None of one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def _pss_mib(pid: int) -> float:
    """Proportional set size; 0 of one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def nursery(supervisor: int) -> int | None:
    """The process from which a node's other processes are forked, where it runs."""
    return next((pid for pid in children(supervisor) if _name(pid) == "nursery"), None)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def children(pid: int) -> Iterable[int]:
    """Those that it started, and those that these started."""
    try:
        found = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    except OSError:
        return []
    return [*found, *(one for child in found for one in children(child))]
