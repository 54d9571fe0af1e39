"""What a track says, made safe for other formats: finite, in range, wrapped, cleaned; what is not is None."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import atan2, degrees, hypot, isfinite, sqrt
from typing import NamedTuple

from edge_node.interop.moment import Station
from edge_node.messages import Bearing, Identity, Kinematics, TargetLabel, Track

DRONES: tuple[TargetLabel, ...] = ("multirotor", "fixed_wing")
"""An aeroplane has people aboard."""
MOST_SIGMA_M, MOST_ALTITUDE_M, MOST_SPEED_MPS = 1e6, 1e5, 1e4
_BEST_FIRST = ("serial_number", "caa_registration", "utm_uuid", "specific_session")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_NS = 253_402_300_799_000_000_000
"""The last second of the year 9999, the last that these formats can write."""


class Position(NamedTuple):
    """WGS-84, with 1-sigma half axes of the horizontal error ellipse and the direction of its longer one, 0 to 180 clockwise from north."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None
    sigma_major_m: float | None = None
    sigma_minor_m: float | None = None
    major_axis_deg: float | None = None
    sigma_altitude_m: float | None = None


class Direction(NamedTuple):
    """Azimuth (0 <= a < 360 from true north) and elevation, with 1-sigma errors that hold the mounting's too."""

    azimuth_deg: float
    sigma_azimuth_deg: float
    elevation_deg: float | None = None
    sigma_elevation_deg: float | None = None


class Velocity(NamedTuple):
    """m/s east, north, up."""

    east_mps: float
    north_mps: float
    up_mps: float

    @property
    def speed_mps(self) -> float:
        """Over the ground."""
        return hypot(self.east_mps, self.north_mps)

    @property
    def course_deg(self) -> float:
        """0 <= c < 360, clockwise from true north."""
        return wrapped(degrees(atan2(self.east_mps, self.north_mps)))


def within(value: float | None, low: float, high: float) -> float | None:
    """The value, None where it is none, not finite, or out of these bounds."""
    return value if value is not None and isfinite(value) and low <= value <= high else None


def wrapped(azimuth_deg: float) -> float:
    """0 <= a < 360."""
    turned = azimuth_deg % 360.0
    return turned if turned < 360.0 else 0.0


def place(latitude_deg: float | None, longitude_deg: float | None) -> tuple[float, float] | None:
    """A latitude, and a longitude of -180 <= l <= 180; None where either is none."""
    latitude, longitude = within(latitude_deg, -90, 90), within(longitude_deg, -360, 360)
    return (
        None if latitude is None or longitude is None else (latitude, (longitude + 180) % 360 - 180 if abs(longitude) > 180 else longitude)
    )


def station_place(station: Station) -> Position | None:
    """Where the node is."""
    at = place(station.latitude_deg, station.longitude_deg)
    if at is None:
        return None
    sigma_m = within(station.sigma_horizontal_m, 0, MOST_SIGMA_M)
    altitude_m = within(station.altitude_wgs84_m, -MOST_ALTITUDE_M, MOST_ALTITUDE_M)
    return Position(*at, altitude_m, sigma_m, sigma_m, None if sigma_m is None else 0.0)


def position(state: Kinematics | None) -> Position | None:
    """Where the object is, None where nobody knows."""
    at = place(state.latitude_deg, state.longitude_deg) if state else None
    if state is None or at is None:
        return None
    altitude_m = within(state.altitude_wgs84_m, -MOST_ALTITUDE_M, MOST_ALTITUDE_M)
    major_m, minor_m, axis_deg, sigma_altitude_m = _errors(state.covariance)
    return Position(*at, altitude_m, major_m, minor_m, axis_deg, sigma_altitude_m if altitude_m is not None else None)


def _errors(covariance: tuple[float, ...]) -> tuple[float | None, float | None, float | None, float | None]:
    """Half axes and direction of the horizontal ellipse, and the vertical sigma, of a 6x6 covariance."""
    if len(covariance) != 36:
        return None, None, None, None
    return *_ellipse(covariance[0], covariance[7], (covariance[1] + covariance[6]) / 2), sigma(covariance[14], MOST_SIGMA_M)


