"""Tracks as marks in the sky above the node: azimuth and elevation with their errors."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, isfinite, sin, sqrt

from msgspec import Struct

from edge_node.geometry import LocalFrame
from edge_node.messages import Bearing, BearingReference, Kinematics, Track
from edge_node.node.figures_file import PlaceNow
from edge_node.node.words import DRONES, describe

LARGEST_SIGMA_AZIMUTH_DEG, LARGEST_SIGMA_ELEVATION_DEG = 90.0, 45.0
NEAREST_M = 1.0
"""Nearer than this there is no direction."""
MOST_TEXT = 300


class Mark(Struct, frozen=True, kw_only=True):
    """One track. Without `azimuth_deg` it has no direction; without `elevation_deg` it may be at any height.

    Sigmas are of azimuth and elevation as angles of those names, `correlation` is between their errors. `known` is the track's cooperation,
    `doubt` names the strongest suspicion and `evidence` says why, `drone` is the probability of one.
    """

    number: int
    state: str
    name: str
    words: str
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    sigma_azimuth_deg: float | None = None
    sigma_elevation_deg: float | None = None
    correlation: float = 0.0
    reference: BearingReference = "true_north"
    range_m: float | None = None
    age_s: float
    known: str | None = None
    reason: str | None = None
    doubt: str | None = None
    evidence: str | None = None
    flags: tuple[str, ...] = ()
    label: str | None = None
    drone: float | None = None
    sensors: tuple[str, ...] = ()


class Direction(Struct, frozen=True, kw_only=True):
    """Where a mark stands, in Mark's terms."""

    azimuth_deg: float
    elevation_deg: float | None
    sigma_azimuth_deg: float
    sigma_elevation_deg: float | None
    correlation: float = 0.0
    reference: BearingReference = "true_north"
    range_m: float | None = None


def mark(track: Track, place: PlaceNow | None, now_mono_ns: int) -> Mark:
    """A track as the page draws it; by its bearing where it has one, else by its place and the node's."""
    seen = None
    if track.bearing is not None:
        seen = of_bearing(track.bearing)
    elif track.kinematics is not None and place is not None:
        seen = of_place(track.kinematics, place)
    doubt = max(track.suspicions, key=lambda one: one.score, default=None)
    return Mark(
        number=track.number,
        state=track.state,
        name=_name(track),
        words=describe(track)[:MOST_TEXT],
        azimuth_deg=seen.azimuth_deg if seen else None,
        elevation_deg=seen.elevation_deg if seen else None,
        sigma_azimuth_deg=seen.sigma_azimuth_deg if seen else None,
        sigma_elevation_deg=seen.sigma_elevation_deg if seen else None,
        correlation=seen.correlation if seen else 0.0,
        reference=seen.reference if seen else "true_north",
        range_m=(seen.range_m if seen else None) or (track.sight.range_m if track.sight else None),
        age_s=max(now_mono_ns - track.last_seen_mono_ns, 0) / 1e9,
        known=track.cooperation,
        reason=track.cooperation_reason,
        doubt=doubt.name if doubt else None,
        evidence=f"{doubt.name.replace('_', ' ')}, {100 * doubt.score:.0f} %: {doubt.evidence}"[:MOST_TEXT] if doubt else None,
        flags=track.flags[:8],
        label=track.label,
        drone=sum(track.probabilities.get(name, 0.0) for name in DRONES) if track.probabilities else None,
        sensors=track.sensors[:8],
    )


def _name(track: Track) -> str:
    """What it calls itself, else what it is taken for."""
    claimed = track.identity.ids if track.identity else ()
    told = track.target.ids if track.target else ()
    names = [one.value for one in claimed] + [one.value for one in told]
    return next((name[:24] for name in names if name), _sensed(track))


def _sensed(track: Track) -> str:
    """Such as "multirotor heard", of one that says nothing of itself."""
    how = (("seen", track.sight), ("heard", track.sound), ("received", track.emission), ("reported", track.target))
    what = "link" if track.emission and track.label in (None, "unknown") else (track.label or "something").replace("_", " ")
    return f"{'something' if what == 'unknown' else what} {next((word for word, said in how if said), 'found')}"


def of_bearing(bearing: Bearing) -> Direction:
    """With the error of how the sensor stands, which is in both angles."""
    pose_deg = bearing.sigma_pose_deg or 0.0
    up_deg = bearing.sigma_elevation_deg
    return Direction(
        azimuth_deg=bearing.azimuth_deg,
        elevation_deg=bearing.elevation_deg,
        sigma_azimuth_deg=min(hypot(bearing.sigma_azimuth_deg, pose_deg), LARGEST_SIGMA_AZIMUTH_DEG),
        sigma_elevation_deg=None if up_deg is None else min(hypot(up_deg, pose_deg), LARGEST_SIGMA_ELEVATION_DEG),
        reference=bearing.reference,
    )


def of_place(state: Kinematics, place: PlaceNow) -> Direction | None:
    """Seen from the node, whose own error counts too; None right above it, or of what is no place."""
    height_known = state.altitude_wgs84_m is not None and place.altitude_wgs84_m is not None
    here = LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0)
    level_m = state.altitude_wgs84_m if height_known else place.altitude_wgs84_m
    east, north, up = here.to_enu(state.latitude_deg, state.longitude_deg, level_m or 0.0)
    across_m = hypot(east, north)
    if not isfinite(across_m + up) or across_m < NEAREST_M:
        return None
    azimuth, elevation = atan2(east, north), atan2(up, across_m)
    sigma_az, sigma_el, correlation = _errors(state.covariance, place.sigma_m or 0.0, (azimuth, elevation, across_m, up))
    return Direction(
        azimuth_deg=degrees(azimuth) % 360.0,
        elevation_deg=degrees(elevation) if height_known else None,
        sigma_azimuth_deg=min(degrees(sigma_az), LARGEST_SIGMA_AZIMUTH_DEG),
        sigma_elevation_deg=min(degrees(sigma_el), LARGEST_SIGMA_ELEVATION_DEG) if height_known else None,
        correlation=correlation,
        range_m=hypot(across_m, up) if height_known else across_m,
    )


def _errors(covariance: tuple[float, ...], own_m: float, seen: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """Sigmas of azimuth and elevation in radians and their correlation: the covariance of a place in m², to first order."""
    azimuth, elevation, across_m, up_m = seen
    range_2 = across_m**2 + up_m**2
    by_azimuth = (cos(azimuth) / across_m, -sin(azimuth) / across_m, 0.0)
    slant = sin(elevation) / sqrt(range_2)
    by_elevation = (-slant * sin(azimuth), -slant * cos(azimuth), across_m / range_2)
    place = [[covariance[6 * row + column] + (own_m**2 if row == column < 2 else 0.0) for column in range(3)] for row in range(3)]

    def spread(left: tuple[float, ...], right: tuple[float, ...]) -> float:
        return sum(left[i] * place[i][j] * right[j] for i in range(3) for j in range(3))

    sigma_az, sigma_el = sqrt(max(spread(by_azimuth, by_azimuth), 0.0)), sqrt(max(spread(by_elevation, by_elevation), 0.0))
    both = sigma_az * sigma_el
    return sigma_az, sigma_el, max(-1.0, min(spread(by_azimuth, by_elevation) / both, 1.0)) if both else 0.0
