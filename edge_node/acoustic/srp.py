"""Steered response power by generalised cross-correlation and look-up (Knapp and Carter 1976; DiBiase 2000), on merged baselines.

Lags are few, as no baseline is longer than the array, so each correlation is one small real matrix product instead of a transform.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.microphones import Baselines, Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

# Lags a period of the highest frequency: the nearest lag is then at most a sixteenth of a turn away.
LAGS_A_PERIOD = 8
SPACING_OF_LOBE = 0.4
LEAST_DIRECTIONS, MOST_DIRECTIONS = 100, 3000


class Response:
    """Power over a grid of directions (points, 3) from which plane waves may come."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float, directions: Vector) -> None:
        self.directions = directions
        self._baselines = Baselines(microphones)
        step_s = 1.0 / (LAGS_A_PERIOD * float(freqs_hz[-1]))
        reach = int(np.ceil(microphones.aperture_m / speed_mps / step_s)) + 1
        lags_s = np.arange(-reach, reach + 1) * step_s
        phase = 2 * np.pi * np.asarray(freqs_hz, np.float64)[:, None] * lags_s
        self._to_lags = np.concatenate([np.cos(phase), np.sin(phase)]).astype(np.float32)
        late_s = self._baselines.differences_m @ directions.T / speed_mps
        offsets = np.arange(len(late_s))[:, None] * len(lags_s)
        self._at = (np.rint(late_s / step_s).astype(np.intp) + reach + offsets).astype(np.intp)

    def cross_spectra(self, spectra: Complex) -> Complex:
        """Of spectra (frames, channels, bins): first channel times the conjugate of the second, summed within baselines and over frames."""
        merged = np.zeros((len(self._baselines.starts), spectra.shape[2]), np.complex64)
        for frame in spectra:
            products = np.conj(frame[self._baselines.first])
            products *= frame[self._baselines.second]
            merged += np.add.reduceat(products, self._baselines.starts, axis=0)
        return merged

    def power(self, cross_spectra: Complex) -> Real:
        """Of cross-spectra (baselines, bins), weighted as one likes: twice their real part in phase, over the directions."""
        parts = np.concatenate([cross_spectra.real, cross_spectra.imag], axis=1)
        correlation = parts @ self._to_lags
        return np.asarray(2 * correlation.ravel()[self._at].sum(axis=0))


def sphere(spacing_rad: float) -> Vector:
    """Unit vectors spread evenly over the sphere, about so far apart (a Fibonacci lattice)."""
    count = int(np.ceil(4 * np.pi / spacing_rad**2))
    z = 1 - (2 * np.arange(count) + 1) / count
    turn = np.pi * (1 + np.sqrt(5)) * np.arange(count)
    across = np.sqrt(1 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def spacing_rad(aperture_m: float, highest_hz: float, speed_mps: float) -> float:
    """How far apart directions may be so that no main lobe falls between them, within what is worth its cost."""
    lobe = speed_mps / highest_hz / max(aperture_m, 1e-3)
    least, most = np.sqrt(4 * np.pi / (2 * MOST_DIRECTIONS)), np.sqrt(4 * np.pi / (2 * LEAST_DIRECTIONS))
    return float(np.clip(SPACING_OF_LOBE * lobe, least, most))
