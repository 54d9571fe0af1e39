"""Where the node itself is: told in its configuration, else by its own receiver."""

from __future__ import annotations

from math import cos, hypot, isfinite, radians, sin

from msgspec.structs import replace

from edge_node.config import NodeTable
from edge_node.geometry import LocalFrame
from edge_node.messages import PositionFix
from edge_node.publish.wire import Place

FIX_HELD_NS, FIX_HELD_MOVING_NS = 60_000_000_000, 10_000_000_000
UNSAID_SPEED_MPS, BRAKING_MPS2, UNSAID_SIGMA_M = 30.0, 3.0, 10.0
"""Of a vehicle that moves: how fast where its receiver does not say it, how it speeds up, brakes and turns, and how good a fix may be."""


class OwnPlace:
    """A fixed place wins over a fix; a fix older than a minute is no place for a node that may have moved.

    That of a vehicle goes on by its speed and course for 10 s, less sure with every one.
    """

    def __init__(self, node: NodeTable) -> None:
        self._fixed: Place | None = None
        if node.latitude_deg is not None and node.longitude_deg is not None:
            self._fixed = Place(
                source="fixed",
                latitude_deg=node.latitude_deg,
                longitude_deg=node.longitude_deg,
                altitude_wgs84_m=node.altitude_wgs84_m,
            )
        self._fix: PositionFix | None = None
        self._moving = node.moving
        self._held_ns = FIX_HELD_MOVING_NS if node.moving else FIX_HELD_NS

    def hear(self, fix: PositionFix) -> None:
        """Take what a receiver says."""
        if fix.has_fix:
            self._fix = fix

    def now(self, t_mono_ns: int) -> Place | None:
        """The place, None where nobody knows."""
        fix = self._fix
        if self._fixed or fix is None or t_mono_ns - fix.t_mono_ns > self._held_ns:
            return self._fixed
        if fix.latitude_deg is None or fix.longitude_deg is None:
            return None
        place = Place(
            source="gnss",
            latitude_deg=fix.latitude_deg,
            longitude_deg=fix.longitude_deg,
            altitude_wgs84_m=fix.altitude_wgs84_m,
            sigma_m=fix.sigma_horizontal_m,
        )
        return _carried(place, fix, (t_mono_ns - fix.t_mono_ns) / 1e9) if self._moving else place


def _carried(place: Place, fix: PositionFix, age_s: float) -> Place:
    """Where the vehicle is by now; one whose course or speed nobody said may be anywhere about."""
    speed, course = fix.speed_mps, fix.course_deg
    known = speed is not None and isfinite(speed) and (speed == 0 or (course is not None and isfinite(course)))
    if not known:
        speed, course = 0.0, 0.0
    along_m, towards = (speed or 0.0) * age_s, radians(course or 0.0)
    frame = LocalFrame(place.latitude_deg, place.longitude_deg)
    latitude_deg, longitude_deg, _ = frame.to_geodetic(along_m * sin(towards), along_m * cos(towards), 0.0)
    grown_m = BRAKING_MPS2 * age_s**2 / 2 if known else UNSAID_SPEED_MPS * abs(age_s)
    sigma_m = hypot(place.sigma_m or UNSAID_SIGMA_M, grown_m)
    return replace(place, latitude_deg=latitude_deg, longitude_deg=longitude_deg, sigma_m=sigma_m)
