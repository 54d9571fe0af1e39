"""Shape of the lines on a comb: one engine's stay narrow up to high orders, several rotors' part and blur in proportion to it."""

from __future__ import annotations

from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.rotor.comb import Comb, Floats
from edge_node.acoustic.rotor.warp import FINE, abs_squared, exactness, fine_spectrum, straightened

GROUPS = ((1, 3), (4, 7), (8, 13), (14, 24))
PHASES = 16
PARTED = 0.12
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
        above = np.count_nonzero(piece > level + 0.5 * best) / len(piece)
        out += [best, log(above + 1e-4), float(np.square(np.maximum(piece - level, 2.0)).mean())]
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
        best, level = float(share[place]), float(np.partition(share, len(share) // 2)[len(share) // 2])
        wide = np.count_nonzero(share > level + 0.5 * (best - level)) / len(share)
        elsewhere = max(float(part.max(initial=-2.0)) for part in (share[: max(0, place - 6)], share[place + 7 :]))
        out += [best, best - level, elsewhere, wide, float(share.std()), abs(place - 48) / 48]
    return out


def lines(window: Floats, comb: Comb, middles: Floats, rate_hz: int) -> Floats:
    """Sharpness, parting and exactness of a window's (n,) lines along its comb, whose frames have `middles` in samples."""
    even, fundamental_hz = straightened(window, comb, middles)
    spectrum = fine_spectrum(even)
    power = abs_squared(spectrum)
    level = np.log(power + np.float32(1e-9))
    bin_orders = rate_hz / FINE / fundamental_hz
    told = [*_sharpness(level, bin_orders), *_parting(level, bin_orders), *exactness(even, spectrum, power, 1 / bin_orders)]
    return np.array(told, dtype=np.float32)
