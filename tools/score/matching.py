"""Moment by moment, which track is of which object: global nearest neighbour within a gate (Blackman and Popoli 1999)."""

from __future__ import annotations

from collections.abc import Sequence

import lap
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.score.told import Told
from tools.score.truth import Truth, direction_deg, off_deg

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

EVERY_S = 0.5
HOLDS_S = 3.0
"""A node says each live track once a second at the least: what is silent for longer is no longer in the picture."""
MOST_AHEAD_S = 3.0
GATE_M, GATE_DEG = 40.0, 12.0
"""So wide that a sensor that stands a few degrees askew is wrong and not blind."""
KEEPS = 0.1
"""What was together a moment ago is this share of the gate nearer: two that cross do not change because of noise."""
FAR, MOST_GAIN = -10.0, 1.0 + KEEPS
NOBODY = -1


class Matched(Struct, frozen=True):
    """Of moments `t_s` (n): whose track an object has, `owner` (n, objects); what each track is near, `near` (n, tracks); NOBODY for none.

    `alive` (n, tracks) are tracks that are confirmed and have a place or a direction then; `places` (n, tracks, 3) and `directions`
    (n, tracks, 2) are as C2 carries them on to the moment. `range_m` (n, objects) is not a number where an object does not fly.
    """

    t_s: Array
    owner: Indices
    near: Indices
    alive: Flags
    places: Array
    directions: Array
    range_m: Array


def pairs(costs: Array, kept: Flags | None = None) -> list[tuple[int, int]]:
    """Rows and columns that belong together by costs in gates (r, c): each once, none of a gate or more, the least costs altogether."""
    if not (costs < 1.0).any():
        return []
    gain = np.where(costs < 1.0, 1.0 - costs, FAR)
    if kept is not None:
        gain = gain + KEEPS * kept
    _, to, _ = lap.lapjv(MOST_GAIN - gain, extend_cost=True, cost_limit=MOST_GAIN)
    return [(row, int(column)) for row, column in enumerate(to) if column >= 0 and gain[row, column] > 0]


def matched(truth: Truth, tracks: Sequence[Told], seconds: float) -> Matched:
    """All moments of a scene."""
    t_s = np.arange(EVERY_S, max(seconds, EVERY_S) + EVERY_S / 2, EVERY_S)
    alive, places, directions, sounds = _picture(tracks, t_s)
    shape = len(t_s), len(truth.flown)
    owner, range_m = np.full(shape, NOBODY), np.full(shape, np.nan)
    near = np.full(alive.shape, NOBODY)
    for k, flown in enumerate(truth.flown):
        lives = flown.lives(t_s)
        range_m[lives, k] = np.linalg.norm(truth.seen(flown, t_s[lives]), axis=-1)
    costs = _costs(truth, t_s, (places, directions, sounds), np.isfinite(range_m), alive)
    before = np.zeros(costs.shape[1:], bool)
    for moment, cost in enumerate(costs):
        found = pairs(cost, before)
        before = np.zeros_like(before)
        for row, column in found:
            owner[moment, row] = column
            before[row, column] = True
        if cost.size:
            best = cost.argmin(axis=0)
            near[moment] = np.where(cost.min(axis=0) < 1.0, best, NOBODY)
            for row, column in found:
                near[moment, column] = row
    return Matched(t_s, owner, near, alive, places, directions, range_m)


def _picture(tracks: Sequence[Told], t_s: Array) -> tuple[Flags, Array, Array, Flags]:
    """What C2 knew of every track at every moment, carried on to it."""
    shape = len(t_s), len(tracks)
    alive, sounds = np.zeros(shape, bool), np.zeros(shape, bool)
    places, directions = np.full((*shape, 3), np.nan), np.full((*shape, 2), np.nan)
    for k, told in enumerate(tracks):
        last = np.searchsorted(told.heard_s, t_s, side="right") - 1
        known = (last >= 0) & (t_s - told.heard_s[np.maximum(last, 0)] <= HOLDS_S)
        last = last[known]
        ahead_s = np.clip(t_s[known] - told.at_s[last], -MOST_AHEAD_S, MOST_AHEAD_S)[:, None]
        places[known, k] = told.place[last] + ahead_s * told.velocity[last]
        directions[known, k] = told.direction_deg[last] + ahead_s * told.rates_dps[last]
        somewhere = np.isfinite(told.place[last, 0]) | np.isfinite(told.direction_deg[last, 0])
        alive[known, k] = told.confirmed[last] & somewhere
        sounds[known, k] = told.sounds[last]
    return alive, places, directions, sounds


def _costs(truth: Truth, t_s: Array, picture: tuple[Array, Array, Flags], lives: Flags, alive: Flags) -> Array:
    """Distances in gates (n, objects, tracks): of places in metres where a track has one, else of directions."""
    places, directions, sounds = picture
    costs = np.full((len(t_s), lives.shape[1], alive.shape[1]), np.inf)
    here = truth.stand.at(t_s)
    for k, flown in enumerate(truth.flown):
        there = truth.seen(flown, t_s)
        heard = truth.seen(flown, t_s, sounds=True)
        for j in range(alive.shape[1]):
            true = np.where(sounds[:, j, None], heard, there)
            cost = np.where(
                np.isfinite(places[:, j, 0]),
                apart_m(places[:, j], there + here) / GATE_M,
                apart_deg(directions[:, j], direction_deg(true)) / GATE_DEG,
            )
            costs[:, k, j] = np.where(lives[:, k] & alive[:, j] & np.isfinite(cost), cost, np.inf)
    return costs


def apart_m(told: Array, true: Array) -> Array:
    """Metres between places; in the plane where no height is told."""
    off = told - true
    return np.asarray(np.sqrt(np.nansum(off**2, axis=-1)))


def apart_deg(told: Array, true: Array) -> Array:
    """Degrees between directions; along the horizon where no elevation is told."""
    return np.asarray(np.sqrt(np.nansum(off_deg(told, true) ** 2, axis=-1)))
