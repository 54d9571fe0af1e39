"""Cyclic prefixes: how much of a signal comes again one useful symbol later, folded at the symbol's period (van de Beek 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]


class Folded(Struct, frozen=True):
    """`peak` is the share of energy that comes again at the best place, of 1, `contrast` that over the median of all places.

    `at` is where the prefix begins, in samples of the period; `turn` is the phase in cycles by which it comes again.
    """

    peak: float
    contrast: float
    at: int
    turn: float


NOTHING = Folded(0.0, 0.0, 0, 0.0)
FAINT = 1e-20


def folded(samples: Complexes, useful: int, width: int, period: int, places: Sequence[int] = (0,)) -> Folded:
    """Of samples (n,): prefixes of `width` samples lie at `places` in each period. A tone, which comes again everywhere, has contrast 1."""
    if len(samples) < useful + period:
        return NOTHING
    products = samples[useful:] * samples[:-useful].conj()
    powers = samples.real**2 + samples.imag**2
    repeated = _summed(products, period, width)
    energy = _summed((powers[useful:] + powers[:-useful]) / 2, period, width)
    if len(places) > 1:
        repeated = sum((np.roll(repeated, -place) for place in places[1:]), np.roll(repeated, -places[0]))
        energy = sum((np.roll(energy, -place) for place in places[1:]), np.roll(energy, -places[0]))
    shares = np.abs(repeated) / np.maximum(energy, energy.mean() / 4 + FAINT)
    at, usual = int(np.argmax(shares)), float(np.median(shares))
    peak = float(shares[at])
    if not isfinite(peak + usual):
        return NOTHING
    return Folded(peak, peak / max(usual, FAINT), at, float(np.angle(repeated[at])) / (2 * np.pi))


def again(samples: Complexes, apart: int, width: int) -> Complexes:
    """Of `width` samples from each on, the share that comes again `apart` later (n,) and by which phase; empty of too few."""
    if len(samples) < apart + width:
        return np.empty(0, np.complex64)
    powers = samples.real**2 + samples.imag**2
    energy = boxed((powers[apart:] + powers[:-apart]) / 2, width)
    products = boxed(samples[apart:] * samples[:-apart].conj(), width)
    return np.asarray(products / np.maximum(energy, energy.mean() / 4 + FAINT), np.complex64)


def boxed(values: NDArray[Any], width: int) -> NDArray[Any]:
    """Sums (n - width + 1,) of `width` values from each on, in double precision while they add up."""
    sums = np.cumsum(np.pad(values, (1, 0)), dtype=np.promote_types(values.dtype, np.float64))
    return np.asarray(sums[width:] - sums[:-width])


def _summed(values: NDArray[Any], period: int, width: int) -> NDArray[Any]:
    """Over all periods and then over `width` places on from each, round the period's end."""
    rows = -(-len(values) // period)
    exact = np.promote_types(values.dtype, np.float64)
    total = np.pad(values, (0, rows * period - len(values))).reshape(rows, period).sum(axis=0, dtype=exact)
    return boxed(np.concatenate((total, total[: width - 1])), width)
