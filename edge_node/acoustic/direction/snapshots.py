"""Bins beside each other taken together: under one frequency they are so many more frames, and matrices are so many fewer.

Over an array of some decimetres a wave's phases hardly differ from one bin to the next; what they do differ by for waves from one
direction can be turned away exactly (a focusing matrix, Wang and Kaveh 1985).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

Values = TypeVar("Values", Real, Complex)

TOGETHER = 3


class Snapshots(Struct, frozen=True):
    """Spectra as `values` (groups, channels, frames times bins of a group), the bins of one frame next to each other."""

    values: Complex
    frames: int

    @property
    def power(self) -> Real:
        """(groups, channels): the mean over frames and bins."""
        parts = self.values.view(np.float32)
        return np.asarray(np.einsum("gcs,gcs->gc", parts, parts) * np.float32(2 / parts.shape[2]))

    def of_bins(self, bins: NDArray[np.intp]) -> Complex:
        """Spectra (bins, channels, frames) of some bins alone."""
        group, within = np.divmod(bins, TOGETHER)
        return np.ascontiguousarray(self.values.reshape(*self.values.shape[:2], self.frames, TOGETHER)[group, :, :, within])

    def times(self, factors: Real | Complex) -> Snapshots:
        """Multiplied by what is the same in all groups, (channels, 1) or (channels, bins of a group)."""
        whole = factors if factors.shape[1] == 1 else np.tile(factors, self.frames)
        return Snapshots(self.values * whole, self.frames)

    def weighted(self, weights: Real) -> Complex:
        """Values times weights (bins,)."""
        return np.asarray(self.values * np.tile(weights.reshape(-1, 1, TOGETHER), self.frames))

    def inner(self, others: Snapshots) -> Real:
        """(bins,): the real part of each snapshot's inner product with another's, averaged over frames."""
        parts = np.einsum("gcs,gcs->gs", self.values.view(np.float32), others.values.view(np.float32))
        return np.asarray(parts @ _averaging(self.frames, 2)).ravel()

    def crossed(self, rows: Complex) -> Complex:
        """(n, bins): the products of rows (groups, n, channels) with each snapshot, times the conjugate of the first, averaged."""
        sums = rows @ self.values
        products = np.conj(sums[:, :1]) * sums
        parts = products.view(np.float32).reshape(-1, 2 * self.values.shape[2])
        averaged: Complex = (parts @ _averaging_apart(self.frames)).view(np.complex64)
        return averaged.reshape(len(rows), -1, TOGETHER).transpose(1, 0, 2).reshape(sums.shape[1], -1)

    def powers(self, rows: Complex) -> Real:
        """(bins, n): the power of each snapshot's products with rows (groups, n, channels), averaged over frames."""
        sums = rows @ self.values
        return np.asarray((sums.real**2 + sums.imag**2) @ _averaging(self.frames, 1)).transpose(0, 2, 1).reshape(-1, rows.shape[1])

    def without(self, null: Snapshots, sound: Snapshots) -> tuple[Snapshots, Real]:
        """Less as much of a null as its product with each snapshot of sound says, and the power (bins,) of that."""
        beams = (np.conj(null.values).transpose(0, 2, 1) @ sound.values) * _own_bins(self.frames)
        power = (beams.real**2 + beams.imag**2).sum(axis=1) @ _averaging(self.frames, 1)
        return Snapshots(self.values - null.values @ beams, self.frames), power.ravel()


def grouped(spectra: Complex) -> Snapshots:
    """Spectra (frames, channels, bins), whose bins are whole groups."""
    frames, channels, bins = spectra.shape
    split = spectra.reshape(frames, channels, bins // TOGETHER, TOGETHER).transpose(2, 1, 0, 3)
    return Snapshots(np.ascontiguousarray(split).reshape(bins // TOGETHER, channels, -1), frames)


def over_groups(bins: Real) -> Real:
    """(groups,): the sum of what is known of bins (bins,)."""
    return np.asarray(bins.reshape(-1, TOGETHER).sum(axis=1))


def over_bins(groups: Values) -> Values:
    """(bins, ...): what is known of groups (groups, ...)."""
    return np.repeat(groups, TOGETHER, axis=0)


@lru_cache
def _averaging(frames: int, parts: int) -> Real:
    """(frames times bins of a group times parts, bins of a group): what averages over frames and adds up parts."""
    return np.repeat(_own_bins(frames).T, parts, axis=0) / np.float32(frames)


@lru_cache
def _averaging_apart(frames: int) -> Real:
    """What averages over frames, real and imaginary parts side by side."""
    return np.tile(np.eye(2 * TOGETHER, dtype=np.float32), (frames, 1)) / np.float32(frames)


@lru_cache
def _own_bins(frames: int) -> Real:
    """(bins of a group, frames times bins of a group): which snapshots are of each bin."""
    return np.tile(np.eye(TOGETHER, dtype=np.float32), (1, frames))
