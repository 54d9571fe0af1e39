"""What lies between a sound and its samples: speed, air, ground, room, wind, microphone, codec; each at random strength."""

from __future__ import annotations

import numpy as np

from tools.simulate.sounds import RATE_HZ, Floats, Random, coloured, filtered, log_uniform, slow, unit


def warped(rng: Random, sound: Floats, n: int, most: float = 0.25, wander: float = 0.02) -> Floats:
    """`n` samples from somewhere in a longer sound, faster or slower by up to `most`, with a slow wander of speed."""
    speed = np.exp2(rng.uniform(-1, 1) * np.log2(1 + most)) * np.exp(rng.uniform(0, wander) * slow(rng, n, rng.uniform(0.3, 3)))
    way = np.cumsum(speed)
    way -= way[0]
    if way[-1] > len(sound) - 2:
        way *= (len(sound) - 2) / way[-1]
    start = rng.uniform(0, len(sound) - 1 - way[-1])
    return np.asarray(np.interp(start + way, np.arange(len(sound)), sound), dtype=np.float32)


def mixed(foreground: Floats, background: Floats, snr_db: float) -> Floats:
    """Two sounds (n,), the first louder by `snr_db`."""
    return unit(unit(foreground) + unit(background) * np.float32(10 ** (-snr_db / 20)))


def air(rng: Random, sound: Floats) -> Floats:
    """Absorption over up to some 300 m: it grows a little less than with the square of frequency."""
    hz = np.geomspace(20, 8000, 40)
    return filtered(sound, hz, -rng.uniform(0, 300) * 0.03 * (hz / 4000) ** 1.6)


def scintillated(rng: Random, sound: Floats) -> Floats:
    """Level that comes and goes within 0.05 to 2 s, with turbulence, gusts and turns, the more so at high frequencies."""
    corner_hz = log_uniform(rng, 300, 3000)
    low = filtered(sound, np.array([10, corner_hz, 2 * corner_hz, 9000]), np.array([0, 0, -40, -60.0]))
    share = rng.uniform(0, 0.8)
    both, high = (log_uniform(rng, 0.03, 0.25) * slow(rng, len(sound), log_uniform(rng, 0.5, 20)) for _ in range(2))
    return np.asarray(low * np.exp(share * both) + (sound - low) * np.exp(share * both + high), dtype=np.float32)


def ground(rng: Random, sound: Floats) -> Floats:
    """The ground's reflection, 0.2 to 10 ms late and later or earlier while it moves."""
    late = log_uniform(rng, 0.2e-3, 10e-3) * RATE_HZ * (1 + rng.uniform(-0.3, 0.3) * np.linspace(-0.5, 0.5, len(sound)))
    place = np.arange(len(sound)) - late
    echo = np.interp(place, np.arange(len(sound)), sound)
    return (sound + rng.uniform(-0.9, 0.9) * echo).astype(np.float32)


def room(rng: Random, sound: Floats) -> Floats:
    """A short tail, as between walls."""
    n = round(rng.uniform(0.05, 0.5) * RATE_HZ)
    tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    tail[0] = log_uniform(rng, 0.3, 5) * np.sqrt(np.sum(tail**2))
    size = len(sound) + n
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)].astype(np.float32)


def colour(rng: Random, sound: Floats) -> Floats:
    """A microphone's and a cover's response: tilt of up to 5 dB an octave and a few smooth bumps."""
    hz = np.geomspace(30, 8000, 60)
    gains = rng.normal(0, 2.0) * np.log2(hz / 1000)
    for _ in range(int(rng.integers(0, 5))):
        gains += rng.normal(0, 6) * np.exp(-0.5 * (np.log2(hz / log_uniform(rng, 60, 8000)) / rng.uniform(0.2, 1.2)) ** 2)
    return filtered(sound, hz, gains)


def low_pass(rng: Random, sound: Floats) -> Floats:
    """A codec's or resampler's steep end between 2.5 and 8 kHz."""
    edge = rng.uniform(2500, 8000)
    return filtered(sound, np.array([10, edge, edge * rng.uniform(1.03, 1.3), 9000]), np.array([0, 0, -70, -80.0]))


def high_pass(rng: Random, sound: Floats) -> Floats:
    """A wind filter between 40 and 500 Hz of 12 to 24 dB an octave."""
    hz = np.geomspace(10, 8000, 40)
    return filtered(sound, hz, -rng.uniform(12, 24) * np.maximum(0, np.log2(log_uniform(rng, 40, 500) / hz)))


def codec(rng: Random, sound: Floats) -> Floats:
    """Bins far below their neighbours are dropped, as a lossy codec does; frames of 32 ms that overlap by half."""
    size, half = 512, 256
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    padded = np.concatenate([np.zeros(half), sound, np.zeros(size)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::half] * window
    spectra = np.fft.rfft(frames)
    power = np.abs(spectra) ** 2
    kept = power > log_uniform(rng, 0.02, 0.6) * np.apply_along_axis(lambda row: np.convolve(row, np.full(17, 1 / 17), "same"), 1, power)
    pieces = np.fft.irfft(spectra * kept, size) * window
    out = np.zeros(half * (len(pieces) + 1))
    for parity in (0, 1):
        part = pieces[parity::2].ravel()
        out[parity * half : parity * half + len(part)] += part
    return out[half : half + len(sound)].astype(np.float32)


def clipped(rng: Random, sound: Floats) -> Floats:
    """Overload of the microphone or converter."""
    most = rng.uniform(0.8, 3) * sound.std()
    return np.asarray(np.clip(sound, -most, most), dtype=np.float32)


def noisy(rng: Random, sound: Floats) -> Floats:
    """The microphone's own noise, 10 to 60 dB down."""
    return unit(sound) + coloured(rng, len(sound), rng.uniform(-3, 2), 1.0) * np.float32(10 ** (-rng.uniform(10, 60) / 20))


STEPS = (
    (air, 0.3),
    (ground, 0.4),
    (room, 0.2),
    (colour, 0.8),
    (high_pass, 0.3),
    (clipped, 0.1),
    (noisy, 0.5),
    (codec, 0.15),
    (low_pass, 0.3),
)


def received(rng: Random, sound: Floats) -> Floats:
    """The sound (n,) after a random channel, at a random level."""
    for step, share in STEPS:
        if rng.uniform() < share:
            sound = step(rng, sound)
    return unit(sound) * np.float32(log_uniform(rng, 1e-3, 0.3))
