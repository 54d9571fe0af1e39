"""Which objects a measurement may be of at all: a coarse gate, from one Gaussian each, that never shuts out what the fine one lets in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.bank import Indices, States
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import SOUND_MPS, Bearings, Positions

SIGMAS = 3.7
SWIFTEST_RAD_S = 0.35
"""What flies past at 20 m/s turns faster than 20 degrees a second only within 60 m, and not for long."""
ANY_MPS = 5.0
"""What an object may do beside what is known of its speed."""
LEAST_FAR_M, MOST_SIGMA_M = 5.0, 1e4
LEVEL = np.array([1.0, 1.0, 0.0])


class Outlook:
    """Objects by row as the node sees them: directions, distances, and how sure and how swift they are."""

    def __init__(self, capacity: int) -> None:
        self.mean, self.cov = np.zeros((capacity, STATE)), np.tile(np.eye(STATE), (capacity, 1, 1))
        self.t_s = np.zeros(capacity)

    def note(self, rows: Indices, known: States) -> None:
        """Single Gaussians (n, 1, ...) of these rows."""
        self.mean[rows], self.cov[rows], self.t_s[rows] = known.mean[:, 0, :STATE], known.cov[:, 0, :STATE, :STATE], known.t_s

    def of_bearings(self, rows: Indices, said: Bearings, pose: Array) -> NDArray[np.bool_]:
        """Whether each row (n) may be each bearing's (k), the sensors of which may be turned by `pose` (k) radians: (n, k)."""
        seen = self._seen(rows, said.origin[0])
        flat = np.isinf(said.sigma[:, 1])
        off = _angles(seen.place, said.towards)
        if flat.any():
            off[:, flat] = _angles(seen.place * LEVEL, said.towards[flat] * LEVEL)
        wide = np.where(flat, said.sigma[:, 0], np.maximum(said.sigma[:, 0], said.sigma[:, 1]))
        later_s = np.abs(said.t_s[None] - self.t_s[rows, None])
        moving, doubt = seen.speed / seen.far, np.minimum(seen.sigma_speed / seen.far, SWIFTEST_RAD_S)
        sounds = said.sounds / SOUND_MPS
        moved = moving[:, None] * later_s + seen.speed[:, None] * sounds
        spread = np.hypot(wide, pose)[None] ** 2 + (seen.sigma_m / seen.far)[:, None] ** 2
        spread += (doubt[:, None] * later_s) ** 2 + (seen.sigma_speed[:, None] * sounds) ** 2
        return np.asarray(off <= SIGMAS * np.sqrt(spread) + moved)

    def of_positions(self, rows: Indices, said: Positions, located: NDArray[np.bool_], here: Array) -> NDArray[np.bool_]:
        """Whether each row (n) may be each position's (k): (n, k)."""
        seen = self._seen(rows, here)
        there = said.state[:, :AXES] - here
        later_s = np.abs(said.t_s[None] - self.t_s[rows, None])
        moved_m, doubt_m = seen.speed[:, None] * later_s, seen.sigma_speed[:, None] * later_s
        wide_m = np.minimum(said.sigma[:, :2].max(axis=1), MOST_SIGMA_M)[None]
        deep_m = np.sqrt(np.trace(self.cov[rows, :2, :2], axis1=1, axis2=2))[:, None]
        apart_m = np.linalg.norm((there[None] - seen.place[:, None])[..., :2], axis=-1)
        near = apart_m <= SIGMAS * np.sqrt(wide_m**2 + deep_m**2 + doubt_m**2) + moved_m
        beyond = np.maximum(np.linalg.norm(there, axis=1), LEAST_FAR_M)[None]
        raised = said.sigma[:, 2] < MOST_SIGMA_M
        off = np.where(raised[None], _angles(seen.place, there), _angles(seen.place * LEVEL, there * LEVEL))
        across_m = np.hypot(wide_m, np.where(raised, np.minimum(said.sigma[:, 2], MOST_SIGMA_M), 0.0)[None])
        spread = (across_m / beyond) ** 2 + (seen.sigma_m / seen.far)[:, None] ** 2 + (doubt_m / np.minimum(beyond, seen.far[:, None])) ** 2
        return np.asarray(np.where(located[:, None], near, off <= SIGMAS * np.sqrt(spread) + moved_m / beyond))

    def _seen(self, rows: Indices, here: Array) -> _Seen:
        place = self.mean[rows, :AXES] - here
        far = np.maximum(np.linalg.norm(place, axis=1), LEAST_FAR_M)
        cov = self.cov[rows]
        towards = place / far[:, None]
        along = np.einsum("na,nab,nb->n", towards, cov[:, :AXES, :AXES], towards)
        sigma_m = np.sqrt(np.maximum(np.trace(cov[:, :AXES, :AXES], axis1=1, axis2=2) - along, 0.0))
        sigma_speed = np.sqrt(np.trace(cov[:, AXES:, AXES:], axis1=1, axis2=2)) + ANY_MPS
        return _Seen(place, far, sigma_m, np.linalg.norm(self.mean[rows, AXES:], axis=1), sigma_speed)


class _Seen(NamedTuple):
    """Places from the node, distances, sigmas across, speeds and their sigmas."""

    place: Array
    far: Array
    sigma_m: Array
    speed: Array
    sigma_speed: Array


def _angles(one: Array, other: Array) -> Array:
    """Between all (n, 3) and all (k, 3): (n, k)."""
    lengths = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(other, axis=1)[None]
    return np.asarray(np.arccos(np.clip(one @ other.T / np.maximum(lengths, 1e-9), -1.0, 1.0)))
