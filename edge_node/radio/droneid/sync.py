"""A frame's two Zadoff-Chu symbols, once the first one is about known: when it begins and by how much its carriers are astray."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.droneid.waveform import APART, CARRIERS, ROOTS, SYMBOL, Complexes, to_time, zadoff_chu

Reals = NDArray[np.float32]

LEAST_CORRELATION = 0.25
"""Of both symbols, 1 being a frame without noise or echoes: one at -6 dB has 0.45, LTE and Wi-Fi less than 0.21, noise less than 0.17."""
LEAST_RATIO = 0.65
MOST_CARRIERS = 210
DELAY_A_CARRIER = SYMBOL / (CARRIERS + 1)
ASTRAY = 5
# What an offset of so many carriers leaves of the least correlation.
ASTRAY_LEAST = 0.65 * LEAST_CORRELATION


class Sync(Struct, frozen=True):
    """A frame's first Zadoff-Chu symbol begins at sample `start`, its carriers are `carriers` of 15 kHz too high, to half a step."""

    start: int
    carriers: float
    correlations: tuple[float, float]

    @property
    def sound(self) -> bool:
        """Whether both symbols are there; of a frame beyond reach the second alone is not found."""
        first, second = self.correlations
        return first >= LEAST_CORRELATION and second >= max(LEAST_CORRELATION, LEAST_RATIO * first)

    @property
    def strength(self) -> float:
        """Product of both correlations."""
        return self.correlations[0] * self.correlations[1]


def resolved(band: Complexes, place: float) -> Sync | None:
    """The offset for which the second symbol is where it should be; None where the frame is not in the band."""
    place, correlation = _refined(band, round(place))
    if correlation < ASTRAY_LEAST:
        return None
    best = max((_offset(band, place, part) for part in (0.0, 0.5)), key=lambda pair: pair[1])[0]
    near = [(best + step, round(place - best * DELAY_A_CARRIER) + late) for step in (-0.5, 0.0, 0.5) for late in (-1, 0, 1)]
    there = [_sync(band, start, offset) for offset, start in near if start >= 0 and start + APART + SYMBOL <= len(band)]
    return max(there, key=lambda sync: sync.strength, default=None)


def _offset(band: Complexes, place: float, part: float) -> tuple[float, float]:
    """The best of offsets in carriers, all a whole number and that part, and how well the second symbol fits then."""
    carriers, templates = _second_templates()
    starts = np.rint(place - (carriers + part) * DELAY_A_CARRIER).astype(np.int64)
    fits = (starts >= 0) & (starts + APART + SYMBOL <= len(band))
    if not fits.any():
        return 0.0, 0.0
    turning = np.exp(-2j * np.pi / SYMBOL * part * np.arange(SYMBOL)).astype(np.complex64)
    pieces = np.lib.stride_tricks.sliding_window_view(band, SYMBOL)[starts[fits] + APART] * turning
    matched = np.abs(np.einsum("kn,kn->k", pieces, templates[fits]))
    return float(carriers[fits][np.argmax(matched)]) + part, float(matched.max())


def _refined(band: Complexes, place: int) -> tuple[float, float]:
    """Where exactly the chirp is, between samples, and its correlation there."""
    first = max(0, place - ASTRAY)
    around = band[first : place + ASTRAY + SYMBOL]
    if len(around) < SYMBOL + 2:
        return place, 0.0
    matched = np.abs(np.correlate(around, template(ROOTS[0]), "valid")) ** 2
    k = int(np.argmax(matched))
    return first + k + between(matched[max(0, k - 1) : k + 2]), _correlation(around[k : k + SYMBOL], ROOTS[0])


def _sync(band: Complexes, start: int, carriers: float) -> Sync:
    turned = np.exp(-2j * np.pi / SYMBOL * carriers * np.arange(SYMBOL)).astype(np.complex64)
    first, second = (_correlation(band[start + at :][:SYMBOL] * turned, root) for at, root in zip((0, APART), ROOTS, strict=True))
    return Sync(start, carriers, (first, second))


def _correlation(symbol: Complexes, root: int) -> float:
    """1 where nothing but the sequence is there."""
    matched = abs(np.vdot(template(root), symbol))
    return float(matched / max(float(np.linalg.norm(symbol)), 1e-15))


@lru_cache
def template(root: int) -> Complexes:
    """A Zadoff-Chu symbol (1024,) of energy 1."""
    symbol = to_time(zadoff_chu(root))
    return np.asarray(symbol / np.linalg.norm(symbol), np.complex64)


@lru_cache
def _second_templates() -> tuple[NDArray[np.int64], Complexes]:
    """The second symbol, conjugate, at offsets (k,) in carriers: (k, 1024)."""
    carriers = np.arange(-MOST_CARRIERS, MOST_CARRIERS + 1)
    turning = np.exp(-2j * np.pi / SYMBOL * carriers[:, None] * np.arange(SYMBOL))
    return carriers, (turning * template(ROOTS[1]).conj()).astype(np.complex64)


def between(three: Reals) -> float:
    """The vertex of the parabola through a peak and its neighbours, from the one in the middle."""
    if len(three) < 3:
        return 0.0
    before, peak, after = (float(value) for value in three)
    curve = 2 * peak - before - after
    return 0.0 if curve <= 0 else max(-0.5, min(0.5, (after - before) / (2 * curve)))
