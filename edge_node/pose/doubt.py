"""Whether a source of headings is to be believed: it does not leap, and does not stand still while the vehicle drives."""

from __future__ import annotations

from edge_node.pose.angles import Reading, turn_deg

MOST_TURN_DPS, LEAP_DEG = 120.0, 10.0
"""A car turns no faster than 60 degrees/s; what is further off than that and its own errors has leapt."""
BELIEVED_AFTER = 5
"""Readings in a row that agree with each other after a leap: then it was right, or is right again."""
FROZEN_NS, FROZEN_READINGS = 10_000_000_000, 8
DRIVING_MPS = 3.0


class Doubt:
    """Of one source; `trouble` names what is wrong with it now, and is empty again once it is well."""

    def __init__(self) -> None:
        self.trouble = ""
        self._good: Reading | None = None
        self._leapt: list[Reading] = []
        self._same_since_ns, self._same = 0, 0
        self._said_deg: float | None = None

    def believes(self, reading: Reading, speed_mps: float | None) -> bool:
        """Whether this heading can be used, at that speed of the vehicle."""
        frozen = self._is_frozen(reading, speed_mps)
        leaps = not frozen and self._leaps(reading)
        self.trouble = "the heading is frozen" if frozen else "the heading jumps" if leaps else ""
        return not (frozen or leaps)

    def _is_frozen(self, reading: Reading, speed_mps: float | None) -> bool:
        """The same to its last digit, all the while that the vehicle drives."""
        if reading.angle_deg != self._said_deg or speed_mps is None or speed_mps < DRIVING_MPS:
            self._said_deg, self._same_since_ns, self._same = reading.angle_deg, reading.t_mono_ns, 0
        self._same += 1
        return self._same >= FROZEN_READINGS and reading.t_mono_ns - self._same_since_ns >= FROZEN_NS

    def _leaps(self, reading: Reading) -> bool:
        if self._good is None or _follows(self._good, reading):
            self._good, self._leapt = reading, []
            return False
        if self._leapt and not _follows(self._leapt[-1], reading):
            self._leapt = []
        self._leapt.append(reading)
        if len(self._leapt) < BELIEVED_AFTER:
            return True
        self._good, self._leapt = reading, []
        return False


def _follows(before: Reading, after: Reading) -> bool:
    """Whether a vehicle can have turned that far since."""
    passed_s = (after.t_mono_ns - before.t_mono_ns) / 1e9
    can_deg = LEAP_DEG + 4 * (before.sigma_deg + after.sigma_deg) + MOST_TURN_DPS * max(passed_s, 0.0)
    return abs(turn_deg(before.angle_deg, after.angle_deg)) <= can_deg
