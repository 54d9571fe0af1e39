"""What of one second of sound tells a rotor from everything else: lines, their comb, how they move, what they modulate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct

from edge_node.acoustic.rotor.comb import CANDIDATES, LOWEST_HZ, STEPS_AN_OCTAVE, Comb, Floats, bank, follow, fundamentals_hz
from edge_node.acoustic.rotor.lines import folded, lines, mirrored

RATE_HZ = 16_000
WINDOW = RATE_HZ
LONG, LONG_HOP = 2048, 1024
SHORT, SHORT_HOP = 512, 256
LINE_HZ, SHORT_HZ = RATE_HZ / LONG, RATE_HZ / SHORT
MELS = 32
SMOOTH_HZ = 160.0
COMBS = (((80, 5000), 8.0, 0.002), ((80, 1600), 8.0, 0.004), ((1200, 5000), 10.0, 0.004), ((80, 5000), 12.0, 0.015))
COMB_BINS = 641
SHIFTS = 4
ENVELOPES_HZ = ((500, 1500), (1500, 3500), (3500, 7500))
ENVELOPE_POINTS, ENVELOPE_BINS = 4096, 1501
TONE_BANDS_HZ = (60, 125, 250, 500, 1000, 1500, 2000, 3000, 4000, 5500, 7500)
LOUDEST = np.float32(1e6)
FLOOR = np.float32(1e-12)


class Features(Struct, frozen=True):
    """The vector that a model judges, and what of it has a meaning of its own; `comb` is the comb of the whole band."""

    vector: Floats
    comb: Comb
    tonality: float


def features(sound: Floats) -> Features:
    """Describe the last second of `sound` (n,) at 16 kHz; level does not matter, and what is no number is silent. ValueError if shorter."""
    if len(sound) < WINDOW:
        raise ValueError(f"a window is {WINDOW} samples, not {len(sound)}")
    window = _levelled(sound[-WINDOW:])
    fine = np.log(_power(window, LONG, LONG_HOP) + FLOOR)
    white = whitened(fine)
    combs, comb = _combs(white)
    tones, tonality = _tones(white)
    shape = (folded(white, LINE_HZ, comb), lines(window, comb, _middles(len(white)), RATE_HZ))
    vector = np.concatenate([combs, *shape, tones, _moves(white), _envelopes(window, comb), _mel(window)])
    return Features(vector.astype(np.float32), comb, tonality)


def _levelled(sound: Floats) -> Floats:
    window = sound.astype(np.float32)
    if not np.abs(window).max() <= LOUDEST:
        window = np.clip(np.nan_to_num(window, posinf=0, neginf=0), -LOUDEST, LOUDEST)
    window -= window.mean()
    window /= np.sqrt(np.vdot(window, window) / np.float32(WINDOW)) + np.float32(1e-9)
    return window


@lru_cache
def _hann(length: int) -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)


def _power(window: Floats, length: int, hop: int) -> Floats:
    frames = np.lib.stride_tricks.sliding_window_view(window, length)[::hop]
    spectra = np.fft.rfft(frames * _hann(length))
    return np.asarray(spectra.real**2 + spectra.imag**2, dtype=np.float32) / np.float32(length)


def whitened(log_power: Floats, reach: int = round(SMOOTH_HZ / LINE_HZ)) -> Floats:
    """Log power (frames, bins) less its own mean over `reach` bins either way: lines stay, whatever coloured them goes."""
    sums = np.cumsum(mirrored(log_power, reach), axis=1)
    level = (sums[:, 2 * reach + 1 :] - sums[:, : -2 * reach - 1]) / (2 * reach + 1)
    return np.asarray(np.clip(log_power - level, -2.0, 5.0), dtype=np.float32)


@lru_cache
def _middles(frames: int) -> Floats:
    """Of the long frames, in samples from the window's beginning."""
    return np.arange(frames, dtype=np.float32) * LONG_HOP + np.float32(LONG / 2)


@lru_cache
def _banks() -> Floats:
    return np.concatenate([bank(COMB_BINS, LINE_HZ, *kind) for kind in COMBS], axis=1)


@lru_cache
def _envelope_bank() -> Floats:
    return bank(ENVELOPE_BINS, 1.0, (60, 1500), 2.0, 0.01)


