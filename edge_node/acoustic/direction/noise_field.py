"""What noise has in common between microphones: nothing (each its own), or what a field from all sides has (Cook et al. 1955).

The share of the diffuse part is told by likelihood, band by band, from what is left beside the loudest direction. Where the field
is not diffuse, or microphones are too unequal to use that it is, the share comes out low and nothing is done about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.direction.snapshots import TOGETHER, Snapshots, over_bins
from edge_node.acoustic.direction.steering import plane_wave
from edge_node.acoustic.microphones import Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 0.93, 0.97, 0.99, 0.997, 0.999)
# The largest share whose beams' gains are alike enough in all directions for sums over bins.
MILD = SHARES.index(0.85)
BAND_EDGES_HZ = (600.0, 1200.0, 2400.0)
SAMPLED_BINS = 14
# That noise is diffuse at all has to be so much likelier, as a logarithm.
DOUBTED = 20.0
# Likelihoods of earlier blocks count so much in the next one.
REMEMBERED = 0.8


class NoiseField:
    """The noise's coherence in each group of bins; `inverse` (groups, channels, channels) is that of its likeliest matrix N.

    `gain` (groups,) is the mean of a^H N^-1 a over plane waves a from all sides, `share` (bins,) the part of noise that is diffuse.
    """

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float) -> None:
        self._positions_m = microphones.positions_m
        freqs = np.asarray(freqs_hz, np.float64)
        centres = freqs.reshape(-1, TOGETHER).mean(axis=1)
        bounds = [0, *(int(k) for k in np.searchsorted(centres, BAND_EDGES_HZ)), len(centres)]
        self._bands = [slice(low, high) for low, high in pairwise(bounds) if high > low]
        sampled = [np.linspace(band.start * TOGETHER, band.stop * TOGETHER - 1, SAMPLED_BINS) for band in self._bands]
        within = [np.unique(bins.astype(int)) for bins in sampled]
        self._sampled, self._starts = np.concatenate(within), np.cumsum([0, *(len(bins) for bins in within[:-1])])
        self._turns = (2 * np.pi / speed_mps * freqs[self._sampled]).astype(np.float32)
        self._groups = Mixtures(self._positions_m, centres, speed_mps)
        self._samples = Mixtures(self._positions_m, freqs[self._sampled], speed_mps)
        self._likelihood = np.zeros((len(SHARES), len(self._bands)))
        self._chosen = [0] * len(self._bands)
        self._assemble()

    @property
    def mild(self) -> bool:
        """Whether the mild inverse is the inverse."""
        return max(self._chosen) <= MILD

    @property
    def diffuse(self) -> bool:
        """Whether any band holds noise from all sides."""
        return any(self._chosen)

    def observe(self, sound: Snapshots, directions: Sequence[Vector]) -> bool:
        """Judge by sound beside sources in some directions; whether that changed what is known."""
        waves = [plane_wave(self._turns, self._positions_m, direction)[:, :, None] for direction in directions]
        both = np.concatenate([*waves, sound.of_bins(self._sampled)], axis=2)
        likelihood = self._samples.log_likelihood(both, len(waves))
        self._likelihood = REMEMBERED * self._likelihood + np.add.reduceat(likelihood, self._starts, axis=1)
        likelier = float((self._likelihood.max(axis=0) - self._likelihood[0]).sum())
        chosen = [int(kind) if likelier > DOUBTED else 0 for kind in self._likelihood.argmax(axis=0)]
        if chosen == self._chosen:
            return False
        self._chosen = chosen
        self._assemble()
        return True

    def _assemble(self) -> None:
        self.inverse, self.gain = self._of(self._chosen)
        self.share = over_bins(self._shares(self._chosen).astype(np.float32))
        self.mild_inverse, self.mild_gain = self._of([min(kind, MILD) for kind in self._chosen])

    def _of(self, kinds: list[int]) -> tuple[Real, Real]:
        """The inverse in each group, and its gain, for one kind of noise a band."""
        return self._groups.inverse(self._shares(kinds))

    def _shares(self, kinds: list[int]) -> Vector:
        """(groups,): how much of the noise is diffuse."""
        return np.concatenate([np.full(band.stop - band.start, SHARES[kind]) for kind, band in zip(kinds, self._bands, strict=True)])


class Mixtures:
    """Noise at some frequencies (n,), part diffuse and part each microphone's own: all shares have the same eigenvectors."""

    def __init__(self, positions_m: Vector, freqs_hz: Vector, speed_mps: float) -> None:
        apart_m = np.linalg.norm(positions_m[:, None] - positions_m, axis=2)
        self._values, vectors = np.linalg.eigh(np.sinc(2 * freqs_hz[:, None, None] * apart_m / speed_mps))
        self._vectors = vectors.astype(np.float32)
        powers = [(1 - share) + share * self._values for share in SHARES]
        self._log_det = np.stack([np.log(power).sum(axis=1) for power in powers], axis=1)
        self._inverse_powers = np.stack([1 / power for power in powers], axis=1).astype(np.float32)

    def inverse(self, shares: Vector) -> tuple[Real, Real]:
        """N^-1 (n, channels, channels) and the mean of a^H N^-1 a (n,) for one share (n,) a frequency."""
        powers = (1 - shares)[:, None] + shares[:, None] * self._values
        inverse = (self._vectors / powers[:, None].astype(np.float32)) @ self._vectors.transpose(0, 2, 1)
        return inverse, (self._values / powers).sum(axis=1).astype(np.float32)

    def log_likelihood(self, both: Complex, count: int) -> Vector:
        """Of each share at each frequency (shares, n), for `count` waves and then frames of sound: (n, channels, waves and frames).

        The power of noise and of each wave is what it comes out as in each bin (Stoica and Nehorai 1990).
        """
        (bins, channels, columns), frames = both.shape, both.shape[2] - count
        turned = (self._vectors.transpose(0, 2, 1) @ both.view(np.float32)).view(np.complex64)
        sound = turned[:, :, count:]
        rest = (self._inverse_powers @ (sound.real**2 + sound.imag**2).sum(axis=2, keepdims=True))[:, :, 0]
        products = (np.conj(turned[:, :, :count, None]) * turned[:, :, None]).reshape(bins, channels, count * columns)
        crossed: NDArray[Any] = (
            (self._inverse_powers @ products.view(np.float32)).view(np.complex64).reshape(bins, len(SHARES), count, columns)
        )
        fit: Vector = self._log_det
        for k in range(count):
            row = crossed[:, :, k] / np.sqrt(np.maximum(crossed[:, :, k, k].real, 1e-9))[..., None]
            power = (np.abs(row[..., count:]) ** 2).sum(axis=2)
            fit, rest = fit + np.log(np.maximum(power, 1e-30)), rest - power
            crossed = crossed - np.conj(row[..., :count, None]) * row[..., None, :]
        fit = fit + (channels - count) * np.log(np.maximum(rest, 1e-30) / (channels - count))
        return np.asarray(-frames * fit.T, np.float64)
