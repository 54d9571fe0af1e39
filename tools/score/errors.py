"""How far what a track said is from the truth of the time that it said it of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.bench.gospa import nees
from tools.score.case import Case
from tools.score.fitting import Said, fit
from tools.score.intervals import Estimate
from tools.score.told import Told
from tools.score.truth import Flown, Truth, direction_deg, off_deg, turned_deg

Array = NDArray[np.float64]
PLANE, ANGLE = 2, 1
"""Degrees of freedom of a place in the plane and of an azimuth."""


class Errors(Struct, frozen=True):
    """One row for each new word: `place` (n, 3) metres, `direction` (n, 2) degrees, not numbers where nothing was told."""

    t_s: Array
    range_m: Array
    place: Array
    direction: Array
    nees_place: Array
    nees_bearing: Array
    said: tuple[Said, ...]

    def delay(self) -> Estimate:
        """The shift that fits best, whatever all azimuths and all elevations are wrong by."""
        return fit(self.said, 2).delay_s


def errors_of(case: Case) -> Errors:
    """Of all that tracks newly said of drones."""
    parts: list[tuple[Array, ...]] = []
    said: list[Said] = []
    for answer in case.answers():
        told, flown = case.tracks[answer.track], case.truth.flown[answer.flown]
        parts.append(_errors(case.truth, flown, told, answer.words))
        said += _said(case.truth, flown, told, answer.words)
    if not parts:
        none = np.zeros(0)
        return Errors(none, none, np.zeros((0, 3)), np.zeros((0, 2)), none, none, ())
    t_s, range_m, place, direction, of_place, of_bearing = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Errors(t_s, range_m, place, direction, of_place, of_bearing, tuple(said))


def _errors(truth: Truth, flown: Flown, told: Told, words: NDArray[np.intp]) -> tuple[Array, ...]:
    t_s = told.at_s[words]
    seen = truth.seen(flown, t_s, told.sounds[words])
    place = told.place[words] - truth.stand.at(t_s) - truth.seen(flown, t_s)
    direction = off_deg(told.direction_deg[words], direction_deg(seen))
    return t_s, np.linalg.norm(seen, axis=-1), place, direction, _nees_place(place, told.sigma_m[words]), _nees_bearing(told, words, seen)


def _nees_place(place: Array, sigma_m: Array) -> Array:
    """By the told ellipse, divided by what it should be."""
    axis = np.radians(np.nan_to_num(sigma_m[:, 2]))
    along, aside = np.stack([np.sin(axis), np.cos(axis)], -1), np.stack([np.cos(axis), -np.sin(axis)], -1)
    known = np.isfinite(place[:, 0]) & np.isfinite(sigma_m[:, 0]) & (sigma_m[:, 1] > 0)
    out = np.full(len(place), np.nan)
    if known.any():
        spread = [np.einsum("n,ni,nj->nij", sigma_m[known, k] ** 2, one[known], one[known]) for k, one in enumerate((along, aside))]
        out[known] = nees(place[known, :2], spread[0] + spread[1]) / PLANE
    return out


def _nees_bearing(told: Told, words: NDArray[np.intp], seen: Array) -> Array:
    """Of azimuths, the mounting's error and what is random together."""
    off = turned_deg(told.direction_deg[words, 0] - direction_deg(seen)[:, 0])
    spread = told.sigma_deg[words, 0] ** 2 + told.sigma_deg[words, 2] ** 2
    return np.asarray(off**2 / np.where(spread > 0, spread, np.nan) / ANGLE)


def _said(truth: Truth, flown: Flown, told: Told, words: NDArray[np.intp]) -> list[Said]:
    """Places in two axes, or directions in two angles."""
    placed = words[np.isfinite(told.place[words, 0])]
    if len(placed):
        t_s = told.at_s[placed]
        return [Said(t_s, told.place[placed, axis], _axis(flown, axis), np.subtract) for axis in range(PLANE)]
    t_s, sounds = told.at_s[words], told.sounds[words]
    return directions(truth, flown, t_s, told.direction_deg[words], sounds)


def directions(truth: Truth, flown: Flown, t_s: Array, told_deg: Array, sounds: NDArray[np.bool_]) -> list[Said]:
    """Azimuths, which share the first bias, and elevations, which share the second."""
    said = []
    for angle in range(2):
        known = np.isfinite(told_deg[:, angle])
        off = (lambda one, other: turned_deg(one - other)) if angle == 0 else np.subtract
        said.append(Said(t_s[known], told_deg[known, angle], _angle(truth, flown, sounds[known], angle), off, bias=angle))
    return said


def _axis(flown: Flown, axis: int) -> Callable[[Array], Array]:
    return lambda t_s: flown.at(t_s)[:, axis]


def _angle(truth: Truth, flown: Flown, sounds: NDArray[np.bool_], angle: int) -> Callable[[Array], Array]:
    return lambda t_s: direction_deg(truth.seen(flown, t_s, sounds))[:, angle]
