"""What is known of bodies, in the words of a track: a place where the range is known, and a direction in any case."""

from __future__ import annotations

import numpy as np

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.embodied import Known
from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import across
from edge_node.messages import Bearing, Kinematics

MOST_SIGMA_RANGE = 0.5
"""Of what is known of a range no better than by this share of it, a place is not worth to be told."""
LEVEL_DEG = 15.0
"""An elevation that is known no better was not measured."""
LEAST_M = 1.0


def known(bodies: Bodies, rows: Indices) -> list[Known]:
    """All of these rows, as of when each was measured last; what is only heard, from where the sound of now comes."""
    states = bodies.objects.newest(rows)
    mean, cov = states.mean[:, 0], states.cov[:, 0]
    here = bodies.ground.here
    sounds = np.array([bodies[int(row)].is_only_heard for row in rows]) & ~bodies.objects.located[rows]
    place = np.where(sounds[:, None], bodies.objects.heard(rows), mean[:, :AXES]) - here
    far = np.maximum(np.linalg.norm(place, axis=1), LEAST_M)
    towards = place / far[:, None]
    axes = across(towards)
    sigmas = _sigmas(bodies, rows, axes)
    rates = np.einsum("nda,na->nd", axes, mean[:, AXES:STATE]) / far[:, None]
    deep = np.sqrt(np.einsum("na,nab,nb->n", towards, cov[:, :AXES, :AXES], towards)) / far
    placed = bodies.objects.located[rows] & (deep < MOST_SIGMA_RANGE)
    return [
        Known(
            round(float(states.t_s[n]) * 1e9),
            _kinematics(bodies, mean[n], cov[n]) if placed[n] else None,
            _bearing(towards[n], sigmas[n], rates[n] if placed[n] else None),
            bodies[int(row)].existence(float(states.t_s[n])),
        )
        for n, row in enumerate(rows)
    ]


def _sigmas(bodies: Bodies, rows: Indices, axes: Array) -> Array:
    """Sigmas (n, 2, 2), of all errors and of those that no sensor's bearings share, across azimuth and along elevation, in radians.

    Of every range that there may be by itself: at each the shared errors turn the place by as much as they turn the sensor.
    """
    out = np.empty((len(rows), 2, 2))
    for part, states in bodies.objects.mixtures(rows):
        far = np.maximum(np.linalg.norm(states.mean[..., :AXES] - bodies.ground.here, axis=-1), LEAST_M)
        whole, mixed, shared = states.cov[..., :AXES, :AXES], states.cov[..., :AXES, STATE:], states.cov[..., STATE:, STATE:]
        alone = whole - mixed @ np.linalg.solve(shared, mixed.swapaxes(-1, -2)) if shared.shape[-1] else whole
        for place, cov in enumerate((whole, alone)):
            variance = np.einsum("nda,nmab,ndb->nmd", axes[part], cov, axes[part]) / (far**2)[..., None]
            out[part, place] = np.sqrt(np.maximum((states.weight[..., None] * variance).sum(axis=1), 0.0))
    return out


def _bearing(towards: Array, sigmas: Array, rates: Array | None) -> Bearing:
    angles, alone = sigmas
    level = max(float(np.hypot(towards[0], towards[1])), 1e-3)
    raised = float(np.degrees(angles[1])) < LEVEL_DEG
    pose = float(np.degrees(np.sqrt(max(float(angles[0] ** 2 - alone[0] ** 2), 0.0))))
    return Bearing(
        azimuth_deg=float(np.degrees(np.arctan2(towards[0], towards[1]))) % 360,
        elevation_deg=float(np.degrees(np.arcsin(np.clip(towards[2], -1, 1)))) if raised else None,
        azimuth_rate_dps=None if rates is None else float(np.degrees(rates[0])) / level,
        elevation_rate_dps=None if rates is None or not raised else float(np.degrees(rates[1])),
        sigma_azimuth_deg=min(float(np.degrees(alone[0])) / level, 180.0),
        sigma_elevation_deg=float(np.degrees(alone[1])) if raised else None,
        sigma_pose_deg=pose or None,
    )


def _kinematics(bodies: Bodies, mean: Array, cov: Array) -> Kinematics | None:
    ground = bodies.ground
    if ground.frame is None:
        return None
    latitude_deg, longitude_deg, altitude_m = ground.frame.to_geodetic(*map(float, mean[:AXES]))
    return Kinematics(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m if ground.knows_altitude else None,
        velocity_east_mps=float(mean[3]),
        velocity_north_mps=float(mean[4]),
        velocity_up_mps=float(mean[5]),
        covariance=tuple(cov[:STATE, :STATE].ravel().tolist()),
    )
