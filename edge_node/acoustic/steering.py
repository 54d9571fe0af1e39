"""Plane waves over an array: the phases that a direction has at each microphone and bin, and the sharpest direction near a given one."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

MOST_STEPS = 4
CLOSE_ENOUGH_RAD = 2e-4
LONGEST_STEP = 0.3


class Peak(Struct, frozen=True):
    """A local maximum of the weighted power: where, how high, and `bend` (3, 3), how fast it falls for an unbound vector."""

    direction: Vector
    power: float
    bend: Vector


class Steering:
    """Phases of plane waves at places (channels, 3) metres and bins; a microphone towards the source hears it early."""

    def __init__(self, positions_m: Vector, freqs_hz: Real, speed_mps: float) -> None:
        self.positions_m = positions_m
        self._turns = (2 * np.pi / speed_mps * np.asarray(freqs_hz, np.float64)).astype(np.float32)
        # Sums that power, slope and bend need: one, then x, y, z, then their six products.
        x, y, z = positions_m.T
        self._moments = np.stack([np.ones_like(x), x, y, z, x * x, x * y, x * z, y * y, y * z, z * z]).astype(np.float32)
        self._lobe_rad = speed_mps / float(freqs_hz[-1]) / max(float(np.ptp(positions_m, axis=0).max()), 1e-3)

    def phases(self, direction: Vector) -> Complex:
        """(channels, bins): what a wave from a unit vector has at each microphone, relative to the array's middle."""
        early_m = (self.positions_m @ direction).astype(np.float32)
        angle = early_m[:, None] * self._turns
        phases = np.empty(angle.shape, np.complex64)
        np.cos(angle, out=phases.real)
        np.sin(angle, out=phases.imag)
        return phases

    def peak_near(self, spectra: Complex, weights: Real, direction: Vector) -> Peak:
        """The maximum near a direction of the power of spectra (frames, channels, bins), in phase, weighted (bins,), by Newton's steps."""
        here, (power, slope, bend) = direction, self._expansion(spectra, weights, direction)
        for _ in range(MOST_STEPS):
            there = _stepped(here, slope, bend, LONGEST_STEP * self._lobe_rad)
            expansion = self._expansion(spectra, weights, there)
            if expansion[0] < power:
                break
            moved, here, (power, slope, bend) = float(np.linalg.norm(there - here)), there, expansion
            if moved < CLOSE_ENOUGH_RAD:
                break
        return Peak(here, power, bend)

    def _expansion(self, spectra: Complex, weights: Real, direction: Vector) -> tuple[float, Vector, Vector]:
        """Weighted power, its slope (3,) and its second derivative (3, 3) for an unbound direction."""
        turned = spectra * np.conj(self.phases(direction))
        sums = self._moments @ turned
        level, once, twice = sums[:, 0], sums[:, 1:4], sums[:, 4:]
        first = weights * self._turns
        second = first * self._turns
        power = float(np.einsum("f,tf->", weights, (level.real**2 + level.imag**2), dtype=np.float64))
        slope = 2 * np.einsum("f,tkf->k", first, (np.conj(level)[:, None] * once).imag, dtype=np.float64)
        inner = np.einsum("f,tif,tjf->ij", second, np.conj(once), once).real - _symmetric(
            np.einsum("f,tf,tkf->k", second, np.conj(level), twice).real
        )
        return power, np.asarray(slope), np.asarray(2 * inner, np.float64)


def _symmetric(six: NDArray[np.float32]) -> Vector:
    xx, xy, xz, yy, yz, zz = (float(part) for part in six)
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def _stepped(direction: Vector, slope: Vector, bend: Vector, longest_rad: float) -> Vector:
    """One of Newton's steps on the sphere towards a maximum, uphill where the power is not bent down."""
    basis = across(direction)
    uphill = basis @ slope
    curvature, turn = np.linalg.eigh(basis @ bend @ basis.T - (slope @ direction) * np.eye(2))
    least = 1e-6 * float(np.abs(curvature).max()) + 1e-30
    step = turn @ ((turn.T @ uphill) / np.maximum(np.abs(curvature), least))
    length = float(np.linalg.norm(step))
    there = direction + (step * min(1.0, longest_rad / max(length, 1e-12))) @ basis
    return np.asarray(there / np.linalg.norm(there))


def across(direction: Vector) -> Vector:
    """Any two unit vectors (2, 3) that make right angles with a direction and each other."""
    away = np.eye(3)[int(np.argmin(np.abs(direction)))]
    first = np.cross(direction, away)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(direction, first)])
