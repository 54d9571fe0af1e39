"""What is known of bodies, in the words of a track: a place where the range is known, and a direction in any case."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, degrees, hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.embodied import Known
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import across, lengths
from edge_node.messages import Bearing, Kinematics

Flags = NDArray[np.bool_]

MOST_SIGMA_RANGE = 0.5
"""Of what is known of a range no better than by this share of it, a place is not worth to be told."""
LEVEL_DEG = 15.0
"""An elevation that is known no better was not measured."""
LEAST_M, LEAST_LEVEL = 1.0, 1e-3
PLACE, OWN_SIGMAS = np.arange(AXES), np.array([1.0, 1.0, 1.5])
"""All that is measured of a body is measured from the node, whose own place is wrong by the same for all of it; up by half as much again,
as satellites are above the horizon only."""


def known(bodies: Bodies, rows: Indices) -> list[Known]:
    """All of these rows, as of when each was measured last; what is only heard, from where the sound of now comes."""
    states, located = bodies.objects.newest(rows), bodies.objects.located[rows]
    mean, cov = states.mean[:, 0], states.cov[:, 0]
    sounds = np.array([bodies[row].is_only_heard for row in rows.tolist()]) & ~located
    place = (np.where(sounds[:, None], bodies.objects.heard(rows), mean[:, :AXES]) if sounds.any() else mean[:, :AXES]) - bodies.ground.here
    far = np.maximum(lengths(place), LEAST_M)
    towards = place / far[:, None]
    axes = across(towards)
    rates = np.matvec(axes, mean[:, AXES:STATE]) / far[:, None]
    deep = np.sqrt(np.vecdot(towards, np.matvec(cov[:, :AXES, :AXES], towards))) / far
    placed = (located & (deep < MOST_SIGMA_RANGE)).tolist()
    several = np.array([bodies[row].has_several_sensors for row in rows.tolist()])
    sure = _sigmas(bodies, rows, axes, ~sounds, several).tolist()
    each = zip(rows.tolist(), states.t_s.tolist(), towards.tolist(), sure, rates.tolist(), strict=True)
    return [
        Known(
            round(t_s * 1e9),
            _kinematics(bodies, mean[n], cov[n]) if placed[n] else None,
            _bearing(way, sigmas, turns if placed[n] else None),
            bodies[row].existence(t_s),
        )
        for n, (row, t_s, way, sigmas, turns) in enumerate(each)
    ]


def _sigmas(bodies: Bodies, rows: Indices, axes: Array, seen: Flags, several: Flags) -> Array:
    """Sigmas (n, 2, 2), of all errors and of those that no sensor's bearings share, across azimuth and along elevation, in radians.

    Of every range that there may be by itself: at each the shared errors turn the place by as much as they turn the sensor. Of what is
    `seen` (n) each range may have another direction: what is heard was sent before, and the farther it is, the more the mounting of who
    sees is off: of `several` sensors (n) that is one error of all bearings of each; of one alone the mounting is the same at each range.
    """
    out = np.empty((len(rows), 2, 2))
    for part, states in bodies.objects.mixtures(rows):
        place = states.mean[..., :AXES] - bodies.ground.here
        far = np.maximum(lengths(place), LEAST_M)
        whole, mixed, shared = states.cov[..., :AXES, :AXES], states.cov[..., :AXES, STATE:], states.cov[..., STATE:, STATE:]
        alone = whole - mixed @ np.linalg.solve(shared, mixed.swapaxes(-1, -2)) if shared.shape[-1] else whole
        both, across_them = np.stack([whole, alone], axis=1), axes[part, None, None]
        variance = np.vecdot(across_them @ both, across_them) / (far**2)[:, None, :, None]
        aside = np.vecdot(axes[part, None], (place / far[..., None])[:, :, None])
        spread = (seen[part, None, None] * aside**2)[:, None]
        variance += spread * np.stack([np.ones(len(part)), ~several[part]], axis=1)[:, :, None, None]
        out[part] = np.sqrt(np.maximum(np.vecmat(states.weight[:, None], variance), 0.0))
    return out


def _bearing(towards: Sequence[float], sigmas: Sequence[Sequence[float]], rates: Sequence[float] | None) -> Bearing:
    east, north, up = towards
    (aside, above), (aside_alone, above_alone) = sigmas
    level, raised = max(hypot(east, north), LEAST_LEVEL), degrees(above) < LEVEL_DEG
    return Bearing(
        azimuth_deg=degrees(atan2(east, north)) % 360,
        elevation_deg=degrees(asin(min(max(up, -1.0), 1.0))) if raised else None,
        azimuth_rate_dps=None if rates is None else degrees(rates[0]) / level,
        elevation_rate_dps=None if rates is None or not raised else degrees(rates[1]),
        sigma_azimuth_deg=min(degrees(aside_alone) / level, 180.0),
        sigma_elevation_deg=degrees(above_alone) if raised else None,
        sigma_pose_deg=degrees(sqrt(max(aside**2 - aside_alone**2, 0.0))) or None,
    )


def _kinematics(bodies: Bodies, mean: Array, cov: Array) -> Kinematics | None:
    ground = bodies.ground
    if ground.frame is None:
        return None
    east_m, north_m, up_m, east_mps, north_mps, up_mps = mean[:STATE].tolist()
    latitude_deg, longitude_deg, altitude_m = ground.frame.to_geodetic(east_m, north_m, up_m)
    whole = cov[:STATE, :STATE].copy()
    whole[PLACE, PLACE] += (ground.sigma_m * OWN_SIGMAS) ** 2
    return Kinematics(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m if ground.knows_altitude else None,
        velocity_east_mps=east_mps,
        velocity_north_mps=north_mps,
        velocity_up_mps=up_mps,
        covariance=tuple(whole.ravel().tolist()),
    )
