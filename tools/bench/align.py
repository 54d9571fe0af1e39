"""Sensors aligned by a flight with Remote ID: how far off, how honestly, and whether a poor flight is called one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import inf
from random import Random
from typing import Literal, NamedTuple

import numpy as np

from edge_node.field.align.alignment import Alignment, align
from edge_node.field.align.bearings import Pose
from edge_node.field.align.lines import vector_of
from edge_node.field.align.path import Array, Path, Stand, chosen, path_of
from edge_node.geometry import LocalFrame
from edge_node.timebase import Timebase
from tools.bench.align_bound import Bound, bound
from tools.bench.align_flights import (
    ACROSS,
    AROUND,
    BEGUN_NS,
    CLIMB,
    HERE,
    HOVER,
    MAST_M,
    RADIAL,
    SECONDS,
    UTC_NS,
    Corner,
    circle,
    remote_id,
    world,
)
from tools.bench.align_sensed import EARS, EYE, MEASURED, TEMPERATURE_C, Bearing, heard, late, seen
from tools.bench.figure import Figure
from tools.simulate.world import World

SEEDS = int(os.environ.get("EDGE_NODE_ALIGN_SEEDS", "20"))
LATE_S = 0.8
WRONG = Pose(15.0, 5.0, 4.0)
WITHIN_DEG, WITHIN_S = 1.0, 0.1
PLACE_SIGMA_M = (1.5, 1.5, 2.5)
"""Of the node's own place as its configuration has it."""
POOR: dict[str, tuple[Corner, ...]] = {"hover": HOVER, "radial": RADIAL, "circle": circle(), "climb": CLIMB}
CLOCK = Timebase(UTC_NS - BEGUN_NS, "gnss", 1e-3)
SURE_SIGMAS = 4.0


class Run(NamedTuple):
    """One seed: what was found, the turn (3,) from the truth to it in degrees, how wrong its lateness is, and chi squared of all four.

    `bound` is the best that anybody could do, where that is known.
    """

    found: Alignment
    off_deg: Array
    late_s: float
    chi2: float
    bound: Bound | None = None


def figures() -> Iterator[Figure]:
    """Of an array by its sound, of a camera by its pictures, and of flights that are too poor."""
    for name in ("sound", "sight"):
        yield from _of(name, [run(name, seed) for seed in range(SEEDS)])
    yield from _poor()


def run(sense: Literal["sound", "sight"], seed: int) -> Run:
    """A flight of a minute before a sensor that stands otherwise than is thought by 15, 5 and 4 degrees and tells 0.8 s late."""
    true = Pose(EARS.azimuth_deg, EARS.tilt_deg, EARS.roll_deg) if sense == "sound" else Pose(EYE.azimuth_deg, EYE.tilt_deg, EYE.roll_deg)
    told = wrongly(true, seed)
    if sense == "sound":
        flown = world(AROUND, seed, microphones=EARS)
        said: list[Bearing] = list(heard(flown, told, SECONDS))
    else:
        flown = world(ACROSS, seed, camera=EYE)
        said = list(seen(flown, told, SECONDS))
    path = claimed(flown)
    least = bound(flown, said, true, told, path) if sense == "sight" else None
    return judged(path, late(said, LATE_S), true, told)._replace(bound=least)


def wrongly(true: Pose, seed: int) -> Pose:
    """How node.toml has it."""
    signs = [Random(f"{seed}/{what}").choice((-1, 1)) for what in "atr"]
    return Pose(true.azimuth_deg + signs[0] * WRONG.azimuth_deg, true.tilt_deg + signs[1] * WRONG.tilt_deg, signs[2] * WRONG.roll_deg)


def claimed(flown: World) -> Path:
    """What its Remote ID says, about where the node thinks that it is."""
    here = LocalFrame(HERE.latitude_deg, HERE.longitude_deg, HERE.ground_wgs84_m + MAST_M)
    off_m = np.random.default_rng([flown.seed, 1]).normal(0, PLACE_SIGMA_M)
    name, said = chosen(list(remote_id(flown)), None)
    return path_of(name, said, Stand(*here.to_geodetic(*map(float, off_m))), CLOCK)


