"""Course over ground as a heading: only of a vehicle that drives, and drives ahead."""

from __future__ import annotations

from math import degrees, hypot, isfinite

from edge_node.messages import PositionFix
from edge_node.pose.angles import Reading, turn_deg

LEAST_MPS = 3.0
SIGMA_SPEED_MPS, SIGMA_SLIP_DEG = 0.3, 3.0
"""Of a receiver's velocity across the course, and of a car's front against its course, in bends above all."""
SIGMA_T_S = 0.15
REVERSES_BELOW_MPS, ABOUT_FACE_DEG = 6.0, 120.0
FORGOTTEN_NS = 60_000_000_000


class Course:
    """Remembers where the front was, so that a vehicle which backs up is not taken for one that turned about."""

    def __init__(self) -> None:
        self._ahead: Reading | None = None
        self.reverses = False

    def heading(self, fix: PositionFix, front_deg: float | None = None) -> Reading | None:
        """A heading, None of who stands, is slow or backs up; `front_deg` is where the front is, by whoever else knows."""
        speed, course = fix.speed_mps, fix.course_deg
        if not fix.has_fix or speed is None or course is None or not isfinite(speed) or not isfinite(course) or speed < LEAST_MPS:
            return None
        ahead = self._ahead if self._ahead and fix.t_mono_ns - self._ahead.t_mono_ns < FORGOTTEN_NS else None
        known_deg = front_deg if front_deg is not None else ahead.angle_deg if ahead else None
        about = known_deg is not None and abs(turn_deg(known_deg, course)) > ABOUT_FACE_DEG
        self.reverses = about and speed < REVERSES_BELOW_MPS
        if self.reverses:
            return None
        self._ahead = Reading(fix.t_mono_ns, course % 360, hypot(degrees(SIGMA_SPEED_MPS / speed), SIGMA_SLIP_DEG), SIGMA_T_S)
        return self._ahead
