"""Where in the sky of the node a track is: measured, or worked out of its place and the node's own."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, isfinite, radians, sin, sqrt

from msgspec import Struct
from msgspec.structs import replace

from edge_node.geometry import LocalFrame
from edge_node.messages import BearingReference, Track
from edge_node.node.figures_file import PlaceNow

LEAST_RANGE_M = 1.0
LARGEST_SIGMA_DEG = 180.0


class Direction(Struct, frozen=True):
    """Degrees as in a bearing, 1-sigma with what is known of the mounting; elevation and range None where nobody knows them."""

    azimuth_deg: float
    sigma_azimuth_deg: float
    elevation_deg: float | None = None
    sigma_elevation_deg: float | None = None
    range_m: float | None = None
    reference: BearingReference = "true_north"


def direction(track: Track, place: PlaceNow | None) -> Direction | None:
    """Of one track, by its bearing where it has one, else by its place; how far is by its place. None where nothing tells it."""
    seen, placed = _of_bearing(track), _of_place(track, place)
    if seen is not None and placed is not None:
        seen = replace(seen, range_m=placed.range_m)
    told = seen or placed
    return told if told is not None and isfinite(told.azimuth_deg + (told.elevation_deg or 0.0)) else None


def _of_bearing(track: Track) -> Direction | None:
    told = track.bearing
    if told is None:
        return None
    pose_deg = told.sigma_pose_deg or 0.0
    return Direction(
        azimuth_deg=told.azimuth_deg % 360,
        sigma_azimuth_deg=hypot(told.sigma_azimuth_deg, pose_deg),
        elevation_deg=told.elevation_deg,
        sigma_elevation_deg=None if told.sigma_elevation_deg is None else hypot(told.sigma_elevation_deg, pose_deg),
        range_m=track.sight.range_m if track.sight else None,
        reference=told.reference,
    )


def _of_place(track: Track, place: PlaceNow | None) -> Direction | None:
    where = track.kinematics
    if where is None or place is None:
        return None
    known = where.altitude_wgs84_m is not None and place.altitude_wgs84_m is not None
    here = LocalFrame(place.latitude_deg, place.longitude_deg, (place.altitude_wgs84_m or 0.0) if known else 0.0)
    east, north, up = here.to_enu(where.latitude_deg, where.longitude_deg, (where.altitude_wgs84_m or 0.0) if known else 0.0)
    across_m = max(hypot(east, north), LEAST_RANGE_M)
    azimuth = atan2(east, north)
    own_m = place.sigma_m or 0.0
    return Direction(
        azimuth_deg=degrees(azimuth) % 360,
        sigma_azimuth_deg=_angle_deg(hypot(_across_m(where.covariance, azimuth), own_m), across_m),
        elevation_deg=degrees(atan2(up, across_m)) if known else None,
        sigma_elevation_deg=_angle_deg(_sigma(where.covariance, 14), hypot(across_m, up)) if known else None,
        range_m=hypot(across_m, up) if known else across_m,
    )


def _across_m(covariance: tuple[float, ...], azimuth: float) -> float:
    """1-sigma square to the line of sight; the covariance is 6x6 of east, north, up and their speeds."""
    if len(covariance) != 36:
        return 0.0
    east, north = cos(azimuth), -sin(azimuth)
    return sqrt(max(east * east * covariance[0] + 2 * east * north * covariance[1] + north * north * covariance[7], 0.0))


def _sigma(covariance: tuple[float, ...], place: int) -> float:
    return sqrt(max(covariance[place], 0.0)) if len(covariance) == 36 else 0.0


def _angle_deg(sigma_m: float, range_m: float) -> float:
    return min(degrees(atan2(sigma_m, range_m)), LARGEST_SIGMA_DEG)


def turned(azimuth_deg: float, from_deg: float) -> float:
    """How far one azimuth is clockwise of another, -180 to 180."""
    return degrees(atan2(sin(radians(azimuth_deg - from_deg)), cos(radians(azimuth_deg - from_deg))))