def _combs(white: Floats) -> tuple[Floats, Comb]:
    """How well each kind of comb fits, where, how steadily; and the comb over the whole band."""
    scores = (white[:, :COMB_BINS] @ _banks()).reshape(len(white), len(COMBS), CANDIDATES)
    still = scores.mean(axis=0)
    whole = np.ascontiguousarray(scores[:, 0])
    comb = follow(whole)
    steps = np.log2(comb.track_hz / LOWEST_HZ) * STEPS_AN_OCTAVE
    at = np.clip(np.rint(steps).astype(np.intp), 0, CANDIDATES - 1)
    along = scores[np.arange(len(white)), :, at].mean(axis=0)
    best = whole.max(axis=1)
    found = [comb.score, float(best.mean()), float(np.sort(best)[len(best) // 4]), float(steps[0]) / 48, float(steps.std()), comb.scattered]
    found += [float(np.abs(np.diff(steps, 2)).mean()), comb.rate_hz_s / comb.fundamental_hz, _second(still[0])]
    places = still.argmax(axis=1) / STEPS_AN_OCTAVE
    profile = still[0].reshape(-1, 6).max(axis=1)
    return np.concatenate([found, along, still.max(axis=1), places, profile]), comb


def _second(still: Floats) -> float:
    """Score of the best fundamental that is neither near the best nor its octave, twelfth or double octave."""
    steps = np.abs(np.arange(len(still)) - int(still.argmax()))
    related = (steps < 4) | (np.abs(steps - 48) < 4) | (np.abs(steps - 76) < 4) | (np.abs(steps - 96) < 4)
    return float(still[~related].max())


def _tones(white: Floats) -> tuple[Floats, float]:
    """Per band: how far lines stand out on average and in single frames; and how much of the whole is lines."""
    edges = np.round(np.array(TONE_BANDS_HZ) / LINE_HZ).astype(int)
    still, bursts = white.mean(axis=0), white.max(axis=0)
    counts = np.diff(edges)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values[: edges[-1]], edges[:-1]) / counts, dtype=np.float32)

    spread = np.sqrt(np.maximum(mean(still**2) - mean(still) ** 2, 0))
    whole = np.sqrt(mean((white**2).mean(axis=0)))
    highest = np.maximum.reduceat(still[: edges[-1]], edges[:-1])
    skewed = mean(np.maximum(still - 0.5, 0) ** 2)
    return np.concatenate([highest, spread, whole, mean(bursts), skewed]), float(still[edges[0] : edges[-2]].std())


def _moves(white: Floats) -> Floats:
    """Per band: how alike successive frames are where they stand, and when shifted to fit best, and by how much."""
    out: list[float] = []
    for low_hz, high_hz in ((100, 1000), (1000, 3000), (3000, 7000)):
        low, high = round(low_hz / LINE_HZ), round(high_hz / LINE_HZ)
        before = white[:-1, low:high]
        alike = np.array([np.einsum("fk,fk->f", white[1:, low + k : high + k], before) for k in range(-SHIFTS, SHIFTS + 1)])
        scale = float(np.vdot(before, before)) / len(before) + 1e-3
        best = alike.argmax(axis=0)
        far = float(np.vdot(white[:-4, low:high], white[4:, low:high])) / (len(white) - 4)
        out += [float(alike[SHIFTS].mean()) / scale, float(alike.max(axis=0).mean()) / scale, float(np.abs(best - SHIFTS).mean())]
        out += [float(best.std()), far / scale]
    return np.array(out, dtype=np.float32)


@lru_cache
def mel_bank(bins: int, bin_hz: float, bands: int) -> Floats:
    """Triangles (bins, bands) from 50 Hz to 7.6 kHz on the mel scale (O'Shaughnessy)."""
    mel = np.linspace(np.log1p(50 / 700), np.log1p(7600 / 700), bands + 2)
    edges = 700 * np.expm1(mel)
    hz = (np.arange(bins) * bin_hz)[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles / np.maximum(triangles.sum(axis=0), 1e-9), dtype=np.float32)


def _mel(window: Floats) -> Floats:
    """Shape of the mean spectrum, how much each band varies, how it varies from frame to frame, and modulation below 30 Hz."""
    mel = np.log(_power(window, SHORT, SHORT_HOP) @ mel_bank(SHORT // 2 + 1, SHORT_HZ, MELS) + np.float32(1e-7))
    mean = mel.mean(axis=0)
    shape = np.maximum(mean - mean.mean(), -6.0)
    varied = mel.std(axis=0)
    flux = np.abs(np.diff(mel, axis=0)).mean(axis=0)
    grouped = (mel - mean).reshape(len(mel), 4, MELS // 4).mean(axis=2)
    slow = np.abs(np.fft.rfft(grouped * _hann(len(mel))[:, None], axis=0)) / len(mel)
    rates = np.concatenate([slow[1:4].mean(axis=0), slow[4:9].mean(axis=0), slow[9:16].max(axis=0), slow[16:30].max(axis=0)])
    return np.concatenate([shape, varied.reshape(-1, 2).mean(axis=1), flux.reshape(-1, 4).mean(axis=1), rates])


def _envelopes(window: Floats, comb: Comb) -> Floats:
    """Per band: how deep its envelope is modulated, the comb in the envelope's spectrum and at the lines' own fundamental, slow pulses."""
    spectrum = np.fft.rfft(window)
    padded = np.zeros((len(ENVELOPES_HZ), ENVELOPE_POINTS), dtype=np.complex64)
    for row, (low, high) in zip(padded, ENVELOPES_HZ, strict=True):
        row[: high - low] = spectrum[low:high]
    envelope = np.abs(np.fft.ifft(padded)).astype(np.float32)
    envelope /= envelope.mean(axis=1, keepdims=True) + FLOOR
    modulated = np.abs(np.fft.rfft((envelope - 1) * _hann(ENVELOPE_POINTS)))[:, :ENVELOPE_BINS]
    white = whitened(np.log(modulated + np.float32(1e-4)), 25)
    scores = white @ _envelope_bank()
    at = int(np.abs(fundamentals_hz() - comb.fundamental_hz).argmin())
    squared = envelope * envelope
    depth = np.sqrt(np.maximum(squared.mean(axis=1) - 1, 0)), np.sqrt(np.sqrt((squared * squared).mean(axis=1)))
    pulses = white[:, 8:60]
    found = scores.max(axis=1), scores[:, max(0, at - 2) : at + 3].max(axis=1), fundamentals_hz()[scores.argmax(axis=1)] / 100
    return np.concatenate([*depth, *found, pulses.max(axis=1), pulses.argmax(axis=1) / 50])