def judged(path: Path, said: Sequence[Bearing], true: Pose, told: Pose) -> Run:
    """Aligned, and beside the truth."""
    name = said[0].sensor
    (found,) = align(said, path, {name: told}, {name: TEMPERATURE_C})
    if found.now is None or found.late_s is None:
        return Run(found, np.full(3, np.inf), np.inf, np.inf)
    turn, late_s = vector_of(found.now.matrix() @ true.matrix().T), found.late_s - LATE_S
    off = np.array([*turn, late_s])
    return Run(found, np.degrees(turn), late_s, float(off @ np.linalg.solve(np.array(found.covariance), off)))


def _of(name: str, runs: Sequence[Run]) -> Iterator[Figure]:
    """A flight that is refused is not within, and has no error: nothing is told of it."""
    told = [one for one in runs if one.found.usable]
    off_deg = np.array([np.abs(one.off_deg) for one in told]).reshape(-1, 3)
    off_s = np.array([abs(one.late_s) for one in told])
    within = (off_deg.max(axis=1, initial=0.0) <= WITHIN_DEG) & (off_s <= WITHIN_S)
    against, rms_deg = f"of {len(runs)} flights", float(np.sqrt(np.mean(off_deg**2))) if told else inf
    bounds = [one.bound for one in runs if one.bound is not None]
    yield Figure(f"align.{name}_within", 100 * float(within.sum()) / len(runs), "%", against=against)
    if bounds:
        least_deg = float(np.sqrt(np.mean([one.mean_square_deg2 for one in bounds])))
        yield Figure(f"align.{name}_rms_deg", rms_deg, "deg", peer=least_deg, against="bound of Cramer and Rao")
        yield Figure(f"align.{name}_bound_deg", least_deg, "deg", against=against)
        within_least = float(np.mean([one.within(WITHIN_DEG, WITHIN_S) for one in bounds]))
        yield Figure(f"align.{name}_bound_within", 100 * within_least, "%", against=against)
    else:
        yield Figure(f"align.{name}_rms_deg", rms_deg, "deg", against=against)
    yield Figure(f"align.{name}_worst_deg", float(off_deg.max()) if told else inf, "deg", against=against)
    yield Figure(f"align.{name}_worst_s", float(off_s.max()) if told else inf, "s", against=against)
    yield Figure(f"align.{name}_chi2", float(np.mean([one.chi2 for one in told])) / 4 if told else inf, "of 1", against=against)
    yield Figure(f"align.{name}_usable", 100 * len(told) / len(runs), "%", against=against)


def _poor() -> Iterator[Figure]:
    """Whether flights that show too little are called so, and whether anything is told for sure of them that is wrong."""
    runs = [poor(corners, seed) for corners in POOR.values() for seed in range(SEEDS)]
    named = [bool(one.found.trouble or one.found.unseen) for one in runs]
    yield Figure("align.poor_named", 100 * float(np.mean(named)), "%", against=f"of {len(runs)} flights")
    yield Figure("align.poor_believed", 100 * float(np.mean([_deceives(one) for one in runs])), "%", against=f"of {len(runs)} flights")


def poor(corners: tuple[Corner, ...], seed: int) -> Run:
    """A flight that shows too little, before an array that errs as the real one was measured to."""
    true = Pose(EARS.azimuth_deg, EARS.tilt_deg, EARS.roll_deg)
    flown, told = world(corners, seed, speed_mps=3.0 if corners is RADIAL else 9.0), wrongly(true, seed)
    return judged(claimed(flown), late(MEASURED.heard(flown, true, told, SECONDS), LATE_S), true, told)


def _deceives(one: Run) -> bool:
    """Whether it is told for sure, and is not so."""
    return one.found.usable and not one.found.unseen and one.chi2 > SURE_SIGMAS**2
