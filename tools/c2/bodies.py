"""States of all objects that C2 follows by bearings: begun where bearings cross, corrected by each bearing from its own node's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge_node.fusion.filter.bank import Linear, States
from edge_node.fusion.filter.births import UNKNOWN_UP_M
from edge_node.fusion.filter.models import AXES, STATE, STRAIGHT, Array, Model, Models
from edge_node.fusion.filter.objects import Objects
from edge_node.fusion.filter.sensing import UNKNOWN, Bearings, Positions, of_bearings
from edge_node.geometry import LocalFrame
from tools.c2.crossing import chi_square_bound
from tools.c2.followed import Followed, Source, angles
from tools.c2.reports import Report
from tools.c2.triangulation import Fix

MOST_OBJECTS = 256
SLOTS = 4
"""Of an object, each for how one of its sensors is mounted; of further ones that error is taken for random."""
WIDER = 30.0
"""A place to begin with is taken for so many times less sure than the bearings will make it at once."""
LEAST_RANGE_M = 10.0
LEAST_SPEED_MPS = 3.0
WORST = -15.0
ALONG = Models(STRAIGHT)
MOTIONS = Models(STRAIGHT, Model(4.0, 0.5))
"""It goes straight, or does anything else. Bearings come so seldom here that hovering and turning are not told from slower flight."""


class Saying(NamedTuple):
    """A report as it is used for one object."""

    of: Followed
    source: Source
    report: Report


class Bodies:
    """Rows of a pool; each is in the frame of its object."""

    def __init__(self, motions: Models = MOTIONS) -> None:
        self._objects = Objects(np.zeros(2 * SLOTS), MOST_OBJECTS, motions)
        self._free = list(range(MOST_OBJECTS))

    @property
    def full(self) -> bool:
        """Whether no more can be followed."""
        return not self._free

    def begin(self, followed: Followed, fix: Fix, reports: Sequence[Report]) -> None:
        """Follow what these bearings, which met at `fix`, are of; ValueError when full."""
        if self.full:
            raise ValueError("no more objects can be followed")
        followed.row = row = self._free.pop()
        ordered = sorted(reports, key=lambda one: one.t_s)
        self._objects.begin_by_position(np.array([row]), _around(fix, followed.frame, ordered[0]))
        for report in ordered:
            self.join(followed, report)
        for report in ordered:
            self.correct([Saying(followed, followed.sources[report.key], report)], gated=False)

    def join(self, followed: Followed, report: Report) -> None:
        """Let a node track be one of an object's sources; what is not known of its mounting and place is one error of all its bearings."""
        if followed.row is None:
            followed.sources[report.key] = Source(report.key, -1)
            return
        taken = {source.slot for source in followed.sources.values()}
        slot = next((one for one in range(SLOTS) if one not in taken), -1)
        source = followed.sources[report.key] = Source(report.key, slot)
        followed.known_height |= bool(np.isfinite(report.sigma[1]))
        if slot >= 0:
            variance = lasting(report, self._range_m(followed, report)) ** 2
            self._objects.renew(np.array([followed.row]), 2 * source.slot, np.array([variance]))

    def end(self, followed: Followed) -> None:
        """Its row serves another."""
        if followed.row is not None:
            self._free.append(followed.row)
            followed.row = None

    def correct(self, said: Sequence[Saying], gated: bool = True) -> None:
        """One bearing for each of several objects; those outside a gate are counted against their source and change nothing."""
        rows = np.array([one.of.row for one in said])
        t_s = np.array([one.report.t_s for one in said])
        now = self._objects.at(rows, t_s)
        each = (self._bearing(one, mean) for one, mean in zip(said, now.mean[:, 0], strict=True))
        bearings = Bearings(*(np.array(column) for column in zip(*each, strict=True)))
        within = ~np.full(len(said), gated) | (squares(now, bearings) <= bounds(bearings))
        weighed = self._objects.weigh_bearings(rows, bearings)
        self._objects.keep_bearings(rows, bearings, weighed, within)
        gained = np.maximum(weighed.likely - usual(bearings), WORST)
        for one, fits, score in zip(said, within, gained, strict=True):
            self._count(one, bool(fits), float(score) if gated else 0.0)

    def at(self, followed: Sequence[Followed], now_s: float) -> tuple[Array, Array]:
        """Means (n, 6) and covariances (n, 6, 6) of place and velocity, each in its object's frame, as of now."""
        rows = np.array([one.row for one in followed], np.intp)
        states = self._objects.at(rows, np.full(len(rows), now_s))
        return states.mean[:, 0, :STATE], states.cov[:, 0, :STATE, :STATE]

    def _bearing(self, said: Saying, mean: Array) -> tuple[object, ...]:
        """Its fields as those of Bearings."""
        followed, source, report = said
        origin = report.origin(followed.frame)
        range_m = max(float(np.linalg.norm(mean[:AXES] - origin)), LEAST_RANGE_M)
        unsure = report.sigma_t_s * max(float(np.linalg.norm(mean[AXES:STATE])), LEAST_SPEED_MPS) / range_m
        spread = report.sigma**2 * source.smoothness.inflation + unsure**2
        if source.slot < 0:
            spread = spread + lasting(report, range_m) ** 2
        column = 2 * source.slot if source.slot >= 0 else -1
        return report.towards(followed.frame), np.sqrt(spread), report.t_s, float(report.sounds), column, origin

    def _range_m(self, followed: Followed, report: Report) -> float:
        place = self._objects.newest(np.array([followed.row])).mean[0, 0, :AXES]
        return max(float(np.linalg.norm(place - report.origin(followed.frame))), LEAST_RANGE_M)

    def _count(self, said: Saying, fits: bool, score: float) -> None:
        followed, source, report = said
        source.used_s = report.t_s
        source.smoothness.add(report.t_s, angles(report), report.sigma)
        followed.score += score
        source.note(fits, report.t_s)
        if fits:
            followed.updated_s = max(followed.updated_s, report.t_s)


