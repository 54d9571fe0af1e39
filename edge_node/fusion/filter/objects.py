"""All objects of one node that bearings and positions speak of, in arrays: begun, carried on, weighed and corrected many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter import births
from edge_node.fusion.filter.bank import (
    Indices,
    Linear,
    States,
    Weight,
    collapsed,
    corrected,
    of_those,
    predicted,
    repeated,
    roomier,
    weighed,
)
from edge_node.fusion.filter.models import AXES, HOVERS, STATE, STRAIGHT, TURNS_LEFT, TURNS_RIGHT, WANDERS, Array, Models
from edge_node.fusion.filter.sensing import SOUND_MPS, Bearings, Positions, lengths, of_bearings, of_positions, of_ranges, says_no_velocity

MOTIONS, WANDERING = Models(HOVERS, STRAIGHT, TURNS_RIGHT, TURNS_LEFT), Models(WANDERS)
SURE_OF_RANGE = 0.25
"""One sigma of the logarithm of a range from which on one Gaussian in metres says all."""
FORGETS_S = 0.5
"""What a bearing's changes say of range rests on how the object is taken to move, which nobody knows: it is forgotten in this time."""
RETURNS_S = 20.0
"""Shells drift off on the same ground; they come back in this time."""
CROSSES, CROSSES_S = 0.1, 2.0
"""Bearings of two places so far apart, as a share of the range, and within this time, tell a range; how an object moves does not."""
LEAST_WEIGHT = 1e-9
FEW = 16
"""Rows for which there is room from the beginning."""


class Part(NamedTuple):
    """Those (`which`) of the measurements that are of objects of one kind, the objects at their time, and what they predict of them."""

    which: Indices
    located: bool
    states: States
    measured: Linear
    weight: Weight


class Weighed(NamedTuple):
    """How likely (n, natural logarithm) each measurement is of its object."""

    likely: Array
    parts: list[Part]


