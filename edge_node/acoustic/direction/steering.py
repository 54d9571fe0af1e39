"""Plane waves over an array in noise of known coherence: what a direction's beam holds, and the sharpest direction near a given one.

With x a bin's spectra, N its noise's coherence and a the wave's phases, the beam holds |a^H N^-1 x|^2 / (a^H N^-1 a): power that is
the noise's own in every direction without a source, and the largest in that of a source (the likelihood's maximum, Van Trees 2002).
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.acoustic.microphones import Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

MOST_STEPS = 6
CLOSE_ENOUGH = 0.01
LONGEST_STEP = 0.3
SHORTENED = 0.35
LEAST_GAIN = 1e-3
LEAST_NOISE = np.float32(1e-5)


class Heard(Struct, frozen=True):
    """A block made ready: `whitened` (frames, channels, bins) is N^-1 x, `total` (bins,) the mean x^H N^-1 x, `inverse` N^-1.

    `gain` (bins,) is the mean of a^H N^-1 a over all directions.

    `nulls` (channels, bins) are directions already taken out of it, each N^-1 a less the ones before, over the root of its own gain.
    """

    whitened: Complex
    total: Real
    inverse: Real | None
    gain: Real
    nulls: tuple[Complex, ...] = ()

    def without(self, steered: Complex, product: Complex) -> Heard:
        """The rest when a direction of phases (channels, bins) is projected out; `product` is its N^-1 a, (channels, bins)."""
        product = product.copy()
        for null in self.nulls:
            product -= null * (np.conj(null) * steered).sum(axis=0)
        back = np.conj(steered)
        gain = np.maximum((back * product).sum(axis=0).real, np.float32(LEAST_GAIN))
        null = product / np.sqrt(gain)
        beam = (back * self.whitened).sum(axis=1) / np.sqrt(gain)
        rest = self.whitened - null * beam[:, None]
        total = np.maximum(self.total - (beam.real**2 + beam.imag**2).mean(axis=0), LEAST_NOISE * self.total)
        return Heard(rest, total, self.inverse, self.gain, (*self.nulls, null))


class Beam(Struct, frozen=True):
    """A direction's beam in each bin (bins,): mean `power` and `gain`, and `noise` as the rest says.

    `tilts` (dimensions, bins) are the slopes of power along the array's `axes` (dimensions, 3) for a direction as an unbound vector,
    `bends` (bins, dimensions, dimensions) the curvatures that a source of power 1 is expected to give.
    """

    direction: Vector
    axes: Vector
    power: Real
    gain: Real
    noise: Real
    tilts: Real
    bends: Real

    @property
    def source(self) -> Real:
        """Power of the wave in each bin, as one microphone has it: without bias, so below nothing at times."""
        return np.asarray((self.power - self.noise) / self.gain)

    def score(self, weights: Real) -> float:
        """Weighted (bins,) power."""
        return float(weights @ self.power)

    def slope(self, weights: Real) -> Vector:
        """(3,): how the weighted power grows."""
        return np.asarray(np.asarray(self.tilts @ weights, np.float64) @ self.axes)

    def curvature(self, levels: Real) -> Vector:
        """(3, 3): the bends times levels (bins,), summed."""
        return np.asarray(self.axes.T @ np.tensordot(levels, self.bends, axes=1) @ self.axes, np.float64)

    def information(self, weights: Real) -> Vector:
        """(3, 3): how the weighted sum bends down, as it is expected to."""
        return self.curvature(weights * self.source)


class Steering:
    """Phases of plane waves at microphones and bins; a microphone towards the source hears it early."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float) -> None:
        self.positions_m = microphones.positions_m
        self.channels = microphones.channels
        self._turns = (2 * np.pi / speed_mps * np.asarray(freqs_hz, np.float64)).astype(np.float32)
        self._axes = microphones.axes[: microphones.dimensions]
        along = self.positions_m @ self._axes.T
        self._moments = np.concatenate([np.ones((1, self.channels)), along.T]).astype(np.float32)
        self._alone = np.broadcast_to(
            (self._moments @ self._moments.T).astype(np.complex64), (len(freqs_hz), len(along.T) + 1, len(along.T) + 1)
        )
        self._lobe_rad = speed_mps / float(freqs_hz[-1]) / max(microphones.aperture_m, 1e-3)

    def phases(self, direction: Vector) -> Complex:
        """(channels, bins): what a wave from a unit vector has at each microphone, relative to the array's middle."""
        angle = (self.positions_m @ direction).astype(np.float32)[:, None] * self._turns
        phases = np.empty(angle.shape, np.complex64)
        np.cos(angle, out=phases.real)
        np.sin(angle, out=phases.imag)
        return phases

    def product(self, heard: Heard, phases: Complex) -> Complex:
        """N^-1 a (channels, bins)."""
        if heard.inverse is None:
            return phases
        return (heard.inverse @ np.ascontiguousarray(phases.T)[:, :, None].view(np.float32)).view(np.complex64)[:, :, 0].T

    def peak_near(self, heard: Heard, weights: Real, here: Beam) -> Beam:
        """The beam whose weighted power (bins,) is the largest near one, by Gauss and Newton's steps on the sphere."""
        part = 1.0
        for _ in range(MOST_STEPS):
            there = self._stepped(here, weights, part)
            if float(np.linalg.norm(there - here.direction)) < CLOSE_ENOUGH * self._lobe_rad:
                return replace(here, direction=there)
            beam = self.beam(heard, there)
            if beam.score(weights) < here.score(weights):
                part *= SHORTENED
            else:
                here = beam
        return here

    def shares(self, heard: Heard, direction: Vector) -> Real:
        """For each bin (bins,) how much of all power a direction's beam holds."""
        phases = self.phases(direction)
        back = np.conj(phases)
        level = (heard.whitened * back).sum(axis=1)
        gain = (back * self.product(heard, phases)).sum(axis=0).real if heard.inverse is not None else np.float32(self.channels)
        for null in heard.nulls:
            gain = gain - np.abs((null * back).sum(axis=0)) ** 2
        return np.asarray((level.real**2 + level.imag**2).mean(axis=0) / np.maximum(gain, np.float32(LEAST_GAIN)) / heard.total)

    def beam(self, heard: Heard, direction: Vector) -> Beam:
        """What a direction's beam holds."""
        phases = self.phases(direction)
        sums = self._moments @ (heard.whitened * np.conj(phases))
        gram = self._gram(heard, phases)
        gain = np.maximum(gram[:, 0, 0].real, np.float32(LEAST_GAIN))
        crossed = (np.conj(sums[:, :1]) * sums).mean(axis=0)
        power = crossed[0].real / gain
        tilts = 2 * self._turns / gain * (crossed[1:].imag - power * gram[:, 1:, 0].imag.T)
        noise = np.maximum(heard.total - power, LEAST_NOISE * heard.total) / (self.channels - 1 - len(heard.nulls))
        inner = gram[:, 1:, 1:].real - (gram[:, 1:, :1] * gram[:, :1, 1:]).real / gain[:, None, None]
        bends = np.asarray(inner * (2 * self._turns**2)[:, None, None], np.float32)
        return Beam(direction, self._axes, power, gain, noise, tilts, bends)

    def _gram(self, heard: Heard, phases: Complex) -> Complex:
        """(bins, 1 + dimensions, 1 + dimensions): of a, and a times each microphone's places, over N^-1 without the nulls."""
        if heard.inverse is None and not heard.nulls:
            return self._alone
        moved = np.ascontiguousarray((self._moments[:, :, None] * phases).transpose(2, 1, 0))
        product = moved if heard.inverse is None else (heard.inverse @ moved.view(np.float32)).view(np.complex64)
        gram = np.conj(moved.transpose(0, 2, 1)) @ product
        for null in heard.nulls:
            seen = np.conj(moved.transpose(0, 2, 1)) @ np.ascontiguousarray(null.T)[:, :, None]
            gram -= seen * np.conj(seen.transpose(0, 2, 1))
        return np.asarray(gram)

    def _stepped(self, beam: Beam, weights: Real, part: float) -> Vector:
        """A part of one step towards a maximum, uphill where the power is not bent down, no further than some of the main lobe."""
        direction = beam.direction
        basis = across(direction)
        slope = beam.slope(weights)
        uphill = basis @ slope
        curvature, turn = np.linalg.eigh(basis @ beam.information(weights) @ basis.T + (slope @ direction) * np.eye(2))
        least = 1e-6 * float(np.abs(curvature).max()) + 1e-30
        step = turn @ ((turn.T @ uphill) / np.maximum(np.abs(curvature), least))
        longest_rad = LONGEST_STEP * self._lobe_rad
        there = direction + (step * part * min(1.0, longest_rad / max(float(np.linalg.norm(step)), 1e-12))) @ basis
        return np.asarray(there / np.linalg.norm(there))


def across(direction: Vector) -> Vector:
    """Any two unit vectors (2, 3) that make right angles with a direction and each other (Duff et al. 2017)."""
    x, y, z = (float(part) for part in direction)
    sign = 1.0 if z >= 0 else -1.0
    a = -1.0 / (sign + z)
    b = x * y * a
    return np.array([[1.0 + sign * x * x * a, sign * b, -sign * x], [b, sign + y * y * a, -y]])