def lasting(report: Report, range_m: float) -> float:
    """Sigma, in radians, of what is wrong with all bearings of a sensor alike: how it is mounted, and where its node stands."""
    return float(np.hypot(report.sigma_pose, ((report.place or {})["sigma_m"] or 0.0) / range_m))


def squares(states: States, said: Bearings) -> Array:
    """Mahalanobis distances squared (n) of bearings from single Gaussians (n, 1, ...)."""
    measured: Linear = of_bearings(states, said, ALONG)
    spread = measured.slope @ states.cov @ measured.slope.swapaxes(-1, -2) + measured.noise
    off = measured.off[..., None]
    return np.asarray((off.swapaxes(-1, -2) @ np.linalg.solve(spread, off))[:, 0, 0, 0])


def bounds(said: Bearings) -> Array:
    """What those squares (n) stay below 99.9 times of 100."""
    return np.where(np.isfinite(said.sigma[:, 1]), chi_square_bound(2), chi_square_bound(1))


def usual(said: Bearings) -> Array:
    """The logarithm (n) of how likely a bearing of an object is that is followed well, by which others are judged."""
    known = np.isfinite(said.sigma)
    each = np.where(known, -0.5 - 0.5 * np.log(4 * np.pi * np.where(known, said.sigma, 1.0) ** 2), -0.5 * np.log(2 * np.pi))
    return np.asarray(each.sum(axis=1))


def _around(fix: Fix, frame: LocalFrame, first: Report) -> Positions:
    """So wide about a fix that it counts for nothing beside the bearings; without a height, about that of a node."""
    altitude_m = (first.place or {})["altitude_wgs84_m"] or 0.0 if fix.altitude_wgs84_m is None else fix.altitude_wgs84_m
    place = frame.to_enu(fix.latitude_deg, fix.longitude_deg, altitude_m)
    wide_m = WIDER * max(fix.sigma_major_m, 1.0)
    up_m = UNKNOWN_UP_M if fix.sigma_altitude_m is None else WIDER * max(fix.sigma_altitude_m, 1.0)
    sigma = np.array([[wide_m, wide_m, up_m, UNKNOWN, UNKNOWN, UNKNOWN]])
    return Positions(np.array([[*place, 0.0, 0.0, 0.0]]), sigma, np.array([first.t_s]), np.array([-1]))
