"""One place from the bearings of several nodes: weighted least squares, Gauss-Newton, in the straight frame of the first node."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.geometry import LocalFrame, to_ecef

Array = NDArray[np.float64]

STEPS = 12
CONVERGED_M = 0.01
HEIGHT_SIGMA_M = 300.0
UNKNOWN_RATE_DPS = 3.0


class Sight(Struct, frozen=True, kw_only=True):
    """One bearing of one node, `age_s` old, clockwise from true north and up from the horizon; `key` is the caller's own name of it."""

    node: str
    key: object = None
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float = 0.0
    sigma_place_m: float = 0.0
    azimuth_deg: float
    sigma_azimuth_deg: float
    elevation_deg: float | None = None
    sigma_elevation_deg: float | None = None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
    age_s: float = 0.0


class Fix(Struct, frozen=True, kw_only=True):
    """Where bearings meet: WGS-84, the 1-sigma ellipse, and how well they agree; altitude None where no elevation took part."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_major_m: float
    sigma_minor_m: float
    major_axis_deg: float
    sigma_altitude_m: float | None
    chi_square: float
    freedom: int
    ranges_m: tuple[float, ...]
    misses: tuple[float, ...]
    """Chi-square of each bearing."""


def brought_to_now(sight: Sight) -> Sight:
    """The bearing as it is now; where its rate is unknown, its sigma grows with its age."""
    azimuth_deg, sigma_azimuth_deg = _moved(sight.azimuth_deg, sight.sigma_azimuth_deg, sight.azimuth_rate_dps, sight.age_s)
    moved = replace(sight, azimuth_deg=azimuth_deg % 360, sigma_azimuth_deg=sigma_azimuth_deg, age_s=0.0)
    if sight.elevation_deg is None or sight.sigma_elevation_deg is None:
        return replace(moved, elevation_deg=None, sigma_elevation_deg=None)
    elevation_deg, sigma_deg = _moved(sight.elevation_deg, sight.sigma_elevation_deg, sight.elevation_rate_dps, sight.age_s)
    return replace(moved, elevation_deg=min(max(elevation_deg, -90.0), 90.0), sigma_elevation_deg=sigma_deg)


def _moved(angle_deg: float, sigma_deg: float, rate_dps: float | None, age_s: float) -> tuple[float, float]:
    if rate_dps is None:
        return angle_deg, hypot(sigma_deg, UNKNOWN_RATE_DPS * age_s)
    return angle_deg + rate_dps * age_s, sigma_deg


class Vantage:
    """One sight as seen in the frame of another node: `origin` in that frame's east, north, up metres, and `turn` from it to the own."""

    def __init__(self, sight: Sight, frame: LocalFrame) -> None:
        self.sight = sight
        self.origin = np.array(frame.to_enu(sight.latitude_deg, sight.longitude_deg, sight.altitude_wgs84_m))
        self.turn = axes(sight.latitude_deg, sight.longitude_deg) @ axes(frame.latitude_deg, frame.longitude_deg).T

    def rows(self, place: Array) -> list[tuple[float, float, Array]]:
        """Residual (rad), its sigma (rad) and its gradient (rad/m) at a place: of the azimuth, and of the elevation if it is known."""
        east, north, up = self.turn @ (place - self.origin)
        along, slant = max(hypot(east, north), 1.0), max(hypot(east, north, up), 1.0)
        sight = self.sight
        miss = (radians(sight.azimuth_deg) - atan2(east, north) + pi) % (2 * pi) - pi
        sigma = hypot(radians(sight.sigma_azimuth_deg), sight.sigma_place_m / along)
        rows = [(miss, sigma, np.array([north, -east, 0.0]) / along**2 @ self.turn)]
        if sight.elevation_deg is not None and sight.sigma_elevation_deg is not None:
            sigma = hypot(radians(sight.sigma_elevation_deg), sight.sigma_place_m * abs(up) / slant**2)
            gradient = np.array([-east * up / along, -north * up / along, along]) / slant**2 @ self.turn
            rows.append((radians(sight.elevation_deg) - atan2(up, along), sigma, gradient))
        return rows

    def range_m(self, place: Array) -> float:
        """Metres to a place along the node's horizon; negative where it lies behind the bearing."""
        east, north, _ = self.turn @ (place - self.origin)
        azimuth = radians(self.sight.azimuth_deg)
        return float(east * sin(azimuth) + north * cos(azimuth))


def axes(latitude_deg: float, longitude_deg: float) -> Array:
    """East, north and up of a place as rows in ECEF."""
    latitude, longitude = radians(latitude_deg), radians(longitude_deg)
    return np.array(
        [
            [-sin(longitude), cos(longitude), 0.0],
            [-sin(latitude) * cos(longitude), -sin(latitude) * sin(longitude), cos(latitude)],
            [cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)],
        ]
    )


def triangulate(sights: Sequence[Sight], start: tuple[float, float, float]) -> Fix | None:
    """Where two or more sights, of now, meet; `start` is ECEF near it. None where they never settle on one place."""
    first = sights[0]
    frame = LocalFrame(first.latitude_deg, first.longitude_deg, first.altitude_wgs84_m)
    vantages = [Vantage(sight, frame) for sight in sights]
    origin = np.array(to_ecef(first.latitude_deg, first.longitude_deg, first.altitude_wgs84_m))
    place = axes(first.latitude_deg, first.longitude_deg) @ (np.array(start) - origin)
    known_height = any(sight.elevation_deg is not None for sight in sights)
    for _ in range(STEPS):
        information, pull = _normal_equations(vantages, place, known_height)
        try:
            step = np.linalg.solve(information, pull)
        except np.linalg.LinAlgError:
            return None
        place = place + step
        if not np.isfinite(place).all():
            return None
        if float(np.linalg.norm(step)) < CONVERGED_M:
            return _fix(vantages, frame, place, known_height)
    return None


def _normal_equations(vantages: Sequence[Vantage], place: Array, known_height: bool) -> tuple[Array, Array]:
    """Information (3x3) and its right side; where no elevation is known, the height is held near the first node's."""
    rows = [row for vantage in vantages for row in vantage.rows(place)]
    if not known_height:
        rows.append((-float(place[2]), HEIGHT_SIGMA_M, np.array([0.0, 0.0, 1.0])))
    gradients = np.array([gradient / sigma for _, sigma, gradient in rows])
    misses = np.array([miss / sigma for miss, sigma, _ in rows])
    return gradients.T @ gradients, gradients.T @ misses


def _fix(vantages: Sequence[Vantage], frame: LocalFrame, place: Array, known_height: bool) -> Fix:
    covariance = np.linalg.inv(_normal_equations(vantages, place, known_height)[0])
    (minor, major), directions = np.linalg.eigh(covariance[:2, :2])
    latitude_deg, longitude_deg, altitude_m = frame.to_geodetic(*map(float, place))
    misses = tuple(sum((miss / sigma) ** 2 for miss, sigma, _ in vantage.rows(place)) for vantage in vantages)
    count = sum(len(vantage.rows(place)) for vantage in vantages)
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m if known_height else None,
        sigma_major_m=sqrt(max(float(major), 0.0)),
        sigma_minor_m=sqrt(max(float(minor), 0.0)),
        major_axis_deg=degrees(atan2(directions[0, 1], directions[1, 1])) % 180,
        sigma_altitude_m=sqrt(float(covariance[2, 2])) if known_height else None,
        chi_square=sum(misses),
        freedom=count - (3 if known_height else 2),
        ranges_m=tuple(vantage.range_m(place) for vantage in vantages),
        misses=misses,
    )
