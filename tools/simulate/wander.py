"""Smooth randomness that is a pure function of time."""

from __future__ import annotations

from math import cos, fsum, pi, sin, sqrt
from random import Random


class Wander:
    """A smooth random signal of zero mean and one sigma that is a pure function of time: eight seeded sines."""

    def __init__(self, seed: str, sigma: float, shortest_s: float, longest_s: float) -> None:
        random = Random(seed)
        self._amplitude = sigma * sqrt(2 / 8)
        ratio = longest_s / shortest_s
        periods: list[float] = [shortest_s * ratio ** ((k + random.random()) / 8) for k in range(8)]
        self._waves = [(2 * pi / period, random.uniform(0, 2 * pi)) for period in periods]

    def at(self, t_s: float) -> float:
        """Its value."""
        return self._amplitude * fsum(sin(rate * t_s + phase) for rate, phase in self._waves)

    def rate(self, t_s: float) -> float:
        """Its change per second."""
        return self._amplitude * fsum(rate * cos(rate * t_s + phase) for rate, phase in self._waves)
