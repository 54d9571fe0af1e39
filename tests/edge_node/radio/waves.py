"""Noise, and bursts in it, as a receiver of 2.4 MS/s has them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import IqBlock

Complexes = NDArray[np.complex64]

RATE_HZ, CENTER_HZ, NOISE = 2.4e6, 866e6, 1e-4
SPAN_HZ = 500e3


def noise(seconds: float, seed: int = 1, power: float = NOISE, rate_hz: float = RATE_HZ) -> Complexes:
    """White noise (n,) of that power over the whole band."""
    random = np.random.default_rng(seed)
    parts = random.standard_normal(2 * round(seconds * rate_hz), dtype=np.float32)
    return (parts * np.float32(np.sqrt(power / 2))).view(np.complex64)


def add_burst(  # noqa: PLR0917 - one row of a table
    samples: Complexes, begin_s: float, seconds: float, offset_hz: float, snr_db: float, span_hz: float = SPAN_HZ
) -> None:
    """Add band-limited noise of `span_hz` with that SNR in it, which begins and ends suddenly."""
    first, count = round(begin_s * RATE_HZ), round(seconds * RATE_HZ)
    random = np.random.default_rng(first + count)
    spectrum = np.zeros(count, np.complex64)
    half = round(span_hz / 2 / RATE_HZ * count)
    places = np.arange(-half, half)
    spectrum[places] = np.exp(2j * np.pi * random.random(len(places)))
    wave = np.fft.ifft(spectrum) * np.exp(2j * np.pi * offset_hz / RATE_HZ * np.arange(count))
    power = NOISE * span_hz / RATE_HZ * 10 ** (snr_db / 10)
    wave *= np.sqrt(power / np.mean(np.abs(wave) ** 2))
    samples[first : first + count] += wave.astype(np.complex64)


def blocks(samples: Complexes, size: int = 65536, center_hz: float | None = CENTER_HZ, rate_hz: float = RATE_HZ) -> Iterator[IqBlock]:
    """The samples cut in blocks of that size."""
    for first in range(0, len(samples), size):
        t_mono_ns = round(first / rate_hz * 1e9)
        yield IqBlock(t_mono_ns, first, 0, rate_hz, center_hz, samples[first : first + size])
