"""When the sound of one loud source met each microphone, block by block, to a small part of a sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Complex = NDArray[np.complex64]

BLOCK_S = 0.2
FRAME_S = 0.0213
# Lower, noise from all around is alike in neighbours and makes delays seem shorter.
BAND_HZ = (2_000.0, 10_000.0)
MOST_APART_S = 0.002
FINER = 8
REFINEMENTS = 3
LEAST_COHERENCE = 0.5
MOST_SNR = 1e3


class ArrivalTimes(Struct, frozen=True):
    """Of blocks in which one source stands out: `t_s` (blocks,) their middle, `late_s` (blocks, channels) against the block's mean.

    `sigma_s` (blocks, channels) is how sure that is, `level` (blocks, channels) the source's amplitude against the block's mean,
    `blocks` how many there were, loud or not.
    """

    t_s: Vector
    late_s: Vector
    sigma_s: Vector
    level: Vector
    blocks: int


def arrival_times(samples: NDArray[np.float32], sample_rate_hz: int) -> ArrivalTimes:
    """Of samples (n, channels)."""
    rows = [(t_s, measured) for t_s, measured in _measured(samples, sample_rate_hz)]
    heard = [(t_s, *measured) for t_s, measured in rows if measured is not None]
    channels = samples.shape[1]
    late, sigma, level = (np.array([row[k] for row in heard]).reshape(-1, channels) for k in (1, 2, 3))
    return ArrivalTimes(np.array([row[0] for row in heard]), late, sigma, level, len(rows))


def _measured(samples: NDArray[np.float32], rate_hz: int) -> Iterator[tuple[float, tuple[Vector, Vector, Vector] | None]]:
    frame = 1 << round(np.log2(FRAME_S * rate_hz))
    block = round(BLOCK_S * rate_hz) // frame * frame
    freqs_hz = np.fft.rfftfreq(frame, 1 / rate_hz).astype(np.float64)
    band = (freqs_hz >= BAND_HZ[0]) & (freqs_hz <= BAND_HZ[1])
    window = np.hanning(frame).astype(np.float32)
    for start in range(0, len(samples) - block + 1, block):
        frames = np.lib.stride_tricks.sliding_window_view(samples[start : start + block], frame, axis=0)[:: frame // 2]
        spectra = np.fft.rfft(frames * window)[..., band].astype(np.complex64)
        yield (start + block / 2) / rate_hz, _block(spectra, freqs_hz[band], float(freqs_hz[1]))


def _block(spectra: Complex, freqs_hz: Vector, step_hz: float) -> tuple[Vector, Vector, Vector] | None:
    """Delays, their sigmas and levels of spectra (frames, channels, bins) of one block; None where no source stands out."""
    turns = 2 * np.pi * freqs_hz
    late_s = _coarse(spectra, freqs_hz, step_hz)
    for _ in range(REFINEMENTS):
        aligned = spectra * np.exp(1j * turns * late_s[:, None])
        others = aligned.sum(axis=1, keepdims=True) - aligned
        cross = np.mean(aligned * others.conj(), axis=0)
        own, theirs = np.mean(np.abs(aligned) ** 2, axis=0), np.mean(np.abs(others) ** 2, axis=0)
        coherence = np.abs(cross) / np.sqrt(np.maximum(own * theirs, 1e-30))
        if float(np.mean(coherence)) < LEAST_COHERENCE:
            return None
        weights = np.minimum(coherence**2 / np.maximum(1 - coherence**2, 1 / MOST_SNR), MOST_SNR)
        information = np.sum(weights * turns**2, axis=1)
        late_s = late_s - np.sum(weights * turns * np.angle(cross), axis=1) / information
        late_s -= late_s.mean()
    frames = 0.7 * len(spectra)
    level = np.sum(np.abs(cross), axis=1) / np.sum(np.sqrt(theirs * np.mean(theirs, axis=0)), axis=1)
    return late_s, 1 / np.sqrt(2 * frames * information), level / level.mean()


def _coarse(spectra: Complex, freqs_hz: Vector, step_hz: float) -> Vector:
    """Delays against the mean from the peak of each channel's generalised cross-correlation with the first."""
    cross = np.mean(spectra * spectra[:, :1].conj(), axis=0)
    length = FINER * 2 * round(freqs_hz[-1] / step_hz)
    whole = np.zeros((len(cross), length // 2 + 1), np.complex64)
    at = np.round(freqs_hz / step_hz).astype(np.intp)
    whole[:, at] = cross / np.maximum(np.abs(cross), 1e-30)
    correlation = np.fft.irfft(whole, length)
    reach = int(MOST_APART_S * length * step_hz)
    lags = np.concatenate([np.arange(reach), np.arange(-reach, 0)])
    late_s = lags[np.argmax(correlation[:, lags], axis=1)] / (length * step_hz)
    return np.asarray(late_s - late_s.mean())