def _ellipse(east: float, north: float, cross: float) -> tuple[float | None, float | None, float | None]:
    """Half axes and direction of the longer one, of variances in square metres."""
    if not all(map(isfinite, (east, north, cross))) or min(east, north) < 0:
        return None, None, None
    middle, spread = (east + north) / 2, hypot((east - north) / 2, cross)
    if within(major_m := sqrt(middle + spread), 0, MOST_SIGMA_M) is None:
        return None, None, None
    return major_m, sqrt(max(middle - spread, 0.0)), degrees(atan2(2 * cross, north - east)) / 2 % 180 % 180


def sigma(variance: float, most: float) -> float | None:
    """The standard deviation; None of what is no variance, and of 0, for nothing is known that well."""
    return within(sqrt(variance), 0, most) if isfinite(variance) and variance > 0 else None


def velocity(state: Kinematics | None) -> Velocity | None:
    """How the object moves, None where that is not known or no velocity."""
    if state is None:
        return None
    axes = state.velocity_east_mps, state.velocity_north_mps, state.velocity_up_mps
    return None if any(within(axis, -MOST_SPEED_MPS, MOST_SPEED_MPS) is None for axis in axes) else Velocity(*axes)


def direction(bearing: Bearing | None, *, any_reference: bool = False) -> Direction | None:
    """Where the object is seen from the node, None where no compass direction is known; `any_reference` takes a vehicle's front too."""
    if bearing is None or not isfinite(bearing.azimuth_deg) or (bearing.reference != "true_north" and not any_reference):
        return None
    pose_deg = within(bearing.sigma_pose_deg, 0, 180) or 0.0
    random_deg = within(bearing.sigma_azimuth_deg, 0, 180)
    sigma_deg = 180.0 if random_deg is None else min(hypot(random_deg, pose_deg), 180.0)
    elevation_deg = within(bearing.elevation_deg, -90, 90)
    sigma_elevation_deg = within(bearing.sigma_elevation_deg, 0, 180) if elevation_deg is not None else None
    if sigma_elevation_deg is not None:
        sigma_elevation_deg = min(hypot(sigma_elevation_deg, pose_deg), 180.0)
    return Direction(wrapped(bearing.azimuth_deg), sigma_deg, elevation_deg, sigma_elevation_deg)


def text(said: str | None, most: int = 100) -> str:
    """Text of at most so many characters, without controls, signs that turn its direction, and what XML does not take; none is empty."""
    return "".join(filter(str.isprintable, said[: 4 * most]))[:most].strip() if said else ""


def claimed_id(identity: Identity | None) -> str:
    """The best id that the object claims, empty where none."""
    ids = (
        sorted(identity.ids, key=lambda one: _BEST_FIRST.index(one.type) if one.type in _BEST_FIRST else len(_BEST_FIRST))
        if identity
        else []
    )
    return next((said for one in ids if (said := text(one.value, 64))), "")


def operator_place(identity: Identity | None) -> Position | None:
    """Where the operator claims to be."""
    at = place(identity.operator_latitude_deg, identity.operator_longitude_deg) if identity else None
    if identity is None or at is None:
        return None
    return Position(*at, within(identity.operator_altitude_wgs84_m, -MOST_ALTITUDE_M, MOST_ALTITUDE_M))


def drone_probability(track: Track) -> float | None:
    """How sure it is a drone: by all sensors together, else by the surest that says anything; 0 to 1."""
    if track.probabilities:
        return min(sum(within(track.probabilities.get(label), 0, 1) or 0.0 for label in DRONES), 1.0)
    heard = track.emission if track.emission is not None and track.emission.alarm else None
    said = [one.probability for one in (track.sound, track.sight, track.target, heard) if one is not None]
    said += [1.0] if track.identity is not None else []
    return max((one for chance in said if (one := within(chance, 0, 1)) is not None), default=None)


def is_drone(track: Track) -> bool:
    """Whether it is more likely a drone than not."""
    return (drone_probability(track) or 0.0) > 0.5


def title(track: Track) -> str:
    """A few words that name a track to a person."""
    what = track.label or (track.emission.link if track.emission else None) or "unknown"
    who = claimed_id(track.identity)
    return f"track {track.number}, {what.replace('_', ' ')}" + (f", {who}" if who else "")


def utc(t_utc_ns: int) -> datetime:
    """A time that can be written, to the microsecond; what lies outside 1970 to 9999 is told as the nearest that does not."""
    return EPOCH + timedelta(microseconds=min(max(t_utc_ns, 0), LAST_NS) // 1000)


def iso(t_utc_ns: int) -> str:
    """RFC 3339 to the millisecond."""
    return utc(t_utc_ns).isoformat(timespec="milliseconds").replace("+00:00", "Z")
