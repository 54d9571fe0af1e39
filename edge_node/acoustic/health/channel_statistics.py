"""What channels of sound are like and how they hang together, summed up from a short piece out of every second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

FRAME_S = 0.0107
FRAMES = 8
ONE_IN = 10
HIGHEST_HZ = 20_000.0
RUN = 3
LEAST_RAIL = 0.02


class ChannelStatistics:
    """Cross-spectra and rails of channels at one sample rate, from 8 frames of every 80 (85 ms of 0.85 s at 48 kHz)."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self.channels, self.sample_rate_hz = channels, sample_rate_hz
        self.frame = 1 << round(np.log2(FRAME_S * sample_rate_hz))
        self.freqs_hz = np.fft.rfftfreq(self.frame, 1 / sample_rate_hz).astype(np.float32)
        self.freqs_hz = self.freqs_hz[self.freqs_hz <= HIGHEST_HZ]
        self._window = np.hanning(self.frame).astype(np.float32)
        self._piece = np.empty((self.frame * FRAMES, channels), np.float32)
        self._period = len(self._piece) * ONE_IN
        self.reset()

    @property
    def heard_s(self) -> float:
        """How much sound went by since the last reset."""
        return self._pushed / self.sample_rate_hz

    def reset(self) -> None:
        """Forget all."""
        self._pushed = 0
        self.frames = 0.0
        self.recent_pieces = 0
        self._recent = np.zeros((len(self.freqs_hz), self.channels, self.channels), np.complex64)
        self.cross = np.zeros((len(self.freqs_hz), self.channels, self.channels), np.complex64)
        self._rails = Rails(self.channels)

    def take_recent(self) -> tuple[Complex, float]:
        """The cross-spectra of the pieces since this was last asked, and how many frames they are of."""
        recent, frames = self._recent, float(FRAMES * self.recent_pieces)
        self._recent, self.recent_pieces = np.zeros_like(recent), 0
        return recent, frames

    def fade(self, share: float) -> None:
        """Let what was heard so far weigh less from now on."""
        self.frames *= share
        self.cross *= np.float32(share)

    def push(self, samples: Real) -> None:
        """Take samples (n, channels) that follow the last ones."""
        if samples.ndim != 2 or samples.shape[1] != self.channels:
            raise ValueError(f"samples of {self.channels} channels are expected, not {samples.shape}")
        while len(samples):
            at = self._pushed % self._period
            here = min(len(samples), (len(self._piece) if at < len(self._piece) else self._period) - at)
            if at < len(self._piece):
                self._piece[at : at + here] = samples[:here]
                if at + here == len(self._piece):
                    self._add(self._piece)
            self._pushed += here
            samples = samples[here:]

    @property
    def clipped_share(self) -> Real:
        """(channels,): of the pieces that were looked at, how many ran into the same rail at least three samples long."""
        return self._rails.share

    def _add(self, piece: Real) -> None:
        self._rails.add(piece)
        sound = np.nan_to_num(piece, posinf=0.0, neginf=0.0) if not np.isfinite(piece).all() else piece
        frames = sound.reshape(FRAMES, self.frame, self.channels).transpose(0, 2, 1) * self._window
        spectra = np.fft.rfft(frames)[..., : len(self.freqs_hz)].astype(np.complex64, copy=False).transpose(2, 1, 0)
        crossed = spectra @ spectra.conj().transpose(0, 2, 1)
        self.cross += crossed
        self._recent += crossed
        self.frames += FRAMES
        self.recent_pieces += 1


class Rails:
    """The highest and lowest value of each channel, and in how many pieces it stayed there for a while."""

    def __init__(self, channels: int) -> None:
        self._extreme = np.full((2, channels), np.float32(LEAST_RAIL))
        self._hits = np.zeros((2, channels))
        self._pieces = 0

    @property
    def share(self) -> Real:
        """(channels,): of the pieces those that stayed at the rail."""
        return np.asarray(self._hits.max(axis=0) / max(self._pieces, 1), np.float32)

    def add(self, piece: Real) -> None:
        """Look at one piece (n, channels)."""
        self._pieces += 1
        for side, most in enumerate((piece.max(axis=0), -piece.min(axis=0))):
            self._hits[side][most > self._extreme[side]] = 0
            self._extreme[side] = np.maximum(self._extreme[side], most)
            for channel in np.flatnonzero(most == self._extreme[side]):
                at_rail = piece[:, channel] == (most[channel] if side == 0 else -most[channel])
                self._hits[side][channel] += _runs(at_rail)


def _runs(there: NDArray[np.bool_]) -> bool:
    """Whether it is so for RUN samples on end."""
    places = np.flatnonzero(there)
    return bool(np.any(places[RUN - 1 :] - places[: 1 - RUN] == RUN - 1))
