"""Naive receivers of the tests' own: they know nothing of how the waves were made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import IqBlock
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard
from tools.simulate.iq.wave import Angle, Burst, Link, Spot, Wave

EXACT = Air(snr_db=60.0, ppm=0.0)


def sampled(wave: Wave, rate_hz: float) -> NDArray[np.complex64]:
    """A wave alone from its start to its end."""
    t_s = np.arange(round(wave.duration_s * rate_hz)) / rate_hz
    return np.exp(2j * np.pi * wave.cycles(t_s)).astype(np.complex64) if isinstance(wave, Angle) else wave.at(t_s)


def first_burst(link: Link) -> Burst:
    """The first that it sends."""
    return next(link.bursts(0.0))


def recorded(link: Link | list[Heard], front: FrontEnd, seconds: float, seed: int = 1) -> tuple[NDArray[np.complex64], list[Spot]]:
    """All samples and their truth."""
    truth: list[Spot] = []
    blocks: list[IqBlock] = list(heard(link if isinstance(link, list) else [Heard(link, EXACT)], front, seconds, seed, truth=truth))
    return np.concatenate([block.samples for block in blocks]), truth


def occupied_hz(samples: NDArray[np.complex64], rate_hz: float, share: float = 0.99) -> float:
    """Between the frequencies that leave as much outside on either side (ITU-R SM.328)."""
    size = min(4096, 1 << int(np.log2(len(samples))))
    rows = samples[: len(samples) // size * size].reshape(-1, size) * np.hanning(size)
    power = np.fft.fftshift(np.mean(np.abs(np.fft.fft(rows)) ** 2, axis=0))
    total = np.cumsum(power) / power.sum()
    low, high = np.searchsorted(total, ((1 - share) / 2, (1 + share) / 2))
    return float((high - low) * rate_hz / size)


def dechirped(samples: NDArray[np.complex64], sf: int) -> list[int]:
    """Symbols of samples at one a chip that begin where a symbol does: times a down-chirp, the strongest bin."""
    chips = 1 << sf
    n = np.arange(chips)
    down = np.exp(-2j * np.pi * (n * n / (2 * chips) - n / 2))
    rows = samples[: len(samples) // chips * chips].reshape(-1, chips) * down
    return [int(k) for k in np.argmax(np.abs(np.fft.fft(rows, axis=1)), axis=1)]


def frequency_hz(samples: NDArray[np.complex64], rate_hz: float) -> NDArray[np.float64]:
    """A discriminator."""
    return np.angle(samples[1:] * samples[:-1].conj()) * rate_hz / (2 * np.pi)
