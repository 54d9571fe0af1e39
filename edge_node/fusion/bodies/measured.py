"""What one sensor said at one moment, as arrays that objects are weighed against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, hypot, inf, log, pi, radians, sin, sqrt
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct

from edge_node.fusion.bodies.ground import Ground
from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.fusion.filter.sensing import UNKNOWN, Bearings, Positions
from edge_node.fusion.measurement import Measurement
from edge_node.fusion.pointing import Key
from edge_node.messages import Bearing

LEAST_SIGMA_DEG = 0.05
"""No clock and no mounting is so good that a bearing of something that flies were better."""
SPAN_ELEVATION = 1.0
SPAN_M, SPAN_UP_M, SPAN_SPEED_MPS = 2_000.0, 150.0, 40.0
"""Over what an object that is another may be anywhere: round about, up to where drones fly, within what sensors of a small node reach."""
SPANS = np.array([SPAN_M, SPAN_M, SPAN_UP_M, SPAN_SPEED_MPS, SPAN_SPEED_MPS, SPAN_SPEED_MPS])
NOWHERE_DEG = 60.0
"""A bearing that is worse says nothing of where."""


class Pointed(Struct, frozen=True):
    """A bearing of a source, None for a bare plot; `range_m` is a hint with its sigma; `hears` that sound brought it."""

    sensor: str
    key: Key | None
    t_s: float
    bearing: Bearing
    hears: bool = False
    range_m: float | None = None
    sigma_range_m: float | None = None


class Located(Struct, frozen=True):
    """A position of a source, None for a bare plot."""

    sensor: str
    key: Key | None
    t_s: float
    place: Measurement


class Claim(NamedTuple):
    """Where the filter of a claim has it, under the key of its fits, and the row of its body, None where it has none."""

    said: Located
    row: int | None


Said = Pointed | Located


def of_bearings(said: Sequence[Pointed], ground: Ground, column: Callable[[Pointed], int]) -> tuple[Bearings, Array]:
    """Bearings, and for each the logarithm (n) of the density that it would have of an object that is another."""
    told = np.array([_pointed(one, column(one)) for one in said])
    origin = np.repeat(ground.here[None], len(said), axis=0)
    return Bearings(told[:, :3], told[:, 3:5], told[:, 5], told[:, 6], told[:, 7], origin), told[:, 8]


def _pointed(one: Pointed, column: int) -> tuple[float, ...]:
    """Unit vector, sigmas, time, whether it is a sound, the column of its mounting, and the density."""
    way, unshared_deg = one.bearing, 0.0 if column >= 0 else one.bearing.sigma_pose_deg or 0.0
    azimuth, elevation, raised_deg = radians(way.azimuth_deg), radians(way.elevation_deg or 0.0), way.sigma_elevation_deg
    level = cos(elevation)
    return (
        *(sin(azimuth) * level, cos(azimuth) * level, sin(elevation)),
        radians(max(hypot(way.sigma_azimuth_deg, unshared_deg) * level, LEAST_SIGMA_DEG)),
        inf if raised_deg is None else radians(max(hypot(raised_deg, unshared_deg), LEAST_SIGMA_DEG)),
        *(one.t_s, float(one.hears), column),
        -log(2 * pi * max(level, 0.1)) - (log(2 * pi) / 2 if raised_deg is None else log(SPAN_ELEVATION)),
    )


def of_positions(said: Sequence[Located], ground: Ground, column: int = -1) -> tuple[Positions, Array]:
    """Positions, and for each the logarithm (n) of the density that it would have of an object that is another.

    What lasts of their errors is in three shared ones from `column` on, where there is one, and else in their sigmas.
    """
    state, sigma = np.zeros((len(said), STATE)), np.full((len(said), STATE), UNKNOWN)
    for row, one in enumerate(said):
        at, raised = one.place, one.place.altitude_wgs84_m is not None and ground.knows_altitude
        state[row, :3] = ground.enu(at.latitude_deg, at.longitude_deg, at.altitude_wgs84_m if raised else None)
        sigma[row, :2] = hypot(at.sigma_horizontal_m, ground.sigma_m)
        if raised:
            sigma[row, 2] = hypot(at.sigma_vertical_m, ground.sigma_m)
        if at.velocity_mps is not None:
            state[row, 3:5], sigma[row, 3:5] = at.velocity_mps, at.sigma_velocity_mps
        if at.climb_mps is not None:
            state[row, 5], sigma[row, 5] = at.climb_mps, at.sigma_climb_mps
    other = -np.log(np.where(sigma >= UNKNOWN, sigma * sqrt(2 * pi), SPANS)).sum(axis=1)
    if column >= 0:
        sigma[:, :AXES] *= np.sqrt([[1.0 - one.place.lasting] for one in said])
    return Positions(state, sigma, np.array([one.t_s for one in said]), np.full(len(said), column)), other


def lasting_variance(said: Located, ground: Ground) -> Array:
    """Of what lasts of a place's error (3), m2."""
    at = said.place
    return at.lasting * (np.array([at.sigma_horizontal_m, at.sigma_horizontal_m, at.sigma_vertical_m]) ** 2 + ground.sigma_m**2)


def some(measured: Any, which: Any) -> Any:
    """Some of bearings or positions, or one of them several times."""
    return type(measured)(*(one[which] for one in measured))
