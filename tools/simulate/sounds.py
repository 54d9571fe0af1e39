"""What sounds are made of: slow wander, coloured noise, harmonic series, pulses, resonances; float32 at 16 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Random = np.random.Generator
RATE_HZ = 16_000


def unit(sound: NDArray[np.floating]) -> Floats:
    """The same sound with an RMS of 1 and no offset; silence stays silence."""
    centred = sound - sound.mean()
    return np.asarray(centred / (np.sqrt(np.mean(centred**2)) + 1e-9), dtype=np.float32)


def log_uniform(rng: Random, low: float, high: float) -> float:
    """A number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def slow(rng: Random, n: int, corner_hz: float) -> Floats:
    """Noise (n,) of about unit variance without anything above `corner_hz`."""
    points = max(4, round(2 * corner_hz * n / RATE_HZ) + 4)
    place = np.linspace(0, points - 4, n) + rng.uniform(0, 2)
    return np.interp(place, np.arange(points), rng.standard_normal(points) * 1.2).astype(np.float32)


def filtered(sound: NDArray[np.floating], gain_hz: NDArray[np.floating], gain_db: NDArray[np.floating]) -> Floats:
    """Sound (n,) through gains that are linear in decibels over log frequency between the points given."""
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    gains = 10 ** (np.interp(np.log(np.maximum(hz, 1)), np.log(gain_hz), gain_db) / 20)
    return np.fft.irfft(np.fft.rfft(sound) * gains, len(sound)).astype(np.float32)


def coloured(rng: Random, n: int, slope_db_octave: float, rough_db: float = 4.0) -> Floats:
    """Noise (n,) whose spectrum falls by a slope and is uneven by `rough_db`."""
    hz = np.geomspace(20, 8000, 18)
    gains = slope_db_octave * np.log2(hz / 1000) + rng.normal(0, rough_db, len(hz))
    return unit(filtered(rng.standard_normal(n), hz, gains))


def band(rng: Random, n: int, low_hz: float, high_hz: float) -> Floats:
    """Noise (n,) between two frequencies, with skirts of an octave's 24 dB."""
    hz = np.geomspace(10, 8000, 60)
    gains = -24 * np.maximum(0, np.log2(low_hz / hz)) - 24 * np.maximum(0, np.log2(hz / high_hz))
    return unit(filtered(rng.standard_normal(n), hz, gains))


def resonant(rng: Random, sound: NDArray[np.floating], count: int, low_hz: float, high_hz: float) -> Floats:
    """The sound as a body with `count` resonances of up to 20 dB radiates it."""
    hz = np.geomspace(20, 8000, 240)
    gains = np.zeros(len(hz))
    for _ in range(count):
        centre, width = log_uniform(rng, low_hz, high_hz), rng.uniform(0.08, 0.5)
        gains += rng.uniform(0.3, 1) * 20 * np.exp(-0.5 * (np.log2(hz / centre) / width) ** 2)
    return unit(filtered(sound, hz, gains))


def scattered(rng: Random, sound: NDArray[np.floating]) -> Floats:
    """The sound spread over 1 to 30 ms by all the ways that it takes through housing, ducts and surroundings, some of it direct."""
    n = round(log_uniform(rng, 0.001, 0.03) * RATE_HZ)
    tail = rng.standard_normal(n) * np.exp(-4 * np.arange(n) / n)
    tail[0] = rng.uniform(0, 1.5) * np.sqrt(np.sum(tail**2))
    size = len(sound) + n
    return unit(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)])


def series(rng: Random, f0_hz: Floats, orders: NDArray[np.floating], tilt_db: float, rough_db: float = 5.0) -> Floats:
    """Harmonics `orders` of a moving fundamental (n,), falling by `tilt_db` a doubling of the order, uneven by `rough_db`."""
    phase = 2 * np.pi * np.cumsum(f0_hz, dtype=np.float64) / RATE_HZ
    highest = float(f0_hz.max())
    out = np.zeros(len(f0_hz))
    for order in orders[orders * highest < 0.49 * RATE_HZ]:
        level = 10 ** ((-tilt_db * np.log2(order / orders[0]) + rng.normal(0, rough_db)) / 20)
        out += level * np.sin(order * phase + rng.uniform(0, 2 * np.pi))
    return unit(out)


def pulses(rng: Random, rate_hz: Floats, jitter: float, uneven: float) -> Floats:
    """One sample's impulse (n,) each cycle of a moving rate, late by `jitter` of a cycle, unequal by `uneven`."""
    phase = np.cumsum(rate_hz, dtype=np.float64) / RATE_HZ
    phase += jitter * slow(rng, len(rate_hz), float(rate_hz.mean()))
    at = np.flatnonzero(np.diff(np.floor(phase)) > 0)
    out = np.zeros(len(rate_hz), dtype=np.float32)
    out[at] = 1 + uneven * rng.standard_normal(len(at))
    return out


def decaying(rng: Random, n: int, decay_s: float, low_hz: float, high_hz: float) -> Floats:
    """A burst (n,) of noise in a band that dies away."""
    return (band(rng, n, low_hz, high_hz) * np.exp(-np.arange(n) / (decay_s * RATE_HZ))).astype(np.float32)


def repeated(sound: Floats, at: NDArray[np.intp], levels: NDArray[np.floating], n: int) -> Floats:
    """A sound laid over (n,) at the samples `at`, each time at its level."""
    train = np.zeros(n, dtype=np.float32)
    np.add.at(train, at[at < n], np.asarray(levels)[at < n])
    size = n + len(sound)
    return np.fft.irfft(np.fft.rfft(train, size) * np.fft.rfft(sound, size), size)[:n].astype(np.float32)


def gated(rng: Random, n: int, on_s: tuple[float, float], off_s: tuple[float, float]) -> Floats:
    """1 and 0 in turn (n,), with lengths from the two ranges and ramps of 10 ms."""
    edges, state, place = np.zeros(n, dtype=np.float32), 1.0, 0
    place = -round(rng.uniform(0, on_s[1]) * RATE_HZ)
    while place < n:
        length = round(rng.uniform(*(on_s if state else off_s)) * RATE_HZ) + 1
        edges[max(0, place) : max(0, place + length)] = state
        place, state = place + length, 1.0 - state
    ramp = np.hanning(160)
    return np.convolve(edges, ramp / ramp.sum(), "same").astype(np.float32)
