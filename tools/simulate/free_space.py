"""What reaches the node's antenna: free-space loss and fading."""

from __future__ import annotations

from math import log10
from random import Random

from tools.simulate.world import Wander

SLOW_FADING_DB, FAST_FADING_DB = 2.0, 1.0
Frame = tuple[float, bytes]
"""Seconds of the scene, and a frame with its receiver's header."""


def free_space_db(range_m: float, center_hz: float) -> float:
    """Loss between isotropic antennas (ITU-R P.525)."""
    return 20 * log10(max(range_m, 1.0) / 1e3) + 20 * log10(center_hz / 1e6) + 32.45


class Path:
    """One transmitter's way to the node: what fades slowly is a function of time, what fades fast of the frame's own random."""

    def __init__(self, seed: str, eirp_dbm: float) -> None:
        self._eirp_dbm = eirp_dbm
        self._fading = Wander(f"{seed}/fading", SLOW_FADING_DB, 1.0, 20.0)

    def rssi_dbm(self, t_s: float, range_m: float, center_hz: int, random: Random) -> int:
        """Free-space loss and both fadings."""
        loss_db = free_space_db(range_m, center_hz)
        return max(-127, round(self._eirp_dbm - loss_db + self._fading.at(t_s) + random.gauss(0, FAST_FADING_DB)))
