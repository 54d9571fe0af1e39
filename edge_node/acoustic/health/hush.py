"""Which channels fell silent, by their levels alone: known within two seconds, long before their coherence says so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.health.channel_statistics import Real

DEAD_DB = -40.0
SILENT_S, LOW_S, WELL_S = 0.4, 2.0, 1.0
"""How long a channel says nothing but zeros, or is far under the others, until it is dead; and how long it is not, until it lives."""
ONE_IN = 4
"""Steps that are looked at."""
LEAST_POWER = (4 / 2**15) ** 2
"""Of what the others hear: a few steps of 16 bits, below which zeros prove nothing."""


class Hush:
    """Steps from sample to sample are compared, which slow drifts and offsets do not hide."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._low_s, self._well_s = np.zeros(channels), np.zeros(channels)
        self._levels_db = np.zeros(channels)
        self._dead = np.zeros(channels, np.bool_)

    @property
    def dead_db(self) -> dict[int, float]:
        """The dead channels, each with its level against the middle one of those that say anything."""
        return {int(channel): float(self._levels_db[channel]) for channel in np.flatnonzero(self._dead)}

    def push(self, samples: Real) -> bool:
        """Take samples (n, channels); whether other channels are dead than before. Nobody is where all are silent."""
        steps = samples[1::ONE_IN] - samples[:-1:ONE_IN]
        power = np.einsum("nc,nc->c", steps, steps) / max(len(steps), 1)
        sounding = power[power > 0]
        middle = float(np.median(sounding)) if len(sounding) else 0.0
        if not middle > LEAST_POWER:
            return False
        levels_db = 10 * np.log10(np.maximum(power, 1e-30) / middle)
        low = levels_db < DEAD_DB
        self._levels_db[low] = levels_db[low]
        return self._judge(low, power == 0, len(samples) / self._rate_hz)

    def _judge(self, low: NDArray[np.bool_], silent: NDArray[np.bool_], seconds: float) -> bool:
        self._low_s = np.where(low, self._low_s + seconds, 0.0)
        self._well_s = np.where(low, 0.0, self._well_s + seconds)
        before = self._dead
        self._dead = (before & (self._well_s < WELL_S)) | (self._low_s >= np.where(silent, SILENT_S, LOW_S))
        return bool(np.any(self._dead != before))
