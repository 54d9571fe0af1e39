"""Which objects a measurement may be of at all: a coarse gate, from one Gaussian each, that never shuts out what the fine one lets in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.bank import Indices, States
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import LEVEL, SOUND_MPS, Bearings, Positions, lengths

SIGMAS = 3.7
SWIFTEST_RAD_S = 0.35
"""What flies past at 20 m/s turns faster than 20 degrees a second only within 60 m, and not for long."""
ANY_MPS = 5.0
"""What an object may do beside what is known of its speed."""
LEAST_FAR_M, MOST_SIGMA_M = 5.0, 1e4


class Outlook:
    """Objects by row as one Gaussian each: where they were at `t_s`, and how swift they are, with the sigma of that."""

    def __init__(self, capacity: int) -> None:
        self.place, self.cov = np.zeros((capacity, AXES)), np.tile(np.eye(AXES), (capacity, 1, 1))
        self.speed, self.sigma_speed, self.t_s = np.zeros(capacity), np.ones(capacity), np.zeros(capacity)

    def note(self, rows: Indices, known: States) -> None:
        """Single Gaussians (n, 1, ...) of these rows."""
        mean, cov = known.mean[:, 0], known.cov[:, 0]
        self.place[rows], self.cov[rows], self.t_s[rows] = mean[:, :AXES], cov[:, :AXES, :AXES], known.t_s
        self.speed[rows] = lengths(mean[:, AXES:STATE])
        self.sigma_speed[rows] = np.sqrt(np.einsum("naa->n", cov[:, AXES:STATE, AXES:STATE])) + ANY_MPS

    def of_bearings(self, rows: Indices, said: Bearings, pose: Array) -> NDArray[np.bool_]:
        """Whether each row (n) may be each bearing's (k), the sensors of which may be turned by `pose` (k) radians: (n, k)."""
        seen = self.seen(rows, said.origin[0])
        speed, sigma_speed = self.speed[rows], self.sigma_speed[rows]
        flat = np.isinf(said.sigma[:, 1])
        off, wide = _angles(seen.place, said.towards), said.sigma.max(axis=1)
        if flat.any():
            off[:, flat] = _angles(seen.place * LEVEL, said.towards[flat] * LEVEL)
            wide = np.where(flat, said.sigma[:, 0], wide)
        later_s = np.abs(said.t_s - self.t_s[rows, None])
        doubt, sounds = np.minimum(sigma_speed / seen.far, SWIFTEST_RAD_S), said.sounds / SOUND_MPS
        moved = (speed / seen.far)[:, None] * later_s + speed[:, None] * sounds
        spread = wide**2 + pose**2 + ((seen.sigma_m / seen.far) ** 2)[:, None]
        spread += (doubt[:, None] * later_s) ** 2 + (sigma_speed[:, None] * sounds) ** 2
        return np.asarray(off <= SIGMAS * np.sqrt(spread) + moved)

    def of_positions(self, rows: Indices, said: Positions, located: NDArray[np.bool_], here: Array) -> NDArray[np.bool_]:
        """Whether each row (n) may be each position's (k): (n, k)."""
        seen = self.seen(rows, here)
        there, cov = said.state[:, :AXES] - here, self.cov[rows]
        later_s = np.abs(said.t_s - self.t_s[rows, None])
        moved_m, doubt_m = self.speed[rows, None] * later_s, self.sigma_speed[rows, None] * later_s
        wide_m = np.minimum(said.sigma[:, :2].max(axis=1), MOST_SIGMA_M)
        deep_m2 = (cov[:, 0, 0] + cov[:, 1, 1])[:, None]
        apart_m = lengths((there - seen.place[:, None])[..., :2])
        near = apart_m <= SIGMAS * np.sqrt(wide_m**2 + deep_m2 + doubt_m**2) + moved_m
        if located.all():
            return np.asarray(near)
        beyond = np.maximum(lengths(there), LEAST_FAR_M)
        raised = said.sigma[:, 2] < MOST_SIGMA_M
        off = np.where(raised, _angles(seen.place, there), _angles(seen.place * LEVEL, there * LEVEL))
        across_m = np.hypot(wide_m, np.where(raised, said.sigma[:, 2], 0.0))
        spread = (
            (across_m / beyond) ** 2 + ((seen.sigma_m / seen.far) ** 2)[:, None] + (doubt_m / np.minimum(beyond, seen.far[:, None])) ** 2
        )
        return np.asarray(np.where(located[:, None], near, off <= SIGMAS * np.sqrt(spread) + moved_m / beyond))

    def seen(self, rows: Indices, here: Array) -> Seen:
        """These rows (n) from a place (3)."""
        place, cov = self.place[rows] - here, self.cov[rows]
        far = np.maximum(lengths(place), LEAST_FAR_M)
        along = np.vecdot(place, np.matvec(cov, place)) / far**2
        return Seen(place, far, np.sqrt(np.maximum(np.einsum("naa->n", cov) - along, 0.0)))


class Seen(NamedTuple):
    """Places from the node, distances, and sigmas across."""

    place: Array
    far: Array
    sigma_m: Array


def _angles(one: Array, other: Array) -> Array:
    """Between all (n, 3) and all (k, 3): (n, k)."""
    both = lengths(one)[:, None] * lengths(other)
    return np.asarray(np.arccos(np.clip(one @ other.T / np.maximum(both, 1e-9), -1.0, 1.0)))
