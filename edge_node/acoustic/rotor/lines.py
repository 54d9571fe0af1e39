"""Shape of the lines on a comb: one engine's stay narrow up to high orders, several rotors' part and blur in proportion to it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.rotor.comb import Comb, Floats

GROUPS = ((1, 3), (4, 7), (8, 13), (14, 24))
PHASES = 16
FINE = 16_384
PARTED = 0.12
PIECES = 128
FOLDED = len(GROUPS) * (PHASES // 2 + 1)


@lru_cache
def _orders() -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Places in orders (orders x phases,) at which a comb is looked at, from half an order below each to half above it."""
    orders = np.arange(1, GROUPS[-1][1] + 1)
    phases = (np.arange(PHASES) - PHASES // 2) / PHASES
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
    to_cubic, from_cubic = _cubic(frames, n / rate_hz, frame_s)
    slowness = np.exp(-from_cubic @ (to_cubic @ np.log(comb.track_hz.astype(np.float64))))
    way = np.concatenate([[0.0], np.cumsum((slowness[1:] + slowness[:-1]) / 2)])
    way *= (n - 1) / way[-1]
    steps = np.arange(-(-n // PIECES), dtype=np.float64) / -(-n // PIECES)
    places = (way[:-1, None] + (way[1:] - way[:-1])[:, None] * steps).ravel()[:n]
    whole = np.minimum(places.astype(np.intp), n - 2)
    part = (places - whole).astype(np.float32)
    here = window[whole]
    even = here + (window[whole + 1] - here) * part
    spectrum = np.fft.rfft(even * _hanning(n), FINE)
    power = np.log(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-9)).astype(np.float32)
    fundamental_hz = frames / float(np.sum(1 / comb.track_hz))
    return power, rate_hz / FINE / fundamental_hz


@lru_cache
def _hanning(n: int) -> Floats:
    return np.hanning(n).astype(np.float32)


@lru_cache
def _cubic(frames: int, seconds: float, frame_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From the values at the middles of frames to a cubic's coefficients, and from these to its values at PIECES + 1 knots."""
    middles_s = np.linspace(frame_s / 2, seconds - frame_s / 2, frames) - seconds / 2
    knots_s = np.linspace(-seconds / 2, seconds / 2, PIECES + 1)
    return np.asarray(np.linalg.pinv(np.vander(middles_s, 4)), dtype=np.float64), np.vander(knots_s, 4)


def mirrored(rows: Floats, reach: int) -> Floats:
    """Rows (n, bins) with `reach` + 1 bins before and `reach` after, mirrored."""
    return np.concatenate([rows[:, reach + 1 : 0 : -1], rows, rows[:, -2 : -reach - 2 : -1]], axis=1)


def _sharpness(power: Floats, bin_orders: float) -> list[float]:
    """Per group of orders: how high its highest line, how many bins half as high, how peaked in all."""
    out = []
    for low, high in GROUPS:
        piece = power[round((low - 0.5) / bin_orders) : round((high + 0.5) / bin_orders)]
        if len(piece) < 32:
            out += [0.0, 0.0, 0.0]
            continue
        level = float(np.partition(piece, len(piece) // 2)[len(piece) // 2])
        best = float(piece.max()) - level
        above = float(np.mean(piece > level + 0.5 * best))
        out += [best, float(np.log(above + 1e-4)), float(np.mean((piece - level).clip(2.0, None) ** 2))]
    return out


def _parting(power: Floats, bin_orders: float) -> list[float]:
    """How several families of lines, up to PARTED apart, share the spectrum: one shaft has a single narrow place, rotors have more."""
    reach = max(4, round(0.5 / bin_orders))
    sums = np.cumsum(mirrored(power[None], reach)[0])
    white = np.clip(power - (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1), -2.0, 6.0)
    ratios = np.linspace(1 - PARTED, 1 + PARTED, 97, dtype=np.float32)
    out: list[float] = []
    for first, last in ((1, 5), (5, 13)):
        bins = (np.arange(first, last)[:, None] * (ratios / np.float32(bin_orders)) + 0.5).astype(np.intp)
        inside = bins < len(white)
        share = (white[np.minimum(bins, len(white) - 1)] * inside).mean(axis=0)
        place = int(share.argmax())
        best, level = float(share[place]), float(np.median(share))
        wide = float(np.mean(share > level + 0.5 * (best - level)))
        elsewhere = max(float(part.max(initial=-2.0)) for part in (share[: max(0, place - 6)], share[place + 7 :]))
        out += [best, best - level, elsewhere, wide, float(share.std()), abs(place - 48) / 48]
    return out


def lines(window: Floats, comb: Comb, rate_hz: int, frame_s: float) -> Floats:
    """Sharpness and parting of the lines of a window (n,) along its comb: (24,)."""
    power, bin_orders = straightened(window, comb, rate_hz, frame_s)
    return np.array(_sharpness(power, bin_orders) + _parting(power, bin_orders), dtype=np.float32)
