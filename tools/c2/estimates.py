"""What is known of one object now: its state of bearings, the positions that nodes publish of it, and both by covariance intersection."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import atan2, degrees, sqrt

import numpy as np

from edge_node.fusion.filter.bank import Linear, States
from edge_node.fusion.filter.intersection import Estimate, intersected
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import Bearings, of_bearings
from edge_node.geometry import LocalFrame
from tools.c2.bodies import ALONG, lasting
from tools.c2.followed import Followed
from tools.c2.fused import Fused
from tools.c2.reports import Report

DENSITY = (4.0, 4.0, 1.0)
"""Of the acceleration of an object until its position is published again, m2/s3."""
FLAT_M = 60.0
"""From an altitude on that is known no better than this it is not told."""


def published(report: Report, frame: LocalFrame, now_s: float) -> Estimate:
    """Place and velocity that a node published, as of now; a clock that is not known well makes both less sure."""
    mean, cov = report.state(frame)
    move, noise = goes_on(now_s - report.t_s)
    late = np.append(mean[AXES:] * report.sigma_t_s, np.zeros(AXES))
    return Estimate(move @ mean, move @ cov @ move.T + noise + np.outer(late, late))


def goes_on(elapsed_s: float) -> tuple[Array, Array]:
    """Transition and noise (6, 6) of white acceleration, as which a position goes on until the next is published."""
    t, each, move = elapsed_s, np.diag(DENSITY), np.eye(STATE)
    move[:AXES, AXES:] = np.eye(AXES) * t
    return move, np.block([[each * abs(t) ** 3 / 3, each * t * abs(t) / 2], [each * t * abs(t) / 2, each * abs(t)]])


def together(estimates: Sequence[Estimate]) -> Estimate:
    """One of several that may share errors in any way, two at a time; the surest first."""
    first, *others = sorted(estimates, key=lambda one: float(np.linalg.slogdet(one.cov)[1]))
    for other in others:
        with suppress(ValueError):  # of no use beside the surest, which stands
            first, _ = intersected(first, other)
    return first


def pointed_at(known: Estimate, reports: Sequence[Report], frame: LocalFrame, now_s: float) -> Estimate:
    """What is published of an object, with the newest bearing of each of other nodes, which know nothing of it."""
    for report in reports:
        measured = against(_states([known], now_s), report, frame)
        slope, off = measured.slope[0, 0], measured.off[0, 0]
        gain = np.linalg.solve(slope @ known.cov @ slope.T + measured.noise[0, 0], slope @ known.cov).T
        cov = known.cov - gain @ slope @ known.cov
        known = Estimate(known.mean + gain @ off, (cov + cov.T) / 2)
    return known


def against(states: States, report: Report, frame: LocalFrame) -> Linear:
    """A bearing as each of several single Gaussians (n, 1, 6) of a frame predicts it, all its errors taken for random."""
    n, origin = len(states.mean), report.origin(frame)
    range_m = np.maximum(np.linalg.norm(states.mean[:, 0, :AXES] - origin, axis=1), 10.0)
    unsure = report.sigma_t_s * np.linalg.norm(states.mean[:, 0, AXES:], axis=1) / range_m
    shared = np.array([lasting(report, float(one)) for one in range_m])
    sigma = np.sqrt(report.sigma**2 + (shared**2 + unsure**2)[:, None])
    towards, t_s = np.tile(report.towards(frame), (n, 1)), np.full(n, report.t_s)
    said = Bearings(towards, sigma, t_s, np.full(n, float(report.sounds)), np.full(n, -1), np.tile(origin, (n, 1)))
    return of_bearings(states, said, ALONG)


def squares_against(known: Sequence[Estimate], report: Report, frame: LocalFrame, now_s: float) -> Array:
    """Mahalanobis distances squared (n) of a bearing from objects in its frame."""
    states = _states(known, now_s)
    measured = against(states, report, frame)
    spread = measured.slope @ states.cov @ measured.slope.swapaxes(-1, -2) + measured.noise
    off = measured.off[..., None]
    return np.asarray((off.swapaxes(-1, -2) @ np.linalg.solve(spread, off))[:, 0, 0, 0])


def _states(known: Sequence[Estimate], now_s: float) -> States:
    mean, cov = np.array([one.mean for one in known])[:, None], np.array([one.cov for one in known])[:, None]
    return States(mean, cov, np.ones((len(known), 1)), np.full(len(known), now_s))


def square_between(one: Estimate, other: Estimate) -> float:
    """Mahalanobis distance squared of two places, 3 degrees of freedom."""
    off = one.mean[:AXES] - other.mean[:AXES]
    return float(off @ np.linalg.solve((one.cov + other.cov)[:AXES, :AXES], off))


def fused(followed: Followed, known: Estimate, height: bool, now_s: float) -> Fused:
    """As it is told."""
    latitude_deg, longitude_deg, altitude_m = followed.frame.to_geodetic(*map(float, known.mean[:AXES]))
    (minor, major), directions = np.linalg.eigh(known.cov[:2, :2])
    sigma_up_m = sqrt(max(float(known.cov[2, 2]), 0.0))
    told = height and sigma_up_m < FLAT_M
    return Fused(
        number=followed.number,
        keys=tuple(sorted(followed.keys)),
        ambiguous=followed.ambiguous,
        age_s=max(now_s - followed.updated_s, 0.0),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m if told else None,
        sigma_altitude_m=sigma_up_m if told else None,
        sigma_major_m=sqrt(max(float(major), 0.0)),
        sigma_minor_m=sqrt(max(float(minor), 0.0)),
        major_axis_deg=degrees(atan2(directions[0, 1], directions[1, 1])) % 180,
        velocity_east_mps=float(known.mean[AXES]),
        velocity_north_mps=float(known.mean[AXES + 1]),
        velocity_up_mps=float(known.mean[AXES + 2]) if told else None,
        sigma_velocity_mps=sqrt(max(float(np.linalg.eigvalsh(known.cov[AXES : AXES + 2, AXES : AXES + 2])[-1]), 0.0)),
    )
