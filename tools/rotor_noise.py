"""Steady noise over windows to train rotor detection on, as deep as wind, rain or traffic make it, the same for every class."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tools.rotor_data import Example
from tools.simulate.channel import mixed
from tools.simulate.sounds import Floats, Random, band, coloured, log_uniform

DEEPEST_DB, SHALLOWEST_DB = -12.0, 10.0
EVEN, BANDED = 0.6, 0.15
SLOPES_DB = (0.0, -3.0, -3.0, -6.0)  # an octave: white, pink twice as often as others, brown
DRAWS = 2


def steady(rng: Random, n: int) -> Floats:
    """Noise (n,) without events: white, pink or brown, or of any slope and uneven, or of one band."""
    kind = rng.uniform()
    if kind < EVEN:
        return coloured(rng, n, float(rng.choice(SLOPES_DB)), 0.0)
    if kind < EVEN + BANDED:
        return band(rng, n, log_uniform(rng, 30, 1500), log_uniform(rng, 2000, 8000))
    return coloured(rng, n, rng.uniform(-6.5, 1), rng.uniform(0, 3))


def in_noise(rng: Random, clear: Iterator[Example]) -> Iterator[Example]:
    """Each example DRAWS times under steady noise that no channel has coloured, at `noise_db` over the whole band."""
    for one in clear:
        for _ in range(DRAWS):
            noise_db = float(rng.uniform(DEEPEST_DB, SHALLOWEST_DB))
            noisy = mixed(one.window, steady(rng, len(one.window)), noise_db)
            yield replace(one, window=noisy, noise_db=noise_db)