class Objects:
    """Objects by row; `located` says whose range is known. Bearings of sounds are of where the object was when it sent them."""

    def __init__(self, shared_variance: Array, capacity: int, motions: Models = MOTIONS) -> None:
        self._motions = motions
        self.shared_variance = shared_variance
        size, rows = STATE + len(shared_variance), min(capacity, FEW)
        self.located = np.zeros(capacity, bool)
        self._ranging, self._located = _room(rows, births.RANGES, size), _room(rows, len(motions), size)
        self._seen_from, self._seen_s = np.zeros((capacity, AXES)), np.full(capacity, -np.inf)

    def share(self, variance: float, many: int = 2) -> int:
        """The first column of `many` more errors that measurements of one source share: angles' (square radians) or places' (m2)."""
        column = len(self.shared_variance)
        self.shared_variance = np.append(self.shared_variance, [variance] * many)
        self._ranging, self._located = (roomier(states, variance, many) for states in (self._ranging, self._located))
        return column

    def _hold(self, *rows: int) -> None:
        """Room for these rows: mixtures are large, and few rows are ever in use."""
        has = len(self._ranging.t_s)
        if max(rows, default=0) >= has:
            more, size = max(max(rows) + 1 - has, has), STATE + len(self.shared_variance)
            self._ranging = _beside(self._ranging, _room(more, births.RANGES, size))
            self._located = _beside(self._located, _room(more, len(self._motions), size))

    def wander(self, row: int, column: int, keeps: float, variance: Array) -> None:
        """Let shared errors (k) of an object wander (Gauss-Markov, first order): a share of each stays, `variance` (k) in the long run."""
        which = slice(STATE + column, STATE + column + len(variance))
        for states in (self._ranging, self._located):
            states.mean[row, :, which] *= keeps
            states.cov[row, :, which] *= keeps
            states.cov[row, :, :, which] *= keeps
            states.cov[row, :, which, which] += np.diag((1 - keeps**2) * variance)

    def renew(self, rows: Indices, column: int, variance: Array) -> None:
        """Forget what is known of two shared errors of some objects: another sensor has them now, of `variance` (n) in square radians."""
        for states in (self._ranging, self._located):
            for one in (STATE + column, STATE + column + 1):
                states.mean[rows, :, one] = 0.0
                states.cov[rows, :, one] = states.cov[rows, :, :, one] = 0.0
                states.cov[rows, :, one, one] = variance[:, None]

    def move(self, offset_m: Array) -> None:
        """Tell all of them from another origin: by how much (3) each is moved."""
        self._ranging.mean[..., :AXES] += offset_m
        self._located.mean[..., :AXES] += offset_m
        self._seen_from += offset_m

    def begin_by_bearing(self, rows: Indices, said: Bearings) -> None:
        """Objects of which nothing but a direction is known."""
        self._hold(*rows.tolist())
        self.located[rows] = False
        self._ranging.put(rows, births.ranging(said, self.shared_variance))
        self._seen_from[rows], self._seen_s[rows] = said.origin, said.t_s

    def begin_by_position(self, rows: Indices, said: Positions) -> None:
        """Objects of which a place is known."""
        self._hold(*rows.tolist())
        self.located[rows] = True
        self._located.put(rows, births.located(said, len(self._motions), self.shared_variance))

    def weigh_bearings(self, rows: Indices, said: Bearings) -> Weighed:
        """Objects (n, which may repeat) beside bearings (n); nothing is changed by it."""
        likely, parts = np.empty(len(rows)), []
        for which, located in self._parts(rows):
            some = of_those(said, which)
            states = self._ahead(rows[which], some.t_s, located)
            measured = of_bearings(states, some, self._models(located))
            parts.append(Part(which, located, states, measured, weighed(states, measured)))
            likely[which] = parts[-1].weight.likely
        return Weighed(likely, parts)

    def weigh_positions(self, rows: Indices, said: Positions) -> Weighed:
        """Objects (n, which may repeat) beside positions (n); nothing is changed by it."""
        likely, parts = np.empty(len(rows)), []
        for which, located in self._parts(rows):
            some = of_those(said, which)
            states = self._ahead(rows[which], some.t_s, located)
            measured = of_positions(states, some, self._models(located))
            parts.append(Part(which, located, states, measured, weighed(states, measured)))
            unsaid = np.log(some.sigma[:, AXES:] * np.sqrt(2 * np.pi)).sum(axis=1) if says_no_velocity(some) else 0.0
            likely[which] = parts[-1].weight.likely - unsaid
        return Weighed(likely, parts)

    def keep_bearings(self, rows: Indices, said: Bearings, found: Weighed, chosen: NDArray[np.bool_]) -> None:
        """Make those of what was weighed that were chosen (n, bool; a row once) what is known."""
        self._keep(rows, found, chosen)
        picked, origin, t_s = rows[chosen], said.origin[chosen], said.t_s[chosen]
        apart_m = lengths(origin - self._seen_from[picked])
        crosses = (apart_m > 0) & (t_s - self._seen_s[picked] < CROSSES_S)
        self._seen_from[picked], self._seen_s[picked] = origin, t_s
        if crosses.any():
            self._settle(picked[crosses], apart_m[crosses] / CROSSES)

    def keep_positions(self, rows: Indices, found: Weighed, chosen: NDArray[np.bool_]) -> None:
        """Make those of what was weighed that were chosen (n, bool; a row once) what is known."""
        self._keep(rows, found, chosen)
        self._settle(rows[chosen], np.full(int(chosen.sum()), np.inf))

    def take_ranges(self, rows: Indices, range_m: Array, sigma: Array, origin: Array) -> None:
        """A range of each object from `origin` (n, 3) as of its newest state, known to a share `sigma` of it."""
        for part, which in self._parts(rows):
            states = self._pool(which).of(rows[part])
            measured = of_ranges(states, range_m[part], sigma[part], origin[part])
            self._pool(which).put(rows[part], corrected(states, measured, weighed(states, measured)))
        self._settle(rows, np.full(len(rows), np.inf))

    def at(self, rows: Indices, t_s: Array) -> States:
        """One Gaussian (n, 1, ...) for each object as of some time that is not before its newest state; nothing is changed by it."""
        return self._joined(rows, [(which, self._ahead(rows[which], t_s[which], located)) for which, located in self._parts(rows)])

    def newest(self, rows: Indices) -> States:
        """One Gaussian (n, 1, ...) for each object as of its newest state."""
        return self._joined(rows, list(self.mixtures(rows)))

    def is_surer(self, row: int, other: int) -> bool:
        """Whether the first is known better: in place before direction alone, then by the volume in which it may be."""
        if self.located[row] != self.located[other]:
            return bool(self.located[row])
        cov = self.newest(np.array([row, other])).cov[:, 0, :AXES, :AXES]
        return bool(np.linalg.slogdet(cov[0])[1] < np.linalg.slogdet(cov[1])[1])

    def copy(self, row: int, other: int) -> None:
        """Make the second what the first is."""
        self._hold(other)
        for pool in (self._ranging, self._located):
            pool.put(np.array([other]), pool.of(np.array([row])))
        self.located[other], self._seen_from[other], self._seen_s[other] = self.located[row], self._seen_from[row], self._seen_s[row]

    def exchange(self, row: int, other: int) -> None:
        """Make each what the other is."""
        self._hold(row, other)
        both = np.array([row, other])
        for pool in (self._ranging, self._located):
            pool.put(both, pool.of(both[::-1]))
        for each in (self.located, self._seen_from, self._seen_s):
            each[both] = each[both[::-1]]

    def placed(self, rows: Indices) -> States:
        """Mixtures of objects with a place, a copy to remember."""
        return self._located.of(rows)

    def likely_now(self, before: States, rows: Indices) -> Array:
        """How likely (k, n, natural logarithm) k remembered objects with a place are what n rows are now, in place and velocity."""
        then, now = (one.ravel() for one in np.indices((len(before.t_s), len(rows))))
        found = self.newest(rows).of(now)
        ahead = predicted(before.of(then), found.t_s, self._motions, mixes=True)
        slope = np.broadcast_to(np.eye(STATE, before.mean.shape[-1]), (*ahead.mean.shape[:2], STATE, before.mean.shape[-1]))
        measured = Linear(found.mean[..., :STATE] - ahead.mean[..., :STATE], slope, found.cov[..., :STATE, :STATE])
        return weighed(ahead, measured).likely.reshape(len(before.t_s), len(rows))

    def mixtures(self, rows: Indices) -> Iterator[tuple[Indices, States]]:
        """Which of these rows have mixtures of one kind, and those as of their newest states."""
        for part, located in self._parts(rows):
            yield part, self._pool(located).of(rows[part])

    def heard(self, rows: Indices) -> Array:
        """Where objects were (n, 3) when they sent what is heard of them as of their newest state."""
        out = np.empty((len(rows), AXES))
        for part, states in self.mixtures(rows):
            place, velocity = states.mean[..., :AXES], states.mean[..., AXES:STATE]
            lag_s = lengths(place - self._seen_from[rows[part], None])[..., None] / SOUND_MPS
            out[part] = np.vecmat(states.weight, place - velocity * lag_s)
        return out

    def _joined(self, rows: Indices, parts: Sequence[tuple[Indices, States]]) -> States:
        """All of these rows in their order, each as one Gaussian."""
        each = [(which, collapsed(states)) for which, states in parts]
        if len(each) == 1:
            return each[0][1]
        size = STATE + len(self.shared_variance)
        out = States(np.empty((len(rows), 1, size)), np.empty((len(rows), 1, size, size)), np.ones((len(rows), 1)), np.empty(len(rows)))
        for which, states in each:
            out.put(which, states)
        return out

    def _keep(self, rows: Indices, found: Weighed, chosen: NDArray[np.bool_]) -> None:
        for part in found.parts:
            taken = np.flatnonzero(chosen[part.which])
            if len(taken):
                after = corrected(of_those(part.states, taken), of_those(part.measured, taken), of_those(part.weight, taken))
                self._pool(part.located).put(rows[part.which[taken]], after)

    def _models(self, located: bool) -> Models:
        return self._motions if located else WANDERING

    def _pool(self, located: bool) -> States:
        return self._located if located else self._ranging

    def _parts(self, rows: Indices) -> list[tuple[Indices, bool]]:
        """Which of these are of one kind, in their order."""
        known = self.located[rows]
        some = int(np.count_nonzero(known))
        if some in (0, len(rows)):
            return [(np.arange(len(rows)), bool(some))] if len(rows) else []
        return [(np.flatnonzero(~known), False), (np.flatnonzero(known), True)]

    def _ahead(self, rows: Indices, t_s: Array, located: bool) -> States:
        """Objects (n, which may repeat) as of these times or, where they are known as of later ones already, as of those."""
        if len(set(rows.tolist())) < len(rows):
            only, again = np.unique(rows, return_inverse=True)
            when_s = np.full(len(only), -np.inf)
            np.maximum.at(when_s, again, t_s)
            return self._each_ahead(only, when_s, located).of(again)
        return self._each_ahead(rows, t_s, located)

    def _each_ahead(self, rows: Indices, t_s: Array, located: bool) -> States:
        """The same of rows of which none repeats."""
        states = self._pool(located).of(rows)
        ahead = predicted(states, t_s, self._models(located), located)
        if not located:
            passed_s = ahead.t_s - states.t_s
            weight = births.USUAL * np.maximum(ahead.weight / births.USUAL, LEAST_WEIGHT) ** np.exp(-passed_s / FORGETS_S)[:, None]
            ahead = ahead._replace(weight=weight / weight.sum(axis=1, keepdims=True))
            ahead = births.shelled(ahead, self._seen_from[rows], 1 - np.exp(-passed_s / RETURNS_S))
        return ahead

    def _settle(self, rows: Indices, most_m: Array) -> None:
        """Objects within `most_m` (n) of which the range is known by now go on as objects with a place."""
        open_ = np.flatnonzero(~self.located[rows])
        if not len(open_):
            return
        rows, most_m = rows[open_], most_m[open_]
        whole = collapsed(self._ranging.of(rows))
        place = whole.mean[:, 0, :AXES] - self._seen_from[rows]
        far = np.maximum(lengths(place), 1.0)
        towards = place / far[:, None]
        spread = np.vecdot(towards, np.matvec(whole.cov[:, 0, :AXES, :AXES], towards))
        sure = np.flatnonzero((spread < (SURE_OF_RANGE * far) ** 2) & (far <= most_m))
        self._located.put(rows[sure], repeated(whole.of(sure), len(self._motions)))
        self.located[rows[sure]] = True


def _beside(states: States, more: States) -> States:
    return States(*(np.concatenate(both) for both in zip(states, more, strict=True)))


def _room(capacity: int, mixture: int, size: int) -> States:
    return States(
        np.zeros((capacity, mixture, size)),
        np.tile(np.eye(size), (capacity, mixture, 1, 1)),
        np.full((capacity, mixture), 1 / mixture),
        np.zeros(capacity),
    )
