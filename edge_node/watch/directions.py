"""Where in the sky of the node a track is: measured, or worked out of its place and the node's own, as the status page has it."""

from __future__ import annotations

from math import atan2, cos, degrees, isfinite, radians, sin

from msgspec.structs import replace

from edge_node.messages import Track
from edge_node.node.figures_file import PlaceNow
from edge_node.page.sky import Direction, of_bearing, of_place


def direction(track: Track, place: PlaceNow | None) -> Direction | None:
    """Of one track, by its bearing where it has one, else by its place; how far is by its place. None where nothing tells it."""
    seen = of_bearing(track.bearing) if track.bearing else None
    placed = of_place(track.kinematics, place) if track.kinematics and place else None
    if seen is not None:
        range_m = placed.range_m if placed else track.sight.range_m if track.sight else None
        seen = replace(seen, range_m=range_m, azimuth_deg=seen.azimuth_deg % 360.0)
    told = seen or placed
    return told if told is not None and isfinite(told.azimuth_deg + (told.elevation_deg or 0.0)) else None


def turned(azimuth_deg: float, from_deg: float) -> float:
    """How far one azimuth is clockwise of another, -180 to 180."""
    return degrees(atan2(sin(radians(azimuth_deg - from_deg)), cos(radians(azimuth_deg - from_deg))))
