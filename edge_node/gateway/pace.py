"""Turns at even times: what one turn takes is not added to the next."""

from __future__ import annotations

import asyncio
import math


def due_after(due_s: float, now_s: float, every_s: float, least_s: float = 0.0) -> float:
    """The next turn on the grid of the last one's time, `least_s` from now at the soonest; what was missed is not made up for."""
    return due_s + max(1, math.ceil((now_s + least_s - due_s) / every_s)) * every_s


class Pace:
    """Turns from its making on."""

    def __init__(self, least_s: float = 0.0) -> None:
        self._due_s = asyncio.get_running_loop().time()
        self._least_s = least_s

    async def turn(self, every_s: float) -> None:
        """Sleep until the next turn."""
        now_s = asyncio.get_running_loop().time()
        self._due_s = due_after(self._due_s, now_s, every_s, self._least_s)
        await asyncio.sleep(self._due_s - now_s)
