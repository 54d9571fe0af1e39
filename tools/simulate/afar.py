"""How what is a dot in the picture moves: as fast as each kind flies, not as slowly as somebody films it."""

from __future__ import annotations

from math import cos, exp, hypot, log, pi, sin

import numpy as np

from tools.simulate.flyers import Path
from tools.simulate.kinds import Paths, Way
from tools.simulate.lens import Reals

CIRCLES = {"drone": 0.25, "bird": 0.25}
"""The share of each that flies in circles."""


def _aimless(way: Way, speed_mps: float, climb_mps: float) -> Reals:
    heading = way.random.uniform(0, 2 * pi)
    return np.array([speed_mps * sin(heading), speed_mps * cos(heading), way.random.gauss(0, climb_mps)])


def _droning(way: Way) -> Path:
    """Hovering, inspecting, or on its way at up to 22 m/s, as multirotors and small wings fly."""
    random = way.random
    speed = random.choice([0.0, random.uniform(0.5, 4), random.uniform(3, 12), random.uniform(8, 22)])
    if speed > 1 and random.random() < CIRCLES["drone"]:
        return way.round(way.wind * 0, random.uniform(5, 60), speed)
    return way.straight(_aimless(way, speed, 0.1 * speed), exp(random.uniform(log(0.03), log(0.5))), 2.0)


def _winged(way: Way) -> Path:
    """8 to 20 m/s through the air (Alerstam et al. 2007), rising and falling with its wing beats' bouts; a few stand in the wind."""
    random = way.random
    speed = 0.0 if random.random() < 0.05 else random.uniform(7, 19)
    if speed and random.random() < CIRCLES["bird"]:
        return way.round(way.wind * 0.8, random.uniform(6, 40), 0.7 * speed)
    return way.straight(_aimless(way, speed, 0.5) + (way.wind if speed else 0.0), random.uniform(0.1, 1.0), 1.0)


def _under_power(way: Way) -> Path:
    speed = way.random.uniform(40, 90) if hypot(*way.place) < 3000 else way.random.uniform(90, 240)
    return way.straight(_aimless(way, speed, 2.0), 0.0, 1.0)


def _hovering(way: Way) -> Path:
    return way.straight(_aimless(way, way.random.choice([0.5, 20.0, 45.0, 65.0]), 1.0), 0.5, 4.0)


def _adrift(way: Way) -> Path:
    return way.straight(way.wind + np.array([0.0, 0.0, way.random.uniform(0.3, 2.5)]), 0.3, 2.0)


PATHS: Paths = {
    "drone": _droning,
    "bird": _winged,
    "aeroplane": _under_power,
    "helicopter": _hovering,
    "balloon": _adrift,
}
