"""What noise has in common between microphones: nothing (each its own), or what a field from all sides has (Cook et al. 1955).

The share of the diffuse part is told by likelihood, band by band, from what is left beside the loudest direction. Where the field
is not diffuse, or microphones are too unequal to use that it is, the share comes out low and nothing is done about it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    """The noise's coherence in each bin; `inverse` (bins, channels, channels) is that of its likeliest matrix N.

    `gain` (bins,) is the mean of a^H N^-1 a over plane waves a from all sides, `share` (bins,) the part of noise that is diffuse.
    """

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float) -> None:
        freqs = np.asarray(freqs_hz, np.float64)
        apart = np.linalg.norm(microphones.positions_m[:, None] - microphones.positions_m, axis=2)
        diffuse = np.sinc(2 * freqs[:, None, None] * apart / speed_mps)
        alone = np.eye(microphones.channels)
        mixed = [(1 - share) * alone + share * diffuse for share in SHARES]
        self._inverses = np.stack([np.linalg.inv(one) for one in mixed]).astype(np.float32)
        self._gains = np.einsum("kbmn,bmn->kb", self._inverses, diffuse).astype(np.float32)
        self._log_det = np.stack([np.linalg.slogdet(one)[1] for one in mixed]).astype(np.float32)
        bounds = [0, *(int(k) for k in np.searchsorted(freqs, BAND_EDGES_HZ)), len(freqs)]
        self._bands = [slice(low, high) for low, high in pairwise(bounds) if high > low]
        self._sampled = [np.unique(np.linspace(band.start, band.stop - 1, SAMPLED_BINS).astype(int)) for band in self._bands]
        self._likelihood = np.zeros((len(self._bands), len(SHARES)))
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

    def observe(self, heard: Complex, sources: Complex) -> bool:
        """Judge by spectra (bins, channels, frames) beside sources of phases (bins, channels, n); whether that changed what is known."""
        self._likelihood *= REMEMBERED
        for band, bins in enumerate(self._sampled):
            self._likelihood[band] += self._log_likelihood(heard[bins], sources[bins], bins)
        likelier = float((self._likelihood.max(axis=1) - self._likelihood[:, 0]).sum())
        chosen = [int(kind) if likelier > DOUBTED else 0 for kind in self._likelihood.argmax(axis=1)]
        if chosen == self._chosen:
            return False
        self._chosen = chosen
        self._assemble()
        return True

    def _log_likelihood(self, heard: Complex, sources: Complex, bins: NDArray[np.intp]) -> Vector:
        """Of each share, with the power of noise and of each wave being what they come out as in each bin (Stoica and Nehorai 1990)."""
        channels, frames = heard.shape[1:]
        both = np.ascontiguousarray(np.concatenate([sources, heard], axis=2))
        turned = (self._inverses[:, bins] @ both.view(np.float32)).view(np.complex64)
        crossed = np.conj(both.transpose(0, 2, 1)) @ turned
        fit = self._log_det[:, bins]
        for k in range(sources.shape[2]):
            row = crossed[:, :, k, :] / np.sqrt(np.maximum(crossed[:, :, k, k].real, 1e-9))[..., None]
            crossed = crossed - np.conj(row)[..., :, None] * row[..., None, :]
            fit = fit + np.log(np.maximum((np.abs(row[..., sources.shape[2] :]) ** 2).sum(axis=2), 1e-30))
        left = channels - sources.shape[2]
        rest = np.einsum("kbtt->kb", crossed[..., sources.shape[2] :, sources.shape[2] :]).real
        fit = fit + left * np.log(np.maximum(rest, 1e-30) / left)
        return np.asarray(-frames * fit.sum(axis=1), np.float64)

    def _assemble(self) -> None:
        self.inverse, self.gain = self._of(self._chosen)
        widths = [band.stop - band.start for band in self._bands]
        self.share = np.repeat(np.array([SHARES[kind] for kind in self._chosen], np.float32), widths)
        self.mild_inverse, self.mild_gain = self._of([min(kind, MILD) for kind in self._chosen])

    def _of(self, kinds: list[int]) -> tuple[Real, Real]:
        """The inverse in each bin, and its gain, for one kind of noise a band."""
        parts = list(zip(kinds, self._bands, strict=True))
        return np.concatenate([self._inverses[part] for part in parts]), np.concatenate([self._gains[part] for part in parts])
