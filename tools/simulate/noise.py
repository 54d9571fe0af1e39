"""Noise that microphones hear: uncorrelated, diffuse, of wind, and of a place outdoors."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt
from typing import Any, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from tools.simulate.propagation import Numbers, Path, Sound, at_microphones, speed_of_sound_mps

Shape = Literal["white", "pink"]
FRAME = 2048
BATCH = 16
WIND_FRAME = 8192
CONVECTED = 0.7
WIND_TO_HZ = 2_000.0
PASCAL_OF_WIND = 0.02
"""Pressure that 1 m/s of wind makes on a microphone behind a little foam, Pa RMS; it grows with the square of the speed."""


def white(n: int, channels: int, rng: Generator) -> Sound:
    """Noise of one RMS, (n, channels), each channel for itself."""
    return rng.standard_normal((n, channels), dtype=np.float32)


def coloured(amplitudes: Sound, rng: Generator, block: int) -> Iterator[Sound]:
    """Endless blocks of one channel of noise with this amplitude spectrum (L / 2 + 1 values), 1 RMS where it is flat at 1."""
    length = 2 * (len(amplitudes) - 1)
    impulse = np.roll(np.fft.irfft(amplitudes), length // 2) * np.hanning(length)
    whole = -(-(block + length) // 1024) * 1024
    response = np.fft.rfft(impulse, whole).astype(np.complex64)
    recent = rng.standard_normal(whole, dtype=np.float32)
    while True:
        recent = np.concatenate((recent[block:], rng.standard_normal(block, dtype=np.float32)))
        yield np.fft.irfft(np.fft.rfft(recent) * response, whole)[-block:].astype(np.float32)


def mixed(mixing: NDArray[Any], rng: Generator, length: int) -> Iterator[Sound]:
    """Endless blocks (BATCH length / 2, M) of noise whose cross-spectrum is mixing @ mixing^H (F, M, M), and nothing above F bins."""
    half, channels = length // 2, mixing.shape[1]
    window = np.sin(np.pi * (np.arange(2 * half, dtype=np.float32) + 0.5) / (2 * half))[:, None] * np.float32(sqrt(half))
    kept = _frames(mixing, rng, length)[half:, 0] * window[half:]
    while True:
        frames = _frames(mixing, rng, length) * window[:, None]
        block = frames[:half].swapaxes(0, 1).copy()
        block[0] += kept
        block[1:] += frames[half:, :-1].swapaxes(0, 1)
        kept = frames[half:, -1]
        yield block.reshape(-1, channels)


def _frames(mixing: NDArray[Any], rng: Generator, length: int) -> Sound:
    """Independent periodic frames of such noise, (length, BATCH, M)."""
    bins, channels = mixing.shape[:2]
    parts = rng.standard_normal((bins, channels, 2 * BATCH), dtype=np.float32)
    spectra = mixing @ parts.view(np.complex64) if np.iscomplexobj(mixing) else (mixing @ parts).view(np.complex64)
    return np.fft.irfft(spectra, length, axis=0).astype(np.float32, copy=False).swapaxes(1, 2)


def diffuse_blocks(positions_m: ArrayLike, rate_hz: int, rng: Generator, temperature_c: float, shape: Shape = "white") -> Iterator[Sound]:
    """Endless blocks of `diffuse`."""
    apart = _apart(positions_m)
    freq_hz = np.fft.rfftfreq(FRAME, 1 / rate_hz)
    coherence = np.sinc(2.0 * freq_hz[:, None, None] * np.linalg.norm(apart, axis=2) / speed_of_sound_mps(temperature_c))
    return mixed(_root(coherence) * _amplitudes(freq_hz, shape)[:, None, None], rng, FRAME)


def diffuse(n: int, positions_m: ArrayLike, rate_hz: int, rng: Generator, temperature_c: float = 15.0, *, shape: Shape = "white") -> Sound:
    """An isotropic field of one RMS, (n, M): coherence between microphones d apart is sin(kd) / kd (Habets 2008)."""
    return first(diffuse_blocks(positions_m, rate_hz, rng, temperature_c, shape), n)


def wind_blocks(positions_m: ArrayLike, rate_hz: int, speed_mps: float, rng: Generator, towards_deg: float = 90.0) -> Iterator[Sound]:
    """Endless blocks of `wind`."""
    apart, speed = _apart(positions_m), max(speed_mps, 0.1)
    whole_hz = np.fft.rfftfreq(WIND_FRAME, 1 / rate_hz)
    freq_hz = whole_hz[whole_hz < WIND_TO_HZ]
    turns = 2 * np.pi * freq_hz[:, None, None] / (CONVECTED * speed)
    along = apart @ (np.sin(np.radians(towards_deg)), np.cos(np.radians(towards_deg)), 0.0)
    across = np.sqrt(np.maximum(np.sum(apart**2, axis=2) - along**2, 0.0))
    coherence = np.exp(-turns * (0.12 * np.abs(along) + 0.7 * across)) * np.exp(-1j * turns * along)
    amplitude = (1.0 + (freq_hz / (0.5 * speed)) ** 2) ** (-5 / 12) * (1.0 + (freq_hz / (15.0 * speed)) ** 2) ** -1.0
    amplitude[0] = 0.0
    amplitude *= sqrt(len(whole_hz) / np.sum(amplitude**2))
    mixing = (_root(coherence) * amplitude[:, None, None]).astype(np.complex64)
    gusts = _gusts(rate_hz, rng, WIND_FRAME // 2 * BATCH)
    level_pa = np.float32(PASCAL_OF_WIND * speed_mps**2)
    return (level_pa * next(gusts)[:, None] * block for block in mixed(mixing, rng, WIND_FRAME))


def wind(n: int, positions_m: ArrayLike, rate_hz: int, speed_mps: float, rng: Generator) -> Sound:
    """What wind does to microphones, (n, M) in Pa: turbulence that falls as f^-5/3 and then faster, in gusts.

    It is carried by at 0.7 of the wind's speed towards +x and loses its coherence within a few centimetres (Corcos 1964).
    """
    return first(wind_blocks(positions_m, rate_hz, speed_mps, rng), n)


def ambient(n: int, positions_m: ArrayLike, rate_hz: int, rng: Generator) -> Sound:
    """A place outdoors, (n, M), of about one RMS: a pink field from all sides, a road, vehicles that pass, leaves and birds."""
    out = diffuse(n, positions_m, rate_hz, rng, shape="pink")
    for low_hz, high_hz, share, range_m, speed_mps in (
        (60.0, 900.0, 0.5, 90.0, 0.0),
        (80.0, 1_800.0, 0.6, 60.0, 13.0),
        (700.0, 7_000.0, 0.3, 15.0, 0.5),
        (500.0, 6_000.0, 0.3, 20.0, 0.3),
        (2_500.0, 6_000.0, 0.3, 30.0, 2.0),
        (3_000.0, 7_500.0, 0.3, 25.0, 4.0),
    ):
        signal = _band(n + rate_hz, rate_hz, low_hz, high_hz, rng)
        if low_hz >= 2_500.0:
            signal *= _calls(len(signal), rate_hz, rng)
        path = _wandering(range_m, speed_mps, n / rate_hz, rng)
        heard = at_microphones(signal, path, positions_m, rate_hz, lead_s=1.0, absorption=False)
        out += heard * np.float32(share / max(float(np.sqrt(np.mean(heard**2))), 1e-9))
    return out


def at_snr(signal: Sound, noise: Sound, snr_db: float, band_hz: tuple[float, float] | None = None, *, rate_hz: int = 48_000) -> Sound:
    """Signal and scaled noise, (n, M): their ratio of power over all samples and channels, in the band, is `snr_db`."""
    ratio = _power(signal, band_hz, rate_hz) / _power(noise, band_hz, rate_hz)
    return signal + noise * np.float32(sqrt(ratio / 10 ** (snr_db / 10)))


def first(blocks: Iterator[Sound], n: int) -> Sound:
    """The first `n` frames of endless blocks."""
    return next(rechunked(blocks, n))


def rechunked(blocks: Iterator[Sound], n: int) -> Iterator[Sound]:
    """The same sound in blocks of `n` frames."""
    held: list[Sound] = []
    have = 0
    for block in blocks:
        held.append(block)
        have += len(block)
        if have < n:
            continue
        joined = np.concatenate(held)
        whole = have // n * n
        yield from joined[:whole].reshape(-1, n, *joined.shape[1:])
        held, have = [joined[whole:]], have - whole


def _power(sound: Sound, band_hz: tuple[float, float] | None, rate_hz: int) -> float:
    if band_hz is None:
        return float(np.mean(np.square(sound, dtype=np.float64)))
    freq_hz = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    inside = (freq_hz >= band_hz[0]) & (freq_hz <= band_hz[1])
    power = sum(float(np.sum(np.abs(np.fft.rfft(channel)[inside]) ** 2, dtype=np.float64)) for channel in sound.T)
    return 2.0 * power / sound.size / len(sound)


def _apart(positions_m: ArrayLike) -> Numbers:
    places = np.asarray(positions_m, dtype=np.float64).reshape(-1, 3)
    return np.asarray(places[:, None] - places)


def _root(coherence: NDArray[Any]) -> NDArray[Any]:
    """Matrices (F, M, M) whose product with their own conjugate transpose is the coherence."""
    values, vectors = np.linalg.eigh(coherence)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    return np.asarray(root, dtype=np.complex64 if np.iscomplexobj(root) else np.float32)


def _amplitudes(freq_hz: NDArray[Any], shape: Shape) -> Sound:
    """Amplitude at each frequency for a total of one RMS; pink falls by 3 dB an octave from 50 Hz on."""
    amplitude = np.ones_like(freq_hz) if shape == "white" else np.maximum(freq_hz, 50.0) ** -0.5
    return np.asarray(amplitude / np.sqrt(np.mean(amplitude**2)), dtype=np.float32)


def _gusts(rate_hz: int, rng: Generator, block: int) -> Iterator[Sound]:
    """Blocks of a strength that wanders about 1 within a second or two, and doubles at times."""
    step = rate_hz // 20
    keep = float(np.exp(-1 / 20 / 1.5))
    strength = rng.standard_normal()

    def knots() -> Iterator[Sound]:
        nonlocal strength
        while True:
            before = strength
            strength = keep * strength + sqrt(1 - keep**2) * rng.standard_normal()
            yield np.exp(0.45 * np.linspace(before, strength, step, endpoint=False, dtype=np.float32))

    return rechunked(knots(), block)


def _band(n: int, rate_hz: int, low_hz: float, high_hz: float, rng: Generator) -> Sound:
    """Noise between two frequencies, falling by 12 dB an octave outside."""
    freq_hz = np.fft.rfftfreq(2 * FRAME, 1 / rate_hz)
    amplitude = 1.0 / (1.0 + (low_hz / np.maximum(freq_hz, 1.0)) ** 2 + (freq_hz / high_hz) ** 2)
    return first(coloured(amplitude.astype(np.float32), rng, rate_hz), n)


def _calls(n: int, rate_hz: int, rng: Generator) -> Sound:
    """An envelope that is loud for a tenth of a second now and then."""
    slots = ceil(n / (rate_hz // 10))
    loud = (rng.random(slots) < 0.25).astype(np.float32)
    return np.asarray(np.repeat(loud, rate_hz // 10)[:n] * np.hanning(rate_hz // 10)[np.arange(n) % (rate_hz // 10)], dtype=np.float32)


def _wandering(range_m: float, speed_mps: float, seconds: float, rng: Generator) -> Path:
    """A straight way at some azimuth, nearest at `range_m` in the middle of the time."""
    azimuth, turn = rng.uniform(0, 2 * np.pi), rng.choice((-1.0, 1.0))
    outwards = np.array([np.sin(azimuth), np.cos(azimuth), 0.0])
    along = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0]) * turn * speed_mps
    start = outwards * range_m * rng.uniform(0.7, 1.4) + (0.0, 0.0, rng.uniform(0.0, 6.0))
    return lambda t_s: start + (t_s - seconds / 2)[:, None] * along
