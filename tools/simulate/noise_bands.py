"""What octaves of sound outdoors hold, second by second over days, and what a soaked cover makes of them.

Levels in dB SPL of octaves about `OCTAVES_HZ`, from sources each with its own spectrum, daily course and distance; the microphone's own
noise is beneath all. Spectra are round numbers of what is usual: traffic near and far (ISO 9613-1 for the air between), leaves and wind
(the louder the more it blows), birds by day and insects by night, rain, and machines that come and go.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.random import Generator
from numpy.typing import NDArray

from tools.simulate.noise_levels import DAY_S, bouts, days, wander

Bands = NDArray[np.float64]

OCTAVES_HZ = (500.0, 1_000.0, 2_000.0, 4_000.0, 7_000.0)
OWN_DB = np.array([13.0, 15.0, 18.0, 21.0, 23.0])
"""White, as of a MEMS microphone of 66 dB."""
TRAFFIC = np.array([0.0, 1.0, -3.0, -9.0, -17.0])
AIR_DB_KM = np.array([2.2, 4.7, 9.9, 29.0, 75.0])
LEAVES = np.array([-10.0, -4.0, 0.0, 0.0, -4.0])
WIND = np.array([0.0, -14.0, -28.0, -42.0, -56.0])
BIRDS = np.array([-30.0, -15.0, -2.0, 0.0, -6.0])
INSECTS = np.array([-40.0, -30.0, -12.0, 0.0, -2.0])
RAIN = np.array([-4.0, -1.0, 0.0, 0.0, -1.0])
MACHINES = np.array([0.0, -2.0, -8.0, -20.0, -34.0])
SOAKED = np.array([1.0, 3.0, 6.0, 10.0, 14.0])
"""A foam of some centimetres whose pores are full of water: little at long waves, more and more at short ones."""
SOAKED_WIND_DB = 6.0
"""What the foam kept from the membrane of turbulence."""


class Place(Struct, frozen=True):
    """What is heard at a place (seconds, octaves) beside the wind over the microphones and their own noise."""

    sound_db: Bands
    wind_db: Bands

    def heard(self, taken_db: Bands | float = 0.0, wind_more_db: float = 0.0, first: int = 0, last: int | None = None) -> Bands:
        """Levels of some seconds, with so much taken from each octave of the sound."""
        part = slice(first, last)
        powers = 10 ** ((self.sound_db[part] - taken_db) / 10) + 10 ** ((self.wind_db[part] + wind_more_db) / 10) + 10 ** (OWN_DB / 10)
        return np.asarray(10 * np.log10(powers))


def place(seconds: int, rng: Generator) -> Place:
    """One place of many kinds: by a road or far from any, among trees or not, with insects in summer, with snow in winter."""
    near = bool(rng.random() < 0.5)
    summer, winter = (bool(rng.random() < 0.4), bool(rng.random() < 0.3))
    road_km = rng.uniform(0.03, 0.2) if near else rng.uniform(0.3, 2.0)
    air_db = AIR_DB_KM * road_km * np.exp(wander(seconds, 0.25, 43_200.0, rng))[:, None]
    snow_db = np.array([1.0, 4.0, 4.0, 3.0, 3.0]) * (bouts(seconds, 0.3, DAY_S, 1.0, rng) * winter)[:, None]
    road = rng.uniform(40.0, 52.0) if near else rng.uniform(34.0, 44.0)
    traffic = road + days(seconds, rng.uniform(3.0, 8.0), rng) + wander(seconds, 2.5, 1_800.0, rng) + wander(seconds, 1.5, 5.0, rng)
    cars = np.where((passing := bouts(seconds, 200, 20.0, 20.0, rng)) > 0, road - 8.0 + passing, -50.0)
    wind_mps = np.exp(wander(seconds, 0.7, 14_400.0, rng) + wander(seconds, 0.25, 8.0, rng)) * rng.uniform(1.0, 3.0)
    leaves = rng.uniform(18.0, 34.0) + 25.0 * np.log10(wind_mps / 4.0)
    light = np.clip(-np.cos(2 * np.pi * np.arange(seconds) / DAY_S) + 0.2, 0.0, 1.0)
    birds = np.where((singing := bouts(seconds, 150, 60.0, 30.0, rng)) * light > 0, 15.0 + singing, -50.0)
    chirps = (rng.uniform(28.0, 42.0) + wander(seconds, 3.0, 7_200.0, rng)) * summer
    insects = np.where((light < 0.2) & (chirps > 0), chirps, -50.0)
    rain = np.where((wet := bouts(seconds, 0.7, 5_400.0, 10.0, rng)) > 0, 34.0 + wet, -50.0)
    machines = np.where((runs := bouts(seconds, 20, 300.0, 25.0, rng)) > 0, 25.0 + runs, -50.0)
    parts = (
        traffic[:, None] + TRAFFIC - air_db - snow_db,
        cars[:, None] + TRAFFIC - snow_db,
        leaves[:, None] + LEAVES - (0.0 if summer else 4.0),
        birds[:, None] + BIRDS,
        insects[:, None] + INSECTS,
        rain[:, None] + RAIN,
        machines[:, None] + MACHINES,
    )
    sound_db = 10 * np.log10(sum(10 ** (part / 10) for part in parts))
    return Place(sound_db, (12.0 + 45.0 * np.log10(np.maximum(wind_mps, 0.1) / 2.0))[:, None] + WIND)
