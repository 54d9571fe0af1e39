"""Steered response power by generalised cross-correlation and look-up (Knapp and Carter 1976; DiBiase 2000), on merged baselines.

Lags are few, as no baseline is longer than the array, so each correlation is one small real matrix product instead of a transform.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.direction.snapshots import TOGETHER, Snapshots, over_bins, over_groups
from edge_node.acoustic.direction.steering import Focus, across
from edge_node.acoustic.microphones import Baselines, Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

# Lags a period of the highest frequency: the nearest lag is then at most 1/32 of a turn away.
LAGS_A_PERIOD = 16
SPACING_OF_LOBE = 0.4
LEAST_DIRECTIONS, MOST_DIRECTIONS = 400, 3000
# Where nulls leave less than this part of the gain nothing can be told.
LEAST_GAIN = 0.15
LEAST_POWER = np.float32(1e-30)
NEIGHBOURS = 8


class Response:
    """Power over a grid of directions (points, 3) from which plane waves may come."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float, directions: Vector) -> None:
        self.directions = directions
        self.between = Between(directions)
        self._channels = microphones.channels
        self._known: tuple[Real, Real, Real] | None = None
        self._baselines = Baselines(microphones)
        self._entries = self._baselines.first * microphones.channels + self._baselines.second
        centres_hz = np.asarray(freqs_hz, np.float64).reshape(-1, TOGETHER).mean(axis=1)
        step_s = 1.0 / (LAGS_A_PERIOD * float(freqs_hz[-1]))
        reach = int(np.ceil(microphones.aperture_m / speed_mps / step_s)) + 1
        lags_s = np.arange(-reach, reach + 1) * step_s
        phase = 2 * np.pi * centres_hz[:, None] * lags_s
        self._to_lags = np.concatenate([np.cos(phase), np.sin(phase)]).astype(np.float32)
        late_s = self._baselines.differences_m @ directions.T / speed_mps
        offsets = np.arange(len(late_s))[:, None] * len(lags_s)
        self._at = (np.rint(late_s / step_s).astype(np.intp) + reach + offsets).astype(np.intp)

    def glance(self, sound: Snapshots) -> Vector:
        """The unit vector that sound comes from without a thought of noise, each bin as loud as every other."""
        power = self.power(sound, np.asarray(1 / np.maximum(sound.inner(sound), LEAST_POWER), np.float32))
        return self.between.peak(power, int(np.argmax(power)))

    def score(self, focus: Focus, weights: Real) -> Real:
        """For each direction the power of its beams, bins weighted (bins,), to what noise alone would make it."""
        to_noise = 1 / over_bins(focus.heard.gain)
        power = self.power(focus.whitened, np.asarray(weights * to_noise, np.float32))
        gain = self._gain(focus, np.asarray((weights > 0) * to_noise, np.float32))
        return np.asarray(np.where(gain > LEAST_GAIN * gain.max(), power / (gain * focus.whitened.frames), 0.0))

    def _gain(self, focus: Focus, level: Real) -> Real:
        """Sum of a^H N^-1 a over bins times a level (bins,)."""
        gain = np.full(len(self.directions), self._channels * level.sum())
        if focus.heard.inverse is not None:
            gain = self._gain_alone(focus.heard.inverse, over_groups(level))
        for null in focus.nulls:
            gain = gain - self.power(null, level)
        return np.asarray(gain)

    def _gain_alone(self, inverse: Real, level: Real) -> Real:
        """Without nulls; the last one is remembered, as noise changes seldom."""
        if self._known is None or self._known[0] is not inverse or not np.array_equal(self._known[1], level):
            self._known = inverse, level, self._over_directions(inverse * level[:, None, None])
        return self._known[2]

    def power(self, sound: Snapshots, level: Real) -> Real:
        """|a^H x|^2 of snapshots x, summed over frames, over bins times a level (bins,), for each direction a."""
        levelled = sound.weighted(np.sqrt(level))
        return self._over_directions(np.conj(levelled) @ levelled.transpose(0, 2, 1))

    def _over_directions(self, matrices: NDArray[Any]) -> Real:
        """a^H C a summed over matrices C (groups, channels, channels), each the conjugate of the first channel times the second."""
        pairs = matrices.reshape(len(matrices), -1).take(self._entries, axis=1)
        merged = np.add.reduceat(pairs, self._baselines.starts, axis=1).T
        parts = np.concatenate([merged.real, merged.imag], axis=1)
        own = float(np.einsum("gmm->", matrices).real)
        return np.asarray(2 * (parts @ self._to_lags).ravel().take(self._at).sum(axis=0) + own)


class Between:
    """Directions between those of a grid (points, 3): a paraboloid through a point and its neighbours."""

    def __init__(self, directions: Vector) -> None:
        self._directions = directions
        self._near = np.argpartition(-(directions @ directions.T), NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1].copy()
        self._bases = np.stack([across(direction) for direction in directions])
        offsets = np.einsum("gkx,gnx->gnk", self._bases, directions[self._near])
        u, v = offsets[..., 0], offsets[..., 1]
        self._to_shape = np.linalg.pinv(np.stack([np.ones_like(u), u, v, u * u / 2, u * v, v * v / 2], axis=2))
        self._reach = np.abs(offsets).max(axis=(1, 2))

    def peak(self, values: Real, point: int) -> Vector:
        """Where values (points,) are the highest about a point, no further than its neighbours; the point where they have no top."""
        _, du, dv, uu, uv, vv = (float(part) for part in self._to_shape[point] @ values[self._near[point]])
        bent, reach = uu * vv - uv * uv, float(self._reach[point])
        if uu >= 0 or bent <= 0:
            return np.asarray(self._directions[point])
        u = min(max((uv * dv - vv * du) / bent, -reach), reach)
        v = min(max((uv * du - uu * dv) / bent, -reach), reach)
        there = self._directions[point] + u * self._bases[point, 0] + v * self._bases[point, 1]
        return np.asarray(there / np.sqrt(there @ there))


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
