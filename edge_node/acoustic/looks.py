"""Blocks of any length made into looks: the spectra of about 200 ms of sound, and when that was."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from drivers.blocks import AudioBlock
from edge_node.acoustic.spectra import Frames, Samples, Spectra

LOOK_S = 0.2
NS_PER_S = 1_000_000_000
LOUDEST = 1e3


class Look(Struct, frozen=True):
    """Spectra complex64 (frames, channels, bins), whose middle met the microphones at `t_mono_ns`; `after_gap`: sound was lost before."""

    t_mono_ns: int
    spectra: Frames
    after_gap: bool


class Looks:
    """Cuts one stream of finite sound into looks; sound that was lost on the way begins a new one."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self.spectra = Spectra(sample_rate_hz, channels)
        self.frames = max(1, round(LOOK_S / self.spectra.hop_s))
        self._waiting: list[Frames] = []
        self._next: int | None = None
        self._pushed = 0
        self._gap = False

    @property
    def look_s(self) -> float:
        """From one look to the next."""
        return self.frames * self.spectra.hop_s

    @property
    def lacking(self) -> int:
        """How many samples more complete the next look."""
        last = self.spectra.frames - len(self._waiting) + self.frames - 1
        return self.spectra.frame + last * self.spectra.hop - self._pushed

    def push(self, block: AudioBlock) -> Iterator[Look]:
        """The looks that a block completes."""
        if self._next is not None and (block.lost or block.sequence != self._next):
            self._begin_anew()
        first_ns = block.t_mono_ns - round(self._pushed / block.sample_rate_hz * NS_PER_S)
        self._next = block.sequence + len(block.samples)
        self._pushed += len(block.samples)
        self._waiting.extend(self.spectra.push(block.samples))
        while len(self._waiting) >= self.frames:
            first = self.spectra.frames - len(self._waiting)
            middle_s = self.spectra.middle_s(first) + (self.frames - 1) / 2 * self.spectra.hop_s
            yield Look(first_ns + round(middle_s * NS_PER_S), np.stack(self._waiting[: self.frames]), self._gap)
            self._gap = False
            del self._waiting[: self.frames]

    def _begin_anew(self) -> None:
        self.spectra.reset()
        self._waiting.clear()
        self._pushed = 0
        self._gap = True


def follows(block: AudioBlock, last: AudioBlock) -> bool:
    """Whether nothing is lacking between two blocks."""
    return not block.lost and block.sequence == last.sequence + len(last.samples)


def finite(samples: Samples) -> Samples:
    """Samples without what is not a number or beyond any loudness: a damaged recording must not silence the detector for good."""
    if np.abs(samples).max(initial=0.0) < LOUDEST:
        return samples
    return np.asarray(np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0), np.float32)
