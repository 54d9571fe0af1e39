"""Sound in time to spectra and back: short Fourier transforms with the square root of a Hann window on both ways.

Frames overlap by half, so the windows' squares add up to one and what is not changed comes back as it was. Where the sample rate is a
multiple of 16 kHz only so many samples are transformed, as nothing is looked at above 8 kHz.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.decimation import TILE, Decimator

Samples = NDArray[np.float32]
Frames = NDArray[np.complex64]

HEARD_RATE_HZ = 16_000
HIGHEST_HZ = 8_000.0
HEARD_FRAME = 1024
RATE_TOLERANCE = 1e-3


class Spectra:
    """Streaming spectra of all channels; bin k is at `freqs_hz[k]`, from 0 to 8 kHz or half the sample rate."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self.frame, self.heard_frame = frame_lengths(sample_rate_hz)
        self.hop = self.frame // 2
        self.sample_rate_hz, self.channels = sample_rate_hz, channels
        self.bins = min(self.heard_frame, self.frame) // 2 + 1
        self.freqs_hz = (np.arange(self.bins) * (sample_rate_hz / self.frame)).astype(np.float32)
        whole = self.frame % self.heard_frame == 0 and self.heard_frame // 2 % TILE == 0
        self._decimator = Decimator(channels, self.frame // self.heard_frame if whole else 1)
        self._taken = self.frame // self._decimator.factor
        self._window = root_hann(self._taken)
        self._windowed = np.empty((channels, self._taken), np.float32)
        self._whole: NDArray[Any] = np.empty((channels, self._taken // 2 + 1), np.complex64)
        self.reset()

    @property
    def frame_s(self) -> float:
        """How long a frame is."""
        return self.frame / self.sample_rate_hz

    @property
    def hop_s(self) -> float:
        """From one frame to the next."""
        return self.hop / self.sample_rate_hz

    @property
    def frames(self) -> int:
        """How many frames were handed out since the last reset."""
        return self._frames

    def middle_s(self, frame: int) -> float:
        """When the middle of a frame, counted from 0, met the microphones: seconds after the first sample since the last reset."""
        return (frame + 1) * self.hop_s - self.late_s

    @property
    def late_s(self) -> float:
        """By how much sound in frames is later than in samples."""
        return self._decimator.late / self.sample_rate_hz

    def reset(self) -> None:
        """Forget what was pushed: the next sample does not follow the last one."""
        self._decimator.reset()
        self._held = np.empty((self.channels, 0), np.float32)
        self._frames = 0

    def push(self, samples: Samples) -> Frames:
        """Take samples (n, channels) in; the frames they complete, complex64 (frames, channels, bins)."""
        if samples.ndim != 2 or samples.shape[1] != self.channels:
            raise ValueError(f"samples of {self.channels} channels are expected, not {samples.shape}")
        held = np.concatenate([self._held, self._decimator.push(samples.astype(np.float32, copy=False))], axis=1)
        hop = self._taken // 2
        count = max(0, (held.shape[1] - self._taken) // hop + 1)
        spectra = np.empty((count, self.channels, self.bins), np.complex64)
        for k in range(count):
            np.multiply(held[:, k * hop : k * hop + self._taken], self._window, out=self._windowed)
            np.fft.rfft(self._windowed, out=self._whole)
            spectra[k] = self._whole[:, : self.bins]
        self._held = held[:, count * hop :].copy()
        self._frames += count
        return spectra


class Resynthesis:
    """Spectra of one channel back to sound at `HEARD_RATE_HZ`, to within a thousandth of the rate."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._source_frame, self.frame = frame_lengths(sample_rate_hz)
        self.hop = self.frame // 2
        self._window = root_hann(self.frame) * np.float32(self.frame / self._source_frame)
        self.reset()

    def reset(self) -> None:
        """Forget the last frame: the next one does not follow it."""
        self._tail = np.zeros(self.hop, np.float32)

    def push(self, mono: Frames) -> Samples:
        """Take spectra complex64 (frames, bins) in; float32 (frames * hop,), half a frame of which was held back before."""
        frames = np.fft.irfft(mono, self.frame).astype(np.float32, copy=False) * self._window
        sound = frames[:, : self.hop].copy()
        sound[1:] += frames[:-1, self.hop :]
        if len(sound):
            sound[0] += self._tail
            self._tail = frames[-1, self.hop :].copy()
        return sound.reshape(-1)


def root_hann(length: int) -> Samples:
    """The square root of a periodic Hann window."""
    return np.sin(np.pi * np.arange(length) / length).astype(np.float32)


@lru_cache
def frame_lengths(sample_rate_hz: int) -> tuple[int, int]:
    """Even lengths of about 64 ms at a sample rate and at 16 kHz that last equally long, the first one easy to transform."""
    choices = [
        (heard, frame)
        for heard in range(HEARD_FRAME - 128, HEARD_FRAME + 130, 2)
        if abs((frame := 2 * round(heard * sample_rate_hz / HEARD_RATE_HZ / 2)) * HEARD_RATE_HZ / (heard * sample_rate_hz) - 1)
        < RATE_TOLERANCE
    ]
    if sample_rate_hz < 1000 or not choices:
        raise ValueError(f"a sample rate of {sample_rate_hz} Hz cannot be worked with")
    heard, frame = min(choices, key=lambda pair: (_largest_prime(pair[0]) + _largest_prime(pair[1]), abs(pair[0] - HEARD_FRAME)))
    return frame, heard


def _largest_prime(number: int) -> int:
    """Its largest prime factor, which says what a Fourier transform of that length costs."""
    largest, factor = 1, 2
    while number > 1:
        while number % factor == 0:
            largest, number = factor, number // factor
        factor += 1
    return largest
