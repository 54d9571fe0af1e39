"""Runs of equal chirps, as every LoRa frame begins with: found without knowing when they begin or how far off the carrier is.

A window of one symbol times the opposite chirp is a tone that breaks off where the next chirp begins and goes on one bandwidth lower. At
two samples a chip the two parts lie M bins apart, and their phases differ by as much as a chip was cut: so they are added and subtracted.
What is added up over consecutive symbols is the power of the same bin; over the energy of all of them it is the share that chirps explain.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.links.band import Complexes

Powers = NDArray[np.float32]
PER_CHIP = 2
RUN = 6
"""Symbols: a preamble of 8, seen through windows that begin anywhere, fills so many of them at least."""
FRAME = 16
"""Symbols: no frame is shorter."""
AT_ONCE = 1 << 15
"""Samples: what is made of so many stays in a processor's cache, which is three times as fast."""
CELLS = 4
"""Per chip: two phases, and places between bins."""
TINY = 1e-20
"""Silence has no shares."""
APART = 0.45
"""Of the cells and starts so many are as good as independent: measured on noise."""


class Run(Struct, frozen=True):
    """Windows from sample `start` on: the bin of their chirps (of bandwidth / 2**sf), its share of their energy, and their mean power.

    `isolation` is how much stronger it is than any other bin that is not beside it.
    """

    sf: int
    start: int
    bin: float
    share: float
    isolation: float
    energy: float

    @property
    def power(self) -> float:
        """What is explained, for comparing channels of different width."""
        return self.share * self.energy


@lru_cache(maxsize=32)
def opposite(sf: int) -> Complexes:
    """What turns a rising chirp of (2 * 2**sf,) samples into a tone."""
    n = np.arange(PER_CHIP << sf) / PER_CHIP
    return np.asarray(np.exp(-2j * np.pi * (n * n / (2 << sf) - n / 2)), dtype=np.complex64)


def run_of(samples: Complexes, sf: int, run: int = RUN, near: tuple[float, float] | None = None) -> Run | None:
    """The run of rising chirps that explains the greatest share of its energy; None where the samples (n,) are too few or silent.

    Falling chirps are found in the conjugate, their bins with the other sign. `near` is a bin and how far from it the run's may be.
    """
    return next(iter(runs_of(samples, sf, run, near=near)), None)


def runs_of(
    samples: Complexes, sf: int, run: int = RUN, *, most: int = 1, least: float = 0.0, near: tuple[float, float] | None = None
) -> list[Run]:
    """The best `most` of those that are a frame apart and explain a share of `least`, the best first."""
    window = PER_CHIP << sf
    rows = len(samples) // window
    if rows < run:
        return []
    cut = samples[: rows * window].reshape(rows, window)
    energy = _summed(np.einsum("ij,ij->i", cut.view(np.float32), cut.view(np.float32))[:, None], run)[:, 0]
    cells = np.empty((rows, CELLS << sf), dtype=np.float32)
    some = max(1, AT_ONCE // window)
    for first in range(0, rows, some):
        _cells(cut[first : first + some], sf, cells[first : first + some])
    shares = _summed(cells, run)
    shares /= np.maximum(energy * window, np.float32(TINY))[:, None]
    if near is not None:
        shares *= _nearby(1 << sf, *near)
    best = np.where(energy > TINY, shares.max(axis=1), 0)
    found: list[Run] = []
    while len(found) < most and best[first := int(np.argmax(best))] > least:
        found.append(_run(shares[first], sf, first * window, float(energy[first]) / (run * window)))
        best[max(0, first - FRAME) : first + FRAME] = 0
    return found


def _run(row: Powers, sf: int, start: int, energy: float) -> Run:
    cell, chips = int(np.argmax(row)), 1 << sf
    return Run(sf, start, _bin(cell, chips), float(row[cell]), _isolation(row, cell, chips), energy)


def _summed(values: Powers, run: int) -> Powers:
    """Sums of so many rows that follow each other; each anew, because what was loud before must not spoil what is faint."""
    count = len(values) - run + 1
    total = values[:count].copy()
    for k in range(1, run):
        total += values[k : k + count]
    return total


def _cells(cut: Complexes, sf: int, out: Powers) -> None:
    """Into (rows, CELLS * chips): sums and differences of the two parts, and the same half a bin on."""
    chips = 1 << sf
    tones = np.fft.fft(cut * opposite(sf), axis=1).astype(np.complex64, copy=False)
    low, high = tones[:, :chips], tones[:, chips:]
    places = np.empty((len(cut), CELLS, chips), dtype=np.complex64)
    np.add(low, high, out=places[:, 0])
    np.subtract(low, high, out=places[:, 1])
    whole, between = places[:, :2], places[:, 2:]
    np.subtract(whole[..., :-1], whole[..., 1:], out=between[..., :-1])
    np.subtract(whole[:, 0, -1], whole[:, 0, 0], out=between[:, 0, -1])
    np.add(whole[:, 1, -1], whole[:, 1, 0], out=between[:, 1, -1])
    between *= np.float32(np.sqrt(0.5))
    parts = places.reshape(len(cut), -1).view(np.float32)
    parts *= parts
    np.add(parts[:, ::2], parts[:, 1::2], out=out)


def _bin(cell: int, chips: int) -> float:
    return cell % chips + (0.5 if cell >= CELLS // 2 * chips else 0.0)


def _nearby(chips: int, center: float, within: float) -> NDArray[np.bool_]:
    """(CELLS * chips,)"""
    bins = np.arange(chips) + np.repeat((0.0, 0.0, 0.5, 0.5), chips).reshape(CELLS, chips)
    away: NDArray[np.float64] = (bins - center + chips / 2) % chips - chips / 2
    return np.asarray(np.abs(away).ravel() <= within)


def _isolation(row: Powers, cell: int, chips: int) -> float:
    """How much stronger the best bin is than any that is not beside it."""
    best = np.max(row.reshape(CELLS, chips), axis=0)
    away = np.abs((np.arange(chips) - cell % chips + chips // 2) % chips - chips // 2)
    return float(row[cell] / max(float(np.max(best[away > 2])), TINY))


@lru_cache(maxsize=256)
def noise_share(sf: int, starts: int, false_alarms: float, run: int = RUN) -> float:
    """The share that noise exceeds in so few of all searches of `starts` windows: powers of a bin add up to Erlang's distribution."""
    chips = 1 << sf
    wanted = log(false_alarms / (APART * CELLS * chips * max(starts, 1)))
    low, high = float(run), 400.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _log_tail(run, middle) > wanted else (low, middle)
    return min(0.9, high / (run * chips))


def _log_tail(shape: int, x: float) -> float:
    term, total = 1.0, 1.0
    for k in range(1, shape):
        term *= x / k
        total += term
    return log(total) - x if total < exp(600) else -x
