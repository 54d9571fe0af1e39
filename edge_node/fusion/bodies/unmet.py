"""Claims of which no body is known yet: of what comes near a claimed body it may as well be theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge_node.fusion.bodies.ground import Ground
from edge_node.fusion.bodies.measured import Claim, of_positions, some
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import AXES, Array
from edge_node.fusion.filter.sensing import SOUND_MPS, Bearings, Positions, angles, lengths

SWIFTEST_MPS = 40.0
"""One sigma of a speed that nobody said."""


class Unmet:
    """As of one look; who claims to be where another claims to be that has a body may be the same, and counts as none."""

    def __init__(self, claims: Sequence[Claim], ground: Ground) -> None:
        self._rows = np.array([claim.row for claim in claims if claim.row is not None], np.intp)
        has_body = np.array([claim.row is not None for claim in claims], bool)
        at, _ = of_positions([claim.said for claim in claims], ground)
        place, sigma = at.state[:, :2], at.sigma[:, 0]
        apart_m = lengths(place[~has_body, None] - place[has_body])
        alone = np.flatnonzero(~has_body)[(apart_m > np.hypot(sigma[~has_body, None], sigma[has_body])).all(axis=1)]
        self._at: Positions = some(at, alone)

    def other(self, rows: Indices, which: Indices, other: Array, said: Bearings, pose: Array) -> Array:
        """By pair (p) the logarithm of the density of what was said (k) if it is another's than the row's, known or not.

        A body without a claim may be any of these itself: there it stays `other` (k).
        """
        if not len(self._rows) or not len(self._at.t_s):
            return np.asarray(other[which])
        claimed = np.isin(rows, self._rows)
        theirs = np.logaddexp(other, np.logaddexp.reduce(self._likely(said, pose), axis=1))
        return np.asarray(np.where(claimed, theirs[which], other[which]))

    def _likely(self, said: Bearings, pose: Array) -> Array:
        """Logarithm of the density (k, c) of each bearing if it is of each claim, with the error of its mounting, radians."""
        place, velocity = self._at.state[:, :AXES], self._at.state[:, AXES:]
        far = lengths(place - said.origin[0])
        passed_s = said.t_s[:, None] - self._at.t_s - said.sounds[:, None] * far / SOUND_MPS
        there = place + velocity * passed_s[..., None] - said.origin[0]
        flat = np.isinf(said.sigma[:, 1])
        off, slope = angles(there, said.towards, flat)
        sigma = np.hypot(self._at.sigma[:, :AXES], np.minimum(self._at.sigma[:, AXES:], SWIFTEST_MPS) * passed_s[..., None])
        variance = np.matvec(slope**2, np.minimum(sigma, far[:, None]) ** 2)
        variance += (said.sigma**2 + pose[:, None] ** 2)[:, None]
        nats = -0.5 * (off**2 / variance + np.log(2 * np.pi * variance))
        return np.asarray(np.where(flat[:, None], nats[..., 0], nats.sum(axis=-1)))
