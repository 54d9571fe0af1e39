"""States of objects that are new: from a bearing alone at every range that there may be, or from a position."""

from __future__ import annotations

import numpy as np

from edge_node.fusion.filter.bank import States, repeated
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import UNKNOWN, Bearings, Positions, across, lengths

NEAREST_M, FARTHEST_M, RANGES = 15.0, 4_000.0, 9
"""Where a small sensor hears or sees a drone at all: in shells equally deep in their logarithm, so that a Gaussian fits (Peach 1995)."""
USUAL_M, USUAL_FACTOR = 200.0, np.e
"""Where it mostly does, and by what factor that is off (one sigma): 95 % lie between 27 m and 1.5 km."""
_EDGES_M = np.geomspace(NEAREST_M, FARTHEST_M, RANGES + 1)
FAR_M, DEPTH_M = (_EDGES_M[1:] + _EDGES_M[:-1]) / 2, (_EDGES_M[1:] - _EDGES_M[:-1]) / np.sqrt(12)
"""Of each shell, and one sigma of it."""
_USUAL = np.exp(-0.5 * (np.log(FAR_M / USUAL_M) / np.log(USUAL_FACTOR)) ** 2)
USUAL = _USUAL / _USUAL.sum()
"""How probable each shell is while nothing tells."""
SPEED_MPS, CLIMB_MPS = 10.0, 3.0
"""One sigma of what is not known of a velocity."""
UNKNOWN_UP_M = 100.0
STEEPEST = np.radians(20.0)
"""One sigma of an elevation that was not measured, about the horizon."""


def ranging(said: Bearings, shared_variance: Array) -> States:
    """One Gaussian for each of RANGES shells about the sensor (n, RANGES, ...)."""
    n, size = len(said.towards), STATE + len(shared_variance)
    axes = across(said.towards)
    mean, cov = np.zeros((n, RANGES, size)), np.zeros((n, RANGES, size, size))
    mean[..., :AXES] = said.origin[:, None] + FAR_M[:, None] * said.towards[:, None]
    sigma = np.where(np.isinf(said.sigma), STEEPEST, said.sigma)
    wide = np.einsum("nda,nd,ndb->nab", axes, sigma**2, axes)[:, None] * (FAR_M**2)[:, None, None]
    deep = said.towards[:, None, :, None] * said.towards[:, None, None, :] * (DEPTH_M**2)[:, None, None]
    cov[..., :AXES, :AXES] = wide + deep
    cov[..., AXES:STATE, AXES:STATE] = np.diag([SPEED_MPS, SPEED_MPS, CLIMB_MPS]) ** 2
    cov[..., STATE:, STATE:] = np.diag(shared_variance)
    _add_mounting(said, axes, shared_variance, cov)
    return States(mean, cov, np.tile(USUAL, (n, 1)), said.t_s.copy())


def shelled(states: States, origin: Array, back: Array) -> States:
    """Each Gaussian of `ranging`, by a share `back` (n) of the way, as far from `origin` (n, 3) as it was begun.

    Scale changes no bearing, and no rate of one.
    """
    place, back = states.mean[..., :AXES] - origin[:, None], back[:, None]
    far = np.maximum(lengths(place), 1.0)
    scale = (FAR_M / far) ** back
    unit = place / far[..., None]
    along = unit[..., :, None] * unit[..., None, :]
    mean, cov = states.mean.copy(), states.cov.copy()
    mean[..., :STATE] *= scale[..., None]
    mean[..., :AXES] = origin[:, None] + place * scale[..., None]
    cov[..., :STATE, :] *= scale[..., None, None]
    cov[..., :STATE] *= scale[..., None, None]
    turn = np.eye(AXES) - back[..., None, None] * along
    cov[..., :AXES, :] = turn @ cov[..., :AXES, :]
    cov[..., :AXES] = cov[..., :AXES] @ turn
    cov[..., :AXES, :AXES] += ((1 - (1 - back) ** 2) * DEPTH_M**2)[..., None, None] * along
    return states._replace(mean=mean, cov=cov)


def located(said: Positions, models: int, shared_variance: Array) -> States:
    """The same Gaussian for each model (n, models, ...)."""
    usual = np.array([UNKNOWN, UNKNOWN, UNKNOWN_UP_M, SPEED_MPS, SPEED_MPS, CLIMB_MPS])
    known, shared = said.sigma < UNKNOWN, np.broadcast_to(shared_variance, (len(said.sigma), len(shared_variance)))
    variance = np.concatenate([np.where(known, said.sigma, usual) ** 2, shared], axis=1)
    mean = np.concatenate([np.where(known, said.state, 0.0), np.zeros_like(shared)], axis=1)
    cov = variance[:, :, None] * np.eye(variance.shape[1])
    return repeated(States(mean[:, None], cov[:, None], np.ones((len(mean), 1)), said.t_s.copy()), models)


def _add_mounting(said: Bearings, axes: Array, shared_variance: Array, cov: Array) -> None:
    """What was measured is the truth and the mounting's error: the farther off, the farther aside."""
    for axis in range(2):
        rows = np.flatnonzero((said.column >= 0) & np.isfinite(said.sigma[:, axis]))
        columns = said.column[rows].astype(np.intp) + axis
        aside = -FAR_M[:, None] * axes[rows, None, axis]
        variance = shared_variance[columns][:, None, None]
        cov[rows, :, :AXES, STATE + columns] = cov[rows, :, STATE + columns, :AXES] = aside * variance
        cov[rows, :, :AXES, :AXES] += aside[..., :, None] * aside[..., None, :] * variance[..., None]
