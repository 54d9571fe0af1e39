"""Where somebody may be found by what is published: zones about persons, and a node's place as roughly as the public is told it.

A zone that is centred on what it hides gives it away, by where ways end at it (Hassan et al., Analysis of Privacy Protections in Fitness
Tracking Social Networks, USENIX Security 2018). So zones are wider than they must be, and all of an export are moved by one random step.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from itertools import product
from math import cos, dist, floor, radians, sin, sqrt, tau
from typing import NamedTuple

from edge_node.geometry import LocalFrame, to_ecef
from edge_node.interop import readings

Place = tuple[float, float]
NEAR_PERSON_M = 150.0
"""So near to where an operator stands or an aircraft took off, a place on its way tells who flew it."""
MOST_MOVED_M = 150.0
ZONE_M = NEAR_PERSON_M + MOST_MOVED_M + 10.0
"""However it was moved, a zone holds all that is near; the last metres are for places that are rounded."""
STEP_DEG, STEP_M = 0.01, 1_000.0
"""Of the grid on which the public is told where a node is: a fixed one, so that many exports tell no more than one."""
STEP_UP_M = 50.0
LEAST_COSINE = 0.05
STEP_SIGMA_M = STEP_M / 2


class Rough(NamedTuple):
    """A place on the grid."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_m: float


def rough(latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float | None) -> Rough | None:
    """The nearest place of the grid; None where that is no place."""
    at = readings.place(latitude_deg, longitude_deg)
    if at is None:
        return None
    latitude = round(round(at[0] / STEP_DEG) * STEP_DEG, 2)
    step_deg = STEP_DEG / max(cos(radians(latitude)), LEAST_COSINE)
    longitude = round(min(max(round(at[1] / step_deg) * step_deg, -180.0), 180.0), 4)
    high = readings.within(altitude_wgs84_m, -readings.MOST_ALTITUDE_M, readings.MOST_ALTITUDE_M)
    return Rough(latitude, longitude, None if high is None else round(high / STEP_UP_M) * STEP_UP_M, STEP_SIGMA_M)


class Zones:
    """Whether a place is too near any of many, by cubes of that size about the Earth's centre: a flood claims thousands of operators.

    `places` is None where there are more than anybody kept: then every place is too near. `key` moves the zones.
    """

    def __init__(self, places: Iterable[Place] | None, key: bytes) -> None:
        self._everywhere = places is None
        self._cubes: dict[tuple[int, ...], list[tuple[float, float, float]]] = {}
        step_m = _step_m(key)
        for known in filter(None, (readings.place(*place) for place in places or ())):
            latitude_deg, longitude_deg, _ = LocalFrame(*known, 0.0).to_geodetic(*step_m, 0.0)
            at = to_ecef(latitude_deg, longitude_deg, 0.0)
            self._cubes.setdefault(_cube(at), []).append(at)

    def __contains__(self, place: Place) -> bool:
        if self._everywhere:
            return True
        known = readings.place(*place)
        if known is None:
            return False
        at = to_ecef(*known, 0.0)
        around = product(*(range(middle - 1, middle + 2) for middle in _cube(at)))
        return any(dist(at, other) < ZONE_M for cube in around for other in self._cubes.get(cube, ()))


def _step_m(key: bytes) -> Place:
    """East and north, anywhere within a disc; one step for all, or the middle of many zones about one person would be that person."""
    drawn = hmac.new(key, b"zones", sha256).digest()
    turn, share = (int.from_bytes(part) / 2**64 for part in (drawn[:8], drawn[8:16]))
    away_m = MOST_MOVED_M * sqrt(share)
    return away_m * sin(tau * turn), away_m * cos(tau * turn)


def _cube(at: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(floor(axis / ZONE_M) for axis in at)
