"""GOSPA of tracks beside truth (Rahmathullah, Garcia-Fernandez, Svensson 2017), and what becomes of identities and covariances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import chi2

Array = NDArray[np.float64]

POWER = 2.0
ALPHA = 2.0


class Gospa(NamedTuple):
    """The metric, and its three parts as they stand under the root: localisation, missed and false, each in units to the power of p."""

    total: float
    localisation: float
    missed: float
    false: float
    pairs: tuple[tuple[int, int], ...] = ()


def gospa(distances: Array, cutoff: float) -> Gospa:
    """Of truth (rows) and tracks (columns) by their distances; `pairs` are of those nearer than the cutoff."""
    cost = np.minimum(np.where(np.isfinite(distances), distances, cutoff), cutoff) ** POWER
    rows, columns = linear_sum_assignment(cost)
    near = cost[rows, columns] < cutoff**POWER
    localisation = float(cost[rows, columns][near].sum())
    single = cutoff**POWER / ALPHA
    missed, false = single * (distances.shape[0] - near.sum()), single * (distances.shape[1] - near.sum())
    pairs = tuple((int(row), int(column)) for row, column in zip(rows[near], columns[near], strict=True))
    return Gospa(float((localisation + missed + false) ** (1 / POWER)), localisation, float(missed), float(false), pairs)


def metres(truth: Array, tracks: Array) -> Array:
    """Distances of places (n, 3) and (m, 3)."""
    return np.asarray(np.linalg.norm(truth[:, None] - tracks[None], axis=-1))


def angles_deg(truth: Array, tracks: Array) -> Array:
    """Angles between unit vectors (n, 3) and (m, 3); one without elevation is nan, and far from all."""
    chord = np.linalg.norm(truth[:, None] - tracks[None], axis=-1)
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(chord / 2, 0, 1))))


def switches(followed: Sequence[Mapping[int, int]]) -> int:
    """How often an object came under another number than it had last; `followed` gives, moment by moment, numbers by object."""
    last: dict[int, int] = {}
    count = 0
    for pairs in followed:
        count += sum(last.get(one, number) != number for one, number in pairs.items())
        last |= pairs
    return count


def purity(followed: Sequence[Mapping[int, int]]) -> float:
    """The share of moments at which a track followed the object that it followed most; 1 without any."""
    whose: dict[int, Counter[int]] = {}
    for pairs in followed:
        for one, number in pairs.items():
            whose.setdefault(number, Counter())[one] += 1
    most = sum(max(counts.values()) for counts in whose.values())
    return most / max(sum(counts.total() for counts in whose.values()), 1) if whose else 1.0


def nees(errors: Array, covariances: Array) -> Array:
    """Normalised squared errors (n) of errors (n, d) by their covariances (n, d, d)."""
    return np.asarray(np.einsum("ni,ni->n", errors, np.linalg.solve(covariances, errors[..., None])[..., 0]))


def band(degrees_of_freedom: int, runs: int, share: float = 0.95) -> tuple[float, float]:
    """What the mean of so many independent normalised squared errors lies in so often (Bar-Shalom, Li, Kirubarajan 2001, section 5.4.2)."""
    low, high = (float(chi2.ppf(p, degrees_of_freedom * runs)) / runs for p in ((1 - share) / 2, (1 + share) / 2))
    return low, high
