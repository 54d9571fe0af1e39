"""Plane waves at arrays, made exactly, for tests of directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.microphones import speed_of_sound_mps

RATE_HZ = 48_000
BLOCK = 9_216


def unit(azimuth_deg: float, elevation_deg: float) -> NDArray[np.float64]:
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])


def wave(array: MicrophoneArray, direction: NDArray[np.float64], rng: np.random.Generator, *, count: int = BLOCK) -> NDArray[np.float32]:
    """Noise of one RMS from one direction at 15 degrees C, (count, channels); each channel late by what `delays_s` says, times 1 / gain."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    freqs_hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    early_s = np.asarray(array.positions_m) @ direction / speed_of_sound_mps(15.0)
    late_s = np.asarray(array.delays_s) if array.delays_s else 0.0
    gains = np.asarray(array.gains)[:, None] if array.gains else 1.0
    shifted = spectrum * np.exp(2j * np.pi * freqs_hz * (early_s - late_s)[:, None]) / gains
    return np.fft.irfft(shifted, count).T.astype(np.float32)


def noise(array: MicrophoneArray, rng: np.random.Generator, *, count: int = BLOCK) -> NDArray[np.float32]:
    """Noise of one RMS, each microphone's own."""
    return rng.standard_normal((count, len(array.positions_m)), dtype=np.float32)


def apart_deg(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))
