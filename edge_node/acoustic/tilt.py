"""How loud high sound is against low: what a soaked, iced or dirty cover over the microphones changes most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.looks import NS_PER_S, Look
from edge_node.acoustic.spectra import Spectra

LOW_HZ = (355.0, 710.0)
HIGH_HZ = ((2_800.0, 5_600.0), (5_600.0, 8_000.0))
"""Below the low there is wind; between, a cover takes less than it leaves to chance."""
EVERY_NS = 10 * NS_PER_S
LOUDNESS_STEP_DB = 3.0
LEAST_POWER = 1e-20


class Tilt:
    """Looks at one look in ten seconds of one stream of sound, all channels together."""

    def __init__(self, spectra: Spectra) -> None:
        freqs_hz = spectra.freqs_hz
        self._low = _within(freqs_hz, LOW_HZ)
        self._high = [_within(freqs_hz, octave) for octave in HIGH_HZ if freqs_hz[-1] >= octave[1] - 1.0]
        self._to_power = 4.0 / spectra.frame**2
        self._looked_ns: int | None = None
        self._levels: dict[str, float] = {}

    def push(self, look: Look) -> None:
        """Take a look in, if it is time for one."""
        if self._looked_ns is not None and 0 <= look.t_mono_ns - self._looked_ns < EVERY_NS:
            return
        self._looked_ns = look.t_mono_ns
        if not self._high or not np.any(look.spectra):
            return
        low_db = self._level_db(look, self._low)
        high_db = sum(self._level_db(look, octave) for octave in self._high) / len(self._high)
        loudness = round(low_db / LOUDNESS_STEP_DB) * round(LOUDNESS_STEP_DB)
        self._levels = {f"tilt | {loudness}": high_db - low_db}

    def take(self) -> dict[str, float]:
        """What was found since this was last asked: high against low, named by how loud the low was."""
        levels, self._levels = self._levels, {}
        return levels

    def _level_db(self, look: Look, octave: slice) -> float:
        """The mean of decibels over an octave's bins: a tone is one of many."""
        part = look.spectra[:, :, octave]
        power = (part.real**2 + part.imag**2).mean(axis=(0, 1), dtype=np.float64) * self._to_power
        return float(np.mean(10.0 * np.log10(np.maximum(power, LEAST_POWER))))


def _within(freqs_hz: NDArray[np.float32], octave: tuple[float, float]) -> slice:
    return slice(*(int(k) for k in np.searchsorted(freqs_hz, octave)))
