"""Bearings that count from a vehicle's front and level, made ones from true north and the horizon."""

from __future__ import annotations

from math import cos, hypot, radians, sin, sqrt, tan
from typing import TypeVar

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.messages import AcousticDetection, CameraDetection
from edge_node.mounting import Mounting, angles_deg, tangent_basis
from edge_node.pose.pose import LEVEL_SIGMA_DEG, Stand

Pointed = TypeVar("Pointed", AcousticDetection, CameraDetection)
Vector = NDArray[np.float64]
USUAL_ELEVATION_DEG = 30.0
"""Of what a flat array hears: how far a tilt turns the azimuth of that."""
MOST_TANGENT = 6.0
"""Beyond 80 degrees an azimuth means little, and its error is as large as one likes."""


def turned(said: Pointed, stand: Stand) -> Pointed:
    """The same detection from true north; one without an azimuth stays as it is."""
    if said.azimuth_deg is None:
        return said
    raised_deg = said.elevation_deg or 0.0
    mounting = Mounting(stand.heading_deg, stand.pitch_deg, stand.roll_deg)
    own = _direction(said.azimuth_deg, raised_deg)
    true = mounting.to_enu(own)
    azimuth_deg, elevation_deg = angles_deg(true)
    sigmas = _sigmas(said, own, true, mounting)
    slant = min(abs(tan(radians(elevation_deg if said.elevation_deg is not None else USUAL_ELEVATION_DEG))), MOST_TANGENT)
    level_deg = LEVEL_SIGMA_DEG if stand.sigma_tilt_deg is None else 0.0
    tilt_deg = hypot(level_deg, hypot(stand.pitch_deg, stand.roll_deg) if said.elevation_deg is None else 0.0)
    rates = _rates(said, own, true, mounting, stand.turn_rate_dps)
    return replace(
        said,
        azimuth_deg=azimuth_deg,
        elevation_deg=elevation_deg if said.elevation_deg is not None else None,
        sigma_azimuth_deg=None if sigmas[0] is None else hypot(sigmas[0], tilt_deg * slant),
        sigma_elevation_deg=None if sigmas[1] is None else hypot(sigmas[1], level_deg),
        correlation=sigmas[2],
        azimuth_rate_dps=rates[0],
        elevation_rate_dps=rates[1],
        sigma_pose_deg=hypot(said.sigma_pose_deg or 0.0, stand.sigma_heading_deg, (stand.sigma_tilt_deg or 0.0) * slant),
        reference="true_north",
    )


def _direction(azimuth_deg: float, elevation_deg: float) -> Vector:
    azimuth, elevation = radians(azimuth_deg), radians(elevation_deg)
    return np.array([sin(azimuth) * cos(elevation), cos(azimuth) * cos(elevation), sin(elevation)])


def _across(own: Vector, true: Vector, mounting: Mounting) -> Vector:
    """(2, 2): what steps across the own direction, along azimuth and elevation, are across the true one."""
    return np.asarray(tangent_basis(true) @ mounting.to_enu(tangent_basis(own)).T)


def _sigmas(said: Pointed, own: Vector, true: Vector, mounting: Mounting) -> tuple[float | None, float | None, float | None]:
    """Errors of azimuth and elevation and their correlation; a roll mixes the two. Sigmas of azimuth are along the horizon's circle."""
    azimuth_deg, elevation_deg = said.sigma_azimuth_deg, said.sigma_elevation_deg
    if azimuth_deg is None or elevation_deg is None or said.elevation_deg is None:
        return azimuth_deg, None, None
    low, high = cos(radians(said.elevation_deg)), float(hypot(true[0], true[1]))
    scale = np.array([azimuth_deg * low, elevation_deg])
    cross = said.correlation or 0.0
    covariance = scale[:, None] * np.array([[1.0, cross], [cross, 1.0]]) * scale
    turn = _across(own, true, mounting)
    mixed = turn @ covariance @ turn.T
    across_deg, raised_deg = sqrt(max(mixed[0, 0], 0.0)), sqrt(max(mixed[1, 1], 0.0))
    known = said.correlation is not None and across_deg > 0 and raised_deg > 0
    return across_deg / max(high, 1e-3), raised_deg, float(mixed[0, 1] / (across_deg * raised_deg)) if known else said.correlation


def _rates(said: Pointed, own: Vector, true: Vector, mounting: Mounting, turn_rate_dps: float) -> tuple[float | None, float | None]:
    """Rates with the vehicle's own turn taken in, which moves all azimuths alike."""
    if said.azimuth_rate_dps is None:
        return None, None
    if said.elevation_rate_dps is None or said.elevation_deg is None:
        return said.azimuth_rate_dps + turn_rate_dps, None
    step = np.array([said.azimuth_rate_dps * cos(radians(said.elevation_deg)), said.elevation_rate_dps])
    along, raised = _across(own, true, mounting) @ step
    return float(along) / max(float(hypot(true[0], true[1])), 1e-3) + turn_rate_dps, float(raised)
