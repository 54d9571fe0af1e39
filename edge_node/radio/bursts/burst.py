"""One burst as it was cut from the stream: what all kinds of link are told by."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

MOST_S = 0.05
EDGE = 0.02
"""Of the receiver's band at either end: what reaches into it may go on beyond."""


class Burst(Struct, frozen=True):
    """Power that rises above the floor for a while.

    It begins at sample `start` of its receiver's stream of `rate_hz` and lasts `duration_s`; `lasts` says that it went on when it was cut.
    `offset_hz` is its middle from the receiver's centre, `center_hz` the same on the air, None where nobody knows the centre;
    `bandwidth_hz` holds 99 % of its power. `snr_db` is within that bandwidth, `level_dbfs` its mean power. `samples` are complex64 (n,) at
    `samples_rate_hz`, about its own middle, from `before_s` before it began to as much after its end; at most MOST_S long.
    """

    start: int
    rate_hz: float
    duration_s: float
    lasts: bool
    offset_hz: float
    center_hz: float | None
    bandwidth_hz: float
    snr_db: float
    level_dbfs: float
    samples: NDArray[np.complex64]
    samples_rate_hz: float
    before_s: float

    @property
    def is_cut_off(self) -> bool:
        """Whether the receiver's band may end within it."""
        return abs(self.offset_hz) + self.bandwidth_hz / 2 > (0.5 - EDGE) * self.rate_hz
