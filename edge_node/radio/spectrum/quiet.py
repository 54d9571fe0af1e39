"""The power that most of a band is above for most of the time: it falls when an antenna is off, and rises when all of it is jammed.

Unlike the floor that bursts stand out of it learns nothing: a jammer that never stops must not become the noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHARE, ONE_IN = 0.25, 16
"""Of the powers are below it; and of 14 ms of them one in so many is looked at."""
LEAST_POWER = 1e-20


class QuietPower:
    """Mean over the looks since it was last taken."""

    def __init__(self) -> None:
        self._looks = self._count = 0
        self._sum_db = 0.0

    def look(self, powers: NDArray[np.float32]) -> None:
        """Powers (ticks, bins), of which few are looked at."""
        self._looks += 1
        if self._looks % ONE_IN != 1 or not powers.size:
            return
        each = powers[:, ::4].ravel()
        low = np.partition(each, int(SHARE * (len(each) - 1)))[int(SHARE * (len(each) - 1))]
        self._sum_db += 10.0 * float(np.log10(max(float(low), LEAST_POWER)))
        self._count += 1

    def taken_db(self) -> float | None:
        """Since the last time, to full scale; None where nothing was looked at."""
        if not self._count:
            return None
        level_db = self._sum_db / self._count
        self._sum_db, self._count = 0.0, 0
        return level_db
