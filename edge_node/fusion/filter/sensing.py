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
LEAST_LEAN, LEAST_SINE = 1e-9, 1e-12
"""Of what is nearer to the zenith, and of what fits better, no direction in the plane across is known."""
LEVEL = np.array([1.0, 1.0, 0.0])
BOTH, NO_WAY = np.eye(2), np.eye(STATE)
"""What leaves both angles, and a whole state, as they are."""


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
    """Place and velocity (n, 6) in east, north, up of `t_s` (n), with sigmas (n, 6); UNKNOWN where nothing was said.

    `column` (n) is the first of the three shared errors, east, north and up, that the places of one source have, -1 for none.
    """

    state: Array
    sigma: Array
    t_s: Array
    column: Array


def lengths(vectors: Array) -> Array:
    """Of vectors (..., d)."""
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)))


def across(towards: Array) -> Array:
    """Unit vectors (n, 2, 3) along rising azimuth and rising elevation; at the zenith azimuth is north's."""
    east, north, up = towards.T
    flat = np.hypot(east, north)
    leans, safe = flat > LEAST_LEAN, np.maximum(flat, LEAST_LEAN)
    sine, cosine = np.where(leans, east / safe, 0.0), np.where(leans, north / safe, 1.0)
    axes = np.zeros((len(towards), 2, AXES))
    axes[:, 0, 0], axes[:, 0, 1] = cosine, -sine
    axes[:, 1, 0], axes[:, 1, 1], axes[:, 1, 2] = -sine * up, -cosine * up, flat
    return axes


def of_bearings(states: States, said: Bearings, models: Models) -> Linear:
    """What states (at the time of what is said, or later) predict of bearings, in radians."""
    lag_s = (states.t_s - said.t_s)[:, None]
    if said.sounds.any():
        sounded_m = lengths(states.mean[..., :AXES] - said.origin[:, None])
        lag_s = lag_s + said.sounds[:, None] * sounded_m / SOUND_MPS
    then, flat = _then(states, lag_s, models), np.isinf(said.sigma[:, 1])
    off, slope = angles(then.state[..., :AXES] - said.origin[:, None], said.towards, flat)
    noise = (np.where(np.isinf(said.sigma), 1.0, said.sigma) ** 2)[:, None, :, None] * BOTH
    if then.noise is not None:
        noise = noise + slope @ then.noise[..., :AXES, :AXES] @ slope.swapaxes(-1, -2)
    slope = slope @ then.back[..., :AXES, :]
    whole = _whole(slope, states)
    shared = whole[..., STATE:]
    if shared.shape[-1]:
        mounted = said.column[:, None] == np.arange(shared.shape[-1])
        shared[..., 0, :] = mounted[:, None]
        shared[..., 1, 1:] = (mounted[:, :-1] & ~flat[:, None])[:, None]
        off = off - np.matvec(shared, states.mean[..., STATE:])
    return Linear(off, whole, noise)


def of_positions(states: States, said: Positions, models: Models) -> Linear:
    """What states (at the time of what is said, or later) predict of place and, if any of these says it, of velocity."""
    then = _then(states, (states.t_s - said.t_s)[:, None], models)
    size = AXES if says_no_velocity(said) else STATE
    unsaid = (said.sigma[:, :size] >= UNKNOWN)[:, None]
    off = np.where(unsaid, 0.0, said.state[:, None, :size] - then.state[..., :size])
    noise = (said.sigma[:, :size] ** 2)[:, None, :, None] * np.eye(size)
    if then.noise is not None:
        noise = noise + then.noise[..., :size, :size]
    whole = _whole(then.back[..., :size, :], states)
    shared = whole[..., STATE:]
    if (said.column >= 0).any():
        for axis in range(AXES):
            own = np.where(said.column >= 0, said.column + axis, -1)
            shared[..., axis, :] = (own[:, None] == np.arange(shared.shape[-1]))[:, None]
        off = off - np.matvec(shared, states.mean[..., STATE:])
    return Linear(off, whole, noise)


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
    """Each mixture's own way back by a lag (n, 1 or m) of its own."""
    if not lag_s.any():
        return _Then(states.mean[..., :STATE], NO_WAY, None)
    back, noise = models.back(np.maximum(lag_s, 0.0))
    return _Then(np.matvec(back, states.mean[..., :STATE]), back, noise)


def angles(place: Array, towards: Array, flat: NDArray[np.bool_]) -> tuple[Array, Array]:
    """By how much directions (n, 3) are off places (n, m, 3) along rising azimuth and elevation, and how that changes with the place."""
    some_flat = bool(flat.any())
    if some_flat:
        towards = np.where(flat[:, None], _level(towards), towards)
        place = np.where(flat[:, None, None], place * LEVEL, place)
    axes = across(towards)[:, None]
    far = np.maximum(lengths(place), NEAREST_M)
    unit = place / far[..., None]
    part = np.matvec(axes, unit)
    if some_flat:
        part[flat, :, 1] = 0.0
    sine = lengths(part)
    angle = np.arctan2(sine, np.vecdot(unit, towards[:, None]))
    off = part * (-angle / np.maximum(sine, LEAST_SINE))[..., None]
    slope = (axes - part[..., None] * unit[..., None, :]) / far[..., None, None]
    if some_flat:
        slope[flat, :, 1] = 0.0
    return off, slope


def _whole(slope: Array, states: States) -> Array:
    """With no part in it of the errors that are shared; of each state (n, m, d, 6 + shared) even where all have the same slope."""
    n, many, size = states.mean.shape
    whole = np.zeros((n, many, slope.shape[-2], size))
    whole[..., :STATE] = slope
    return whole


def _level(towards: Array) -> Array:
    flat = towards * LEVEL
    return np.asarray(flat / np.maximum(lengths(flat), LEAST_LEAN)[..., None])
