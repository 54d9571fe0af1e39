"""Who else comes through a camera's picture: birds, insects, aeroplanes and more, at seeded times without end."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from random import Random

from tools.simulate.flyers import Flyer, Kind
from tools.simulate.kinds import flock, flyer
from tools.simulate.lens import Reals
from tools.simulate.outdoors import Eye, Traffic

KINDS: dict[str, Kind] = {
    "birds": "bird",
    "flocks": "bird",
    "insects": "insect",
    "aeroplanes": "aeroplane",
    "helicopters": "helicopter",
    "balloons": "balloon",
}
LASTS_S = {"birds": 16.0, "flocks": 20.0, "insects": 3.0, "aeroplanes": 60.0, "helicopters": 60.0, "balloons": 90.0}
"""How long one of a kind is about; it is in the picture in the middle of that, and mostly not all the time."""


class Passing:
    """Traffic before one camera: an hour is cut into as many equal parts as come of a kind, and one comes somewhere in each."""

    def __init__(self, traffic: Traffic, eye: Eye, seed: int, wind: Reals) -> None:
        self._eye, self._seed, self._wind = eye, seed, wind
        rates = {name: float(getattr(traffic, name)) for name in KINDS}
        self._every_s = {name: 3600 / rate for name, rate in rates.items() if rate > 0}
        self._one = lru_cache(maxsize=256)(self._come)

    def __call__(self, t_s: float) -> list[Flyer]:
        """All that are about."""
        found = []
        for name, every_s in self._every_s.items():
            around = LASTS_S[name] / 2
            for number in range(floor((t_s - around) / every_s), floor((t_s + around) / every_s) + 1):
                middle_s, flyers = self._one(name, number)
                if abs(t_s - middle_s) < around:
                    found += flyers
        return found

    def _come(self, name: str, number: int) -> tuple[float, list[Flyer]]:
        """When the n-th of a kind is in the picture, and who that is."""
        own = f"{name}-{number}"
        middle_s = (number + Random(f"{self._seed}/{own}/when").random()) * self._every_s[name]
        if name == "flocks":
            return middle_s, flock(own, self._eye, middle_s, seed=str(self._seed))
        return middle_s, [flyer(own, KINDS[name], self._eye, middle_s, wind=self._wind, seed=str(self._seed))]
