"""Bearings, ranges and positions as a mixture of states predicts them, at the time at which they were true."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.bank import Linear, States
from edge_node.fusion.filter.models import AXES, STATE, Array, Models

SOUND_MPS = 340.0
NEAREST_M = 0.5
UNKNOWN = 1e6
"""One sigma, in metres or metres a second, of what a position did not say."""


class Bearings(NamedTuple):
    """Unit vectors `towards` (n, 3) in east, north, up at `t_s` (n), with sigmas (n, 2) in radians across azimuth and along elevation.

    Sigma of elevation is infinite where none was measured. `sounds` (n) were on their way from there; `column` (n) is the first of the two
    shared errors that the sensor's mounting has among all, -1 for none. `origin` (n, 3) is where the sensor stood, metres.
    """

    towards: Array
    sigma: Array
    t_s: Array
    sounds: Array
    column: Array
    origin: Array


class Positions(NamedTuple):
    """Place and velocity (n, 6) in east, north, up of `t_s` (n), with sigmas (n, 6); UNKNOWN where nothing was said."""

    state: Array
    sigma: Array
    t_s: Array


def across(towards: Array) -> Array:
    """Unit vectors (n, 2, 3) along rising azimuth and rising elevation; at the zenith azimuth is north's."""
    east, north, up = towards.T
    flat = np.hypot(east, north)
    safe = np.maximum(flat, 1e-9)
    sine, cosine = np.where(flat > 1e-9, east / safe, 0.0), np.where(flat > 1e-9, north / safe, 1.0)
    zero = np.zeros_like(up)
    rising = np.stack([cosine, -sine, zero], axis=-1)
    climbing = np.stack([-sine * up, -cosine * up, flat], axis=-1)
    return np.stack([rising, climbing], axis=-2)


def of_bearings(states: States, said: Bearings, models: Models) -> Linear:
    """What states (at the time of what is said, or later) predict of bearings, in radians."""
    sounded_m = np.linalg.norm(states.mean[..., :AXES] - said.origin[:, None], axis=-1)
    then = _then(states, (states.t_s - said.t_s)[:, None] + said.sounds[:, None] * sounded_m / SOUND_MPS, models)
    flat = np.isinf(said.sigma[:, 1])
    off, slope = _angles(then.state[..., :AXES] - said.origin[:, None], said.towards, flat)
    slope = slope @ then.back[..., :AXES, :]
    noise = (np.where(np.isinf(said.sigma), 1.0, said.sigma) ** 2)[:, None, :, None] * np.eye(2)
    if then.noise is not None:
        noise = noise + slope @ then.noise @ slope.swapaxes(-1, -2)
    whole = _whole(slope, states)
    known = np.flatnonzero(said.column >= 0)
    columns = STATE + said.column[known].astype(np.intp)
    whole[known, :, 0, columns] = 1.0
    whole[known, :, 1, columns + 1] = np.where(flat[known], 0.0, 1.0)[:, None]
    aside = (whole[..., STATE:] @ states.mean[..., STATE:, None])[..., 0]
    return Linear(off - aside, whole, noise)


def of_positions(states: States, said: Positions, models: Models) -> Linear:
    """What states (at the time of what is said, or later) predict of place and, if any of these says it, of velocity."""
    then = _then(states, np.broadcast_to((states.t_s - said.t_s)[:, None], states.weight.shape), models)
    size = AXES if says_no_velocity(said) else STATE
    off = np.where((said.sigma[:, :size] >= UNKNOWN)[:, None], 0.0, said.state[:, None, :size] - then.state[..., :size])
    noise = (said.sigma[:, :size] ** 2)[:, None, :, None] * np.eye(size)
    if then.noise is not None:
        noise = noise + then.noise[..., :size, :size]
    back = np.broadcast_to(then.back, (*states.weight.shape, STATE, STATE))[..., :size, :]
    return Linear(off, _whole(back, states), noise)


def says_no_velocity(said: Positions) -> bool:
    """Whether none of them does."""
    return bool((said.sigma[:, AXES:] >= UNKNOWN).all())


def of_ranges(states: States, range_m: Array, sigma: Array, origin: Array) -> Linear:
    """What states predict of the logarithm of a range (n) from `origin` (n, 3), known to a share `sigma` (n) of it."""
    place = states.mean[..., :AXES] - origin[:, None]
    far = np.maximum(np.linalg.norm(place, axis=-1), NEAREST_M)
    slope = np.zeros((*far.shape, 1, STATE))
    slope[..., 0, :AXES] = place / (far**2)[..., None]
    off = np.log(range_m)[:, None, None] - np.log(far)[..., None]
    return Linear(off, _whole(slope, states), (sigma**2)[:, None, None, None])


class _Then(NamedTuple):
    """States as of earlier times, the way `back` to them, and its noise, None where there is no way."""

    state: Array
    back: Array
    noise: Array | None


def _then(states: States, lag_s: Array, models: Models) -> _Then:
    """Each mixture's own way back by a lag (n, m) of its own."""
    if not lag_s.any():
        return _Then(states.mean[..., :STATE], np.eye(STATE), None)
    back, noise = models.back(np.maximum(lag_s, 0.0))
    return _Then((back @ states.mean[..., :STATE, None])[..., 0], back, noise)


def _angles(place: Array, towards: Array, flat: NDArray[np.bool_]) -> tuple[Array, Array]:
    """By how much directions (n, 3) are off places (n, m, 3) along rising azimuth and elevation, and how that changes with the place."""
    towards = np.where(flat[:, None], _level(towards), towards)
    axes = across(towards)
    seen = np.where(flat[:, None, None], place * (1.0, 1.0, 0.0), place)
    far = np.maximum(np.linalg.norm(seen, axis=-1), NEAREST_M)
    unit = seen / far[..., None]
    part = (axes[:, None] @ unit[..., None])[..., 0]
    part[flat, :, 1] = 0.0
    sine = np.linalg.norm(part, axis=-1)
    angle = np.arctan2(sine, (unit * towards[:, None]).sum(axis=-1))
    off = -part * (angle / np.maximum(sine, 1e-12))[..., None]
    slope = (axes[:, None] - part[..., None] * unit[..., None, :]) / far[..., None, None]
    slope[flat, :, 1] = 0.0
    return off, slope


def _whole(slope: Array, states: States) -> Array:
    """With no part in it of the errors that are shared."""
    return np.concatenate([slope, np.zeros((*slope.shape[:-1], states.mean.shape[-1] - STATE))], axis=-1)


def _level(towards: Array) -> Array:
    flat = towards * (1.0, 1.0, 0.0)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-9))
