"""The bearing that a track is told with: what all sensors know of it, how it turns, and when that was."""

from __future__ import annotations

from msgspec.structs import replace

from edge_node.fusion.embodied import Known
from edge_node.messages import Bearing

HOLDS_NS = 2_000_000_000
"""A direction that is older than the place told beside it says nothing of where that is."""


def rated(body: Known | None, said: Bearing | None) -> Bearing | None:
    """Of all sensors together where they know more than the newest; how it turns, only a sensor can say while the range is unknown."""
    if body is None:
        return said
    if body.kinematics or said is None or said.azimuth_rate_dps is None:
        return body.bearing
    return replace(body.bearing, azimuth_rate_dps=said.azimuth_rate_dps, elevation_rate_dps=said.elevation_rate_dps)


def as_of(bearing: Bearing | None, late_ns: int) -> Bearing | None:
    """A bearing carried on by its rates to another time; None where that is too far off."""
    if bearing is None or late_ns == 0:
        return bearing
    if abs(late_ns) > HOLDS_NS:
        return None
    late_s, elevation_deg = late_ns / 1e9, bearing.elevation_deg
    azimuth_deg = (bearing.azimuth_deg + (bearing.azimuth_rate_dps or 0.0) * late_s) % 360
    if elevation_deg is not None:
        elevation_deg = min(max(elevation_deg + (bearing.elevation_rate_dps or 0.0) * late_s, -90.0), 90.0)
    return replace(bearing, azimuth_deg=azimuth_deg, elevation_deg=elevation_deg)
