"""A microwave oven: its magnetron runs in one half of each mains cycle and sweeps as its voltage does: what must raise no alarm."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Angle, Burst, Reals

CENTER_HZ, SWEEP_HZ, WIDTH_HZ = 2_455e6, 18e6, 24e6
ON_SHARE = 0.45
WANDER_HZ = 2e6


class Oven(Slots):
    """On 50 or 60 Hz."""

    def __init__(self, seed: int = 1, mains_hz: float = 50.0) -> None:
        super().__init__("microwave_oven", "unknown", seed, 1 / mains_hz, ON_SHARE / mains_hz)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One half wave."""
        yield Burst(t_s, self.longest_s, CENTER_HZ, WIDTH_HZ, lambda: _Sweep(self.longest_s, self.random(k)))


class _Sweep(Angle):
    """Up as the voltage climbs and down again, with ripples of its own."""

    def __init__(self, duration_s: float, random: Random) -> None:
        self.duration_s = duration_s
        t_s = np.linspace(0, duration_s, 4096)
        level = np.sin(np.pi * t_s / duration_s) - 0.6
        ripple = sum(np.sin(2 * np.pi * (random.uniform(2, 40) * t_s / duration_s + random.random())) for _ in range(6)) / 6
        frequency = SWEEP_HZ * level + WANDER_HZ * ripple
        self._step_s = float(t_s[1])
        self._frequency = np.append(frequency, frequency[-1])
        self._slope = np.diff(self._frequency, append=frequency[-1]) / self._step_s
        self._phase = np.concatenate(([0.0], np.cumsum((frequency[1:] + frequency[:-1]) / 2) * self._step_s, [0.0]))

    def cycles(self, t_s: Reals) -> Reals:
        """The integral of a frequency that is straight between its places."""
        k = (t_s / self._step_s).astype(np.int64)
        past = t_s - k * self._step_s
        return np.asarray(self._phase[k] + past * (self._frequency[k] + past * self._slope[k] / 2))
