"""Positions that C2 makes of two nodes' bearings, beside the least errors that there can be, and whether they are as sure as they say.

`EDGE_NODE_TWO_NODES_SEEDS` says how many flights a row has (200).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct

from edge_node.acoustic.direction.bearing_track import BearingTrack
from edge_node.fusion.filter.models import AXES, STRAIGHT, Array, Models
from tools.bench.figure import Figure
from tools.bench.two_nodes_ghosts import told_apart
from tools.bench.two_nodes_scenes import (
    FRAME,
    NODES,
    REPORT_S,
    SIGMA,
    following_bound,
    manoeuvring,
    momentary_bound,
    seen,
    straight,
    told,
)
from tools.c2.bodies import MOTIONS
from tools.c2.crossing import crossings
from tools.c2.following import Following
from tools.c2.fused import Fused
from tools.c2.picture import Event
from tools.c2.reports import report
from tools.c2.triangulation import Fix, Sight

SEEDS = int(os.environ.get("EDGE_NODE_TWO_NODES_SEEDS", "200"))
POSE = np.radians(2.0)
SETTLED_S = 4.0
FINE_S, EVERY = 0.2, 2
"""A node that smooths hears so often, and says every second time what it has smoothed."""
MATCHED = Models(STRAIGHT)
"""A filter that knows how the object moves, and that it never does otherwise: all that is left to be wrong is the filter itself."""
Flight = Callable[[np.random.Generator, float], Array]


class Followed(Struct, frozen=True):
    """Errors (n, steps, 3) of place in metres, their normalised squares in the plane (n, steps), not numbers where nothing was followed."""

    errors_m: Array
    squares: Array
    flights: Array

    @property
    def rms_m(self) -> float:
        """Of all errors, once it has settled."""
        return float(np.sqrt(np.nanmean((self.errors_m**2).sum(axis=-1))))

    @property
    def consistency(self) -> float:
        """Mean of the normalised squares by what it should be: 1."""
        return float(np.nanmean(self.squares)) / 2


def figures() -> Iterator[Figure]:
    """All rows."""
    for name, pose in (("", 0.0), ("_posed", POSE)):
        rms_m, bound_m, consistency = momentary(SEEDS, pose)
        yield Figure(f"fusion.two_nodes.fix{name}_m", rms_m, "m", bound_m, "Cramer-Rao bound")
        yield Figure(f"fusion.two_nodes.fix{name}_nees", consistency, "of what it should be")
        yield from _rows(f"fusion.two_nodes.matched{name}", following(straight, SEEDS, pose, motions=MATCHED), pose)
        for flight in (straight, manoeuvring):
            yield from _rows(f"fusion.two_nodes.{flight.__name__}{name}", following(flight, SEEDS, pose), pose)
        yield from _rows(f"fusion.two_nodes.smoothed{name}", following(straight, SEEDS, pose, smooths=True), pose, FINE_S)
    ghosts = [told_apart(seed) for seed in range(SEEDS)]
    yield Figure("fusion.two_nodes.ghosts_believed", 100 * float(np.mean([ghost for ghost, _ in ghosts])), "% of scenes")
    yield Figure("fusion.two_nodes.ghosts_told_apart_s", float(np.median([after_s for _, after_s in ghosts])), "s", against="median")


def _rows(name: str, made: Followed, pose: float, step_s: float = REPORT_S) -> Iterator[Figure]:
    posterior, each = (float(np.sqrt(np.mean(one[settled(step_s) :] ** 2))) for one in following_bound(made.flights, pose, step_s))
    yield Figure(f"{name}_m", made.rms_m, "m", each, "Cramer-Rao bound of each flight")
    yield Figure(f"{name}_posterior_m", made.rms_m, "m", posterior, "posterior Cramer-Rao bound of all")
    yield Figure(f"{name}_nees", made.consistency, "of what it should be")


def momentary(seeds: int, sigma_pose: float) -> tuple[float, float, float]:
    """Root mean square error of a fix of one moment, its bound, and the mean normalised square in the plane by what it should be."""
    offs, traces, squares = [], [], []
    for seed in range(seeds):
        rng = np.random.default_rng((seed, 1))
        place = straight(rng, REPORT_S)[0, :AXES]
        traces.append(np.trace(momentary_bound(place, sigma_pose)))
        for one in crossings(_sights(list(told(seen(place, rng, _poses(rng, sigma_pose)), 0.0, sigma_pose)))):
            off, square = _error(one.fix, place)
            offs.append(off)
            squares.append(square)
    return float(np.sqrt(np.mean(np.sum(np.square(offs), axis=1)))), float(np.sqrt(np.mean(traces))), float(np.mean(squares)) / 2


def following(flight: Flight, seeds: int, sigma_pose: float, *, smooths: bool = False, motions: Models = MOTIONS) -> Followed:
    """Flights followed by a C2 that hears of them from nothing on, once it has settled; nodes may smooth what they say."""
    step_s = FINE_S if smooths else REPORT_S
    made = [_followed(flight, np.random.default_rng((seed, 2)), sigma_pose, Following(motions), smooths) for seed in range(seeds)]
    errors, squares, flights = (np.array(one) for one in zip(*made, strict=True))
    return Followed(errors[:, settled(step_s) :], squares[:, settled(step_s) :], flights)


def settled(step_s: float) -> int:
    """The first step from which on errors count."""
    return round(SETTLED_S / step_s)


def _followed(
    flight: Flight, rng: np.random.Generator, sigma_pose: float, following: Following, smooths: bool
) -> tuple[Array, Array, Array]:
    step_s = FINE_S if smooths else REPORT_S
    states, poses = flight(rng, step_s), _poses(rng, sigma_pose)
    smoothing: list[BearingTrack] = []
    errors, squares = np.full((len(states), AXES), np.nan), np.full(len(states), np.nan)
    for step, state in enumerate(states):
        t_s, towards, sigma = step * step_s, seen(state[:AXES], rng, poses), np.full(len(NODES), SIGMA)
        if smooths:
            towards, sigma = _smoothed(smoothing, towards, t_s)
        if not smooths or step % EVERY == 0:
            for event in told(towards, t_s, sigma_pose, sigma):
                following.take(event, t_s)
        following.advance(t_s)
        if following.objects and following.advanced_s == t_s:
            errors[step], squares[step] = _error(following.objects[0], state[:AXES])
    return errors, squares, states


def _smoothed(tracks: list[BearingTrack], towards: Array, t_s: float) -> tuple[Array, Array]:
    """As microphones smooth bearings."""
    noise = np.eye(2) * SIGMA**2
    if not tracks:
        tracks += [BearingTrack(number, t_s, one, noise) for number, one in enumerate(towards)]
    for track, one in zip(tracks, towards, strict=True):
        if t_s > track.t_s:
            track.predict(t_s)
            track.update(one, noise)
    told_of = [track.whence(0.0) for track in tracks]
    return np.array([track.direction for track in tracks]), np.radians([one.sigma_elevation_deg or 0.0 for one in told_of])


def _sights(said: list[Event]) -> Iterator[Sight]:
    """What is told in pairs of status and tracks."""
    for status, tracks in zip(said[::2], said[1::2], strict=True):
        one = report((tracks["node8"], 1, 1), tracks["tracks"][0], status["place"], 0.0, 0.0)
        if one is not None:
            yield one.sight(0.0)


def _poses(rng: np.random.Generator, sigma_pose: float) -> Array:
    return rng.normal(0, 1, (len(NODES), 2)) * sigma_pose


def _error(one: Fix | Fused, place: Array) -> tuple[Array, float]:
    """Metres (3), and the square in the plane by the ellipse."""
    off = np.array(FRAME.to_enu(one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m or FRAME.altitude_wgs84_m)) - place
    axis = np.radians(one.major_axis_deg)
    along, aside = off[0] * np.sin(axis) + off[1] * np.cos(axis), off[0] * np.cos(axis) - off[1] * np.sin(axis)
    return off, float((along / one.sigma_major_m) ** 2 + (aside / one.sigma_minor_m) ** 2)
