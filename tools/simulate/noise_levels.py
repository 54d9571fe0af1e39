"""How strong the noise of a sensor is, second by second over days: nights, weather, passers-by, warm and cold; and what faults make of it.

Levels in dB as field.noise_floor takes them. What is usual is modelled wide: places differ, and so do days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct
from numpy.random import Generator
from numpy.typing import NDArray

Levels = NDArray[np.float64]
DAY_S = 86_400
OWN_NOISE_DB = 24.0
"""Of a microphone, in the band where drones are heard."""
COARSE_S = 20


class Fault(Struct, frozen=True):
    """What a fault makes of levels from when it begins."""

    name: str
    spoils: Callable[[Levels], Levels]


class Site(Struct, frozen=True):
    """A kind of level, named as a detector names it."""

    level: str
    usual: Callable[[int, Generator], Levels]
    faults: tuple[Fault, ...]


def wander(seconds: int, sigma_db: float, tau_s: float, rng: Generator) -> Levels:
    """A level that goes about zero (Ornstein and Uhlenbeck), made coarsely where it is slow."""
    step_s = COARSE_S if tau_s > 10 * COARSE_S else 1
    count = seconds // step_s + 2
    keep = float(np.exp(-step_s / tau_s))
    kicks = rng.normal(0, sigma_db * np.sqrt(1 - keep**2), count)
    made, value = np.empty(count), float(rng.normal(0, sigma_db))
    for place, kick in enumerate(kicks.tolist()):
        value = keep * value + kick
        made[place] = value
    return np.interp(np.arange(seconds), np.arange(count) * step_s, made)


def days(seconds: int, depth_db: float, rng: Generator) -> Levels:
    """Up at noon and down at night by as much, not every day alike."""
    t_days = np.arange(seconds) / DAY_S
    each = rng.normal(0, 0.15 * depth_db, int(t_days[-1]) + 2)
    return -depth_db * np.cos(2 * np.pi * t_days) + np.interp(t_days, np.arange(len(each)), each)


def together(*levels: Levels | float) -> Levels:
    """Powers added."""
    return np.asarray(10 * np.log10(sum(10 ** (np.asarray(one) / 10) for one in levels)))


def bouts(seconds: int, a_day: float, lasts_s: float, most_db: float, rng: Generator) -> Levels:
    """What comes and goes: so many a day, each by up to so many dB."""
    made = np.zeros(seconds)
    for _ in range(rng.poisson(a_day * seconds / DAY_S)):
        begin, lasts = int(rng.uniform(0, seconds)), int(rng.exponential(lasts_s)) + 1
        made[begin : begin + lasts] = np.maximum(made[begin : begin + lasts], rng.uniform(0, most_db))
    return made


def sound(seconds: int, rng: Generator) -> Levels:
    """Outdoors: traffic by day, wind for hours, birds and cars; beneath all the microphone's own noise."""
    place = rng.uniform(36.0, 46.0) + days(seconds, rng.uniform(4.0, 9.0), rng)
    there = place + wander(seconds, 3.0, 900.0, rng) + wander(seconds, 1.5, 5.0, rng) + bouts(seconds, 200, 20.0, 20.0, rng)
    wind = 20.0 + wander(seconds, 9.0, 14_400.0, rng) + wander(seconds, 3.0, 8.0, rng)
    return together(there, wind, OWN_NOISE_DB)


def attenuated(by_db: float) -> Callable[[Levels], Levels]:
    """Sound that comes through so much less: the microphone's own noise stays."""

    def spoils(levels: Levels) -> Levels:
        heard = 10 ** (levels / 10) - 10 ** (OWN_NOISE_DB / 10)
        return together(10 * np.log10(np.maximum(heard, 1e-3)) - by_db, OWN_NOISE_DB)

    return spoils


def shifted(by_db: float) -> Callable[[Levels], Levels]:
    """All up or down by so much."""
    return lambda levels: levels + by_db


def spectrum(seconds: int, rng: Generator) -> Levels:
    """A receiver's floor: its gain goes with its warmth, and a busy band lifts it now and then."""
    floor = -95.0 + days(seconds, rng.uniform(0.2, 0.8), rng) + wander(seconds, 0.25, 3_600.0, rng) + rng.normal(0, 0.1, seconds)
    return np.asarray(floor + bouts(seconds, 60, 30.0, 5.0, rng))


def frames(seconds: int, rng: Generator) -> Levels:
    """The strongest tenth: access points that stand still, phones that pass, leaves that get wet."""
    there = rng.uniform(-75.0, -50.0) + wander(seconds, 1.5, 7_200.0, rng) + wander(seconds, 1.0, 30.0, rng)
    return np.asarray(np.round(there + bouts(seconds, 60, 120.0, 15.0, rng)))


def satellites(seconds: int, rng: Generator) -> Levels:
    """The strongest four: the sky turns, leaves get wet."""
    return np.asarray(
        46.0 + days(2 * seconds, 1.0, rng)[:seconds] + wander(seconds, 0.8, 1_800.0, rng) - bouts(seconds, 2.0, 3_600.0, 2.0, rng)
    )


SITES: Mapping[str, Site] = {
    "sound": Site("sound", sound, (Fault("capped", attenuated(30.0)), Fault("even", attenuated(10.0)))),
    "spectrum": Site("spectrum 868 MHz", spectrum, (Fault("antenna_off", shifted(-3.0)), Fault("jammed", shifted(20.0)))),
    "frames": Site("frames wifi", frames, (Fault("antenna_off", shifted(-25.0)), Fault("loose", shifted(-12.0)))),
    "satellites": Site("satellites", satellites, (Fault("jammed", shifted(-12.0)), Fault("wet_cable", shifted(-6.0)))),
}
