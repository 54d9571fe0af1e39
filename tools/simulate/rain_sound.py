"""Rain as microphones hear it: a hiss from all sides, and drops that hit each one's housing."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

import numpy as np
from numpy.random import Generator

from tools.simulate.noise import diffuse_blocks
from tools.simulate.propagation import Numbers, Sound

HISS_DB_SPL, DROPS_A_SECOND, DROP_PA = 38.0, 1.5, 0.25
"""At 1 mm/h, and for each mm/h on one housing; the median peak of a drop."""
RINGS_HZ, DECAYS_S, LASTS_S = 1_800.0, 0.0015, 0.012
REFERENCE_PA = 20e-6


def rain_blocks(places_m: Numbers, rate_hz: int, mm_h: float, rng: Generator, temperature_c: float) -> Iterator[Sound]:
    """Endless blocks of it, (n, M) in Pa."""
    hiss_pa = np.float32(REFERENCE_PA * 10 ** ((HISS_DB_SPL + 12 * log10(max(mm_h, 0.1))) / 20))
    ring_s = np.arange(round(LASTS_S * rate_hz)) / rate_hz
    ring = (np.sin(2 * np.pi * RINGS_HZ * ring_s) * np.exp(-ring_s / DECAYS_S)).astype(np.float32)
    for block in diffuse_blocks(places_m, rate_hz, rng, temperature_c):
        heard = hiss_pa * block
        room = len(heard) - len(ring)
        for channel in heard.T:
            for begin in rng.integers(0, room, rng.poisson(DROPS_A_SECOND * mm_h * len(heard) / rate_hz)):
                channel[begin : begin + len(ring)] += np.float32(DROP_PA * rng.lognormal(0.0, 0.8)) * ring
        yield heard
