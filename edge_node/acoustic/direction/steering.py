"""Plane waves over an array in noise of known coherence: what a direction's beam holds, and the sharpest direction near a given one.

With x a bin's spectra, N its noise's coherence and a the wave's phases, the beam holds |a^H N^-1 x|^2 / (a^H N^-1 a): power that is
the noise's own in every direction without a source, and the largest in that of a source (the likelihood's maximum, Van Trees 2002).
"""

from __future__ import annotations

from math import hypot, sqrt

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.acoustic.direction.snapshots import TOGETHER, Snapshots, over_bins, over_groups
from edge_node.acoustic.microphones import Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

MOST_STEPS = 5
CLOSE_ENOUGH = 0.03
# In nats of likelihood, which frames sum up to: a step of two fifths of the bearing's own sigma.
SURE_ENOUGH = 0.15
LONGEST_STEP = 0.5
SHORTENED = 0.35
LEAST_GAIN = 1e-3
# So many groups, 190 Hz, hardly differ in what noise of known coherence makes of a wave.
GROUPS_ALIKE = 4
LEAST_POWER, LEAST_NOISE = np.float32(1e-30), np.float32(1e-5)


class Heard(Struct, frozen=True):
    """A block x and the noise it is heard in: `inverse` (groups, channels, channels) is N^-1, None where each microphone has its own.

    `gain` (groups,) is the mean of a^H N^-1 a over all directions, `least` (bins,) the least power that is believed, `taken` are
    directions to project out.
    """

    sound: Snapshots
    inverse: Real | None
    gain: Real
    least: Real
    taken: tuple[Vector, ...] = ()

    def product(self, waves: Complex, groups: NDArray[np.intp] | slice = slice(None)) -> Complex:
        """N^-1 a of waves (groups, channels, n), at some of the groups."""
        return waves if self.inverse is None else (self.inverse[groups] @ waves.view(np.float32)).view(np.complex64)


class Focus(Struct, frozen=True):
    """A block without what was taken out, turned so that a wave from about one direction is alike in all bins of a group.

    `whitened` is N^-1 x, `total` (bins,) the mean x^H N^-1 x, `nulls` are N^-1 a of what was taken out, each in one frame, less the
    ones before and over the root of its own gain.
    """

    heard: Heard
    whitened: Snapshots
    total: Real
    nulls: tuple[Snapshots, ...]


class Beam(Struct, frozen=True):
    """A direction's beam in each bin (bins,): mean `power` and `gain`, and `noise` as the rest says; `total` is the power of all.

    `tilts` (dimensions, bins) are the slopes of power along the array's `axes` (dimensions, 3) for a direction as an unbound vector,
    `bends` (bins, dimensions, dimensions) the curvatures that a source of power 1 is expected to give.
    """

    direction: Vector
    axes: Vector
    total: Real
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
        dimensions = len(self.axes)
        bent = (levels @ self.bends.reshape(-1, dimensions * dimensions)).reshape(dimensions, dimensions)
        return np.asarray(self.axes.T @ bent @ self.axes, np.float64)

    def information(self, weights: Real) -> Vector:
        """(3, 3): how the weighted sum bends down, as it is expected to."""
        return self.curvature(weights * self.source)


