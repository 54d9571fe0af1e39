"""Processes that lost their parent and are the supervisor's now."""

from __future__ import annotations

import ctypes
import os

PR_SET_CHILD_SUBREAPER = 36


def adopt() -> bool:
    """Be the parent of all whose parent ends, among those that begin from now on (prctl(2)); False where the kernel will not."""
    return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


class Orphans:
    """Those that processes of ours had started and left behind: nobody else hears that they ended."""

    def __init__(self) -> None:
        self._groups: set[int] = set()

    def left_by(self, pid: int) -> None:
        """A process that led a group of its own has ended."""
        self._groups.add(pid)

    def reap(self) -> None:
        """Let those go that have ended; a group's number stays taken as long as one is in it."""
        self._groups = {group for group in self._groups if _lives(group)}


def _lives(group: int) -> bool:
    try:
        while os.waitid(os.P_PGID, group, os.WEXITED | os.WNOHANG) is not None:
            pass
    except ChildProcessError:
        return False
    return True
