"""Shape of the lines on a comb: one engine's stay narrow up to high orders, several rotors' part and blur in proportion to it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edge_node.acoustic.rotor_comb import Comb, Floats

GROUPS = ((1, 3), (4, 7), (8, 13), (14, 24))
PHASES = 16
FINE = 16_384
FOLDED = len(GROUPS) * (PHASES // 2 + 1)


@lru_cache
def _orders() -> tuple[Floats, tuple[int, ...]]:
    """Places in orders (orders x phases,) at which a comb is looked at, from half an order below each to half above it."""
    orders = np.arange(1, GROUPS[-1][1] + 1, dtype=np.float32)
    phases = (np.arange(PHASES, dtype=np.float32) - PHASES // 2) / PHASES
    return (orders[:, None] + phases).ravel(), tuple(low - 1 for low, _ in GROUPS)


def _grouped(at_places: Floats) -> Floats:
    """Means of (orders x phases,) over groups of orders, both sides of a line together: (FOLDED,)."""
    _, starts = _orders()
    counts = np.array([high - low + 1 for low, high in GROUPS], dtype=np.float32)
    folded = np.add.reduceat(at_places.reshape(-1, PHASES), starts, axis=0) / counts[:, None]
    both = np.empty((len(GROUPS), PHASES // 2 + 1), dtype=np.float32)
    both[:, 0], both[:, -1] = folded[:, PHASES // 2], folded[:, 0]
    both[:, 1:-1] = 0.5 * (folded[:, 1 : PHASES // 2][:, ::-1] + folded[:, PHASES // 2 + 1 :])
    return both.ravel()


def folded(white: Floats, bin_hz: float, comb: Comb) -> Floats:
    """Whitened log power (frames, bins) folded along the comb's track: (groups x distances from a line,), the last midway."""
    places, _ = _orders()
    bins = (comb.track_hz[:, None] * (places / bin_hz) + 0.5).astype(np.intp)
    inside = bins < white.shape[1]
    rows = np.arange(len(white))[:, None]
    return _grouped((white[rows, np.minimum(bins, white.shape[1] - 1)] * inside).mean(axis=0))


def straightened(window: Floats, comb: Comb, rate_hz: int, frame_s: float) -> tuple[Floats, float]:
    """Log power of the whole window after undoing the comb's wander, and the bin's width in units of the fundamental."""
    n, frames = len(window), len(comb.track_hz)
    at_s = (np.arange(frames) + 0.5) * ((n / rate_hz - frame_s) / max(1, frames - 1)) + frame_s / 2
    drift = np.polyfit(at_s - 0.5, np.log(comb.track_hz), 3)
    speed = np.exp(-np.polyval(drift, np.linspace(0, n / rate_hz, 129) - 0.5) + drift[-1])
    way = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2) / 128])
    way *= (n - 1) / way[-1]
    places = np.interp(np.arange(n) * (128 / (n - 1)), np.arange(129), way).astype(np.float32)
    whole = np.minimum(places.astype(np.intp), n - 2)
    part = places - whole
    even = window[whole] * (1 - part) + window[whole + 1] * part
    spectrum = np.fft.rfft(even * np.hanning(n).astype(np.float32), FINE)
    power = np.log(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-9)).astype(np.float32)
    fundamental = n / float(np.sum(1 / comb.track_hz) * n / frames)
    return power, rate_hz / FINE / fundamental


def sharpness(window: Floats, comb: Comb, rate_hz: int, frame_s: float) -> Floats:
    """Per group of orders of the straightened spectrum: how high its highest line, how many half as high, how peaked in all: (12,)."""
    power, bin_orders = straightened(window, comb, rate_hz, frame_s)
    out = []
    for low, high in GROUPS:
        first, last = round((low - 0.5) / bin_orders), min(round((high + 0.5) / bin_orders), len(power) - 1)
        piece = power[first:last]
        if len(piece) < 32:
            out += [0.0, 0.0, 0.0]
            continue
        level = float(np.median(piece))
        best = float(piece.max()) - level
        above = float(np.mean(piece > level + 0.5 * best))
        out += [best, float(np.log(above + 1e-4)), float(np.mean((piece - level).clip(2.0, None) ** 2))]
    return np.array(out, dtype=np.float32)