class Steering:
    """Phases of plane waves at microphones and groups of bins; a microphone towards the source hears it early."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float) -> None:
        self._positions_m = microphones.positions_m
        self._channels = microphones.channels
        turns = 2 * np.pi / speed_mps * np.asarray(freqs_hz, np.float64).reshape(-1, TOGETHER)
        self._turns = turns.mean(axis=1).astype(np.float32)
        self._turns_of_bins = over_bins(self._turns)
        self._bend = 2 * np.square(self._turns_of_bins)[:, None, None]
        self._beside = (turns[0] - turns[0].mean()).astype(np.float32)
        self._unturned = np.ones((self._channels, TOGETHER), np.complex64)
        self._axes = microphones.axes[: microphones.dimensions]
        along = self._positions_m @ self._axes.T
        self._moments = np.concatenate([np.ones((self._channels, 1)), along], axis=1).astype(np.float32)
        alone = (self._moments.T @ self._moments).astype(np.complex64)
        self._alone = np.broadcast_to(alone, (len(freqs_hz), *alone.shape))
        self._lobe_rad = speed_mps / float(freqs_hz[-1]) / max(microphones.aperture_m, 1e-3)

    def unfocused(self, heard: Heard) -> Focus:
        """A block as it is, for directions all around."""
        return self._focus(heard, heard.sound, self._unturned)

    def focused(self, heard: Heard, direction: Vector) -> Focus:
        """A block made ready for beams near a direction."""
        back = np.conj(self._aside(direction))
        return self._focus(heard, heard.sound.times(back), back)

    def _focus(self, heard: Heard, sound: Snapshots, back: Complex) -> Focus:
        whitened = Snapshots(heard.product(sound.values), sound.frames)
        total, nulls = sound.inner(whitened), list[Snapshots]()
        for direction in heard.taken:
            wave = plane_wave(self._turns, self._positions_m, direction)[:, :, None] * (self._aside(direction) * back)
            null = heard.product(wave)
            for other in nulls:
                null = null - other.values * (np.conj(other.values) * wave).sum(axis=1, keepdims=True)
            gain = Snapshots(wave, 1).inner(Snapshots(null, 1)).reshape(-1, 1, TOGETHER)
            nulls.append(Snapshots(null * (1 / np.sqrt(np.maximum(gain, np.float32(LEAST_GAIN)))), 1))
            whitened, power = whitened.without(nulls[-1], sound)
            total = total - power
        return Focus(heard, whitened, np.maximum(total, heard.least), tuple(nulls))

    def best(self, focus: Focus, weights: Real, directions: Vector) -> Vector:
        """Of directions (n, 3) the one whose weighted (bins,) power is the largest."""
        waves = plane_wave(self._turns, self._positions_m, directions.T)
        gains = np.einsum("gcn,gcn->gn", waves.view(np.float32), focus.heard.product(waves).view(np.float32))
        gain = over_bins(gains[:, ::2] + gains[:, 1::2])
        for null in focus.nulls:
            seen = null.values.transpose(0, 2, 1) @ np.conj(waves)
            gain = gain - (seen.real**2 + seen.imag**2).reshape(gain.shape)
        power = focus.whitened.powers(np.conj(waves).transpose(0, 2, 1))
        return np.asarray(directions[np.argmax(weights @ (power / np.maximum(gain, np.float32(LEAST_GAIN))))])

    def peak_near(self, focus: Focus, weights: Real, here: Beam) -> Beam:
        """The beam whose weighted power (bins,) is the largest near one, by Gauss and Newton's steps on the sphere."""
        part = 1.0
        for _ in range(MOST_STEPS):
            there, gain = self._stepped(here, weights, part)
            if _length(there - here.direction) < CLOSE_ENOUGH * self._lobe_rad or gain * focus.whitened.frames < SURE_ENOUGH:
                return replace(here, direction=there)
            beam = self.beam(focus, there)
            if beam.score(weights) < here.score(weights):
                part *= SHORTENED
            else:
                here = beam
        return here

    def beam(self, focus: Focus, direction: Vector) -> Beam:
        """What a direction's beam holds."""
        moved = plane_wave(self._turns, self._positions_m, direction)[:, :, None] * self._moments
        back = np.conj(moved).transpose(0, 2, 1)
        crossed = focus.whitened.crossed(back)
        gram = self._gram(focus, moved, back)
        gain = np.maximum(gram[:, 0, 0].real, np.float32(LEAST_GAIN))
        power = crossed[0].real / gain
        tilts = (crossed[1:].imag - power * gram[:, 1:, 0].imag.T) * (2 * self._turns_of_bins / gain)
        noise = np.maximum(focus.total - power, focus.heard.least) / (self._channels - 1 - len(focus.nulls))
        inner = gram[:, 1:, 1:].real - (gram[:, 1:, :1] * gram[:, :1, 1:]).real / gain[:, None, None]
        return Beam(direction, self._axes, focus.total, power, gain, noise, tilts, inner * self._bend)

    def pulls(self, heard: Heard, beam: Beam, weights: Real) -> Vector:
        """(3, channels): how the slope of weighted (bins,) power grows with each microphone's gain, for the beam's source alone."""
        starts = np.arange(0, len(self._turns), GROUPS_ALIKE)
        some = np.minimum(starts + GROUPS_ALIKE // 2, len(self._turns) - 1)
        wave = plane_wave(self._turns[some], self._positions_m, beam.direction)[:, :, None]
        shares = np.conj(heard.product(wave * self._moments, some)) * wave
        sums = shares.sum(axis=1, keepdims=True)
        gain = np.maximum(sums[:, :, :1].real, np.float32(LEAST_GAIN))
        moved = (np.conj(shares[:, :, :1]) * sums[:, :, 1:]).imag - 2 * shares[:, :, :1].real * sums[:, :, 1:].imag
        moved = (moved + gain * shares[:, :, 1:].imag) * (2 * self._turns[some, None, None] / gain)
        levels = np.add.reduceat(over_groups(weights * beam.source), starts)
        return np.asarray(self._axes.T @ (levels @ moved.reshape(len(some), -1)).reshape(self._channels, -1).T, np.float64)

    def _gram(self, focus: Focus, moved: Complex, back: Complex) -> Complex:
        """(bins, 1 + dimensions, 1 + dimensions): of a, and a times each microphone's places, over N^-1 without the nulls."""
        if focus.heard.inverse is None and not focus.nulls:
            return self._alone
        gram = over_bins(back @ focus.heard.product(moved))
        for null in focus.nulls:
            seen = (back @ null.values).transpose(0, 2, 1).reshape(gram.shape[:2])
            gram = gram - seen[:, :, None] * np.conj(seen)[:, None]
        return np.asarray(gram)

    def _aside(self, direction: Vector) -> Complex:
        """(channels, bins of a group): what a wave has in each bin beyond what it has in the middle of the group."""
        return np.ascontiguousarray(plane_wave(self._beside, self._positions_m, direction).T)

    def _stepped(self, beam: Beam, weights: Real, part: float) -> tuple[Vector, float]:
        """A part of one step towards a maximum, uphill where the power is not bent down, no further than some of the main lobe.

        Where it leads, and how much more weighted power there is expected to be.
        """
        direction = beam.direction
        basis = across(direction)
        slope = beam.slope(weights)
        bent = basis @ beam.information(weights) @ basis.T + (slope @ direction) * np.eye(2)
        uphill = basis @ slope
        step = _always_uphill(bent, uphill) * part
        step *= min(1.0, part * LONGEST_STEP * self._lobe_rad / max(_length(step), 1e-12))
        there = direction + step @ basis
        return np.asarray(there / _length(there)), float(uphill @ step) / 2


def plane_wave(turns: Real, positions_m: Vector, direction: Vector) -> Complex:
    """(frequencies, channels, ...): what a wave from a unit vector (3, ...) has at each microphone, relative to the array's middle."""
    angle = np.multiply.outer(turns, (positions_m @ direction).astype(np.float32))
    phases = np.empty(angle.shape, np.complex64)
    np.cos(angle, out=phases.real)
    np.sin(angle, out=phases.imag)
    return phases


def _always_uphill(bent: Vector, uphill: Vector) -> Vector:
    """Newton's step (2,) with the magnitudes of both curvatures of a symmetric matrix (2, 2)."""
    middle, half, off = (bent[0, 0] + bent[1, 1]) / 2, (bent[0, 0] - bent[1, 1]) / 2, bent[0, 1]
    apart = hypot(half, off)
    least = 1e-6 * (abs(middle) + apart) + 1e-30
    one, other = 1 / max(abs(middle + apart), least), 1 / max(abs(middle - apart), least)
    turned = np.array([half * uphill[0] + off * uphill[1], off * uphill[0] - half * uphill[1]])
    return np.asarray((one + other) / 2 * uphill + (one - other) / (2 * max(apart, 1e-30)) * turned)


def _length(vector: Vector) -> float:
    return sqrt(float(vector @ vector))


def across(direction: Vector) -> Vector:
    """Any two unit vectors (2, 3) that make right angles with a direction and each other (Duff et al. 2017)."""
    x, y, z = (float(part) for part in direction)
    sign = 1.0 if z >= 0 else -1.0
    a = -1.0 / (sign + z)
    b = x * y * a
    return np.array([[1.0 + sign * x * x * a, sign * b, -sign * x], [b, sign + y * y * a, -y]])
