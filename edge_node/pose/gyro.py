"""A gyro's heading, which has no north of its own: turned by what others say of north, and less sure with every moment since."""

from __future__ import annotations

from math import hypot, sqrt

from edge_node.pose.angles import Angle, Angles, Reading, turn_deg

DRIFT_DPS = 0.5 / 60
"""Of a BNO085's rotation vector without magnetometer, by its data sheet (half a degree a minute, dynamic)."""
FRESH_NS = 500_000_000
BEGUN_ANEW_DPS, BEGUN_ANEW_DEG = 400.0, 5.0
GATE_SIGMAS = 4.0
REFUSED_UNTIL = 5
SHARED = 0.6
"""The share of a source's error that no averaging takes away: slip in a long bend, iron beside a compass."""


class Gyro:
    """Its yaw over time, and the one angle by which it is off north."""

    def __init__(self) -> None:
        self._yaw = Angles()
        self._offset_deg: float | None = None
        self._sigma_deg = 0.0
        self._aligned_ns = 0
        self._refused = 0

    def take(self, reading: Reading) -> None:
        """A yaw; one that leaps means that the device began anew, from another zero."""
        last = self._yaw.newest
        if last is not None:
            passed_s = (reading.t_mono_ns - last.t_mono_ns) / 1e9
            if abs(turn_deg(last.angle_deg, reading.angle_deg)) > BEGUN_ANEW_DEG + BEGUN_ANEW_DPS * max(passed_s, 0.0):
                self._yaw.clear()
                self._offset_deg = None
        self._yaw.take(reading)

    def align(self, north: Reading) -> bool:
        """Turn the zero by a heading from true north; whether it agreed. One that does not is believed once it is said again and again."""
        yaw = self._yaw.at(north.t_mono_ns)
        if yaw is None:
            return False
        offset_deg = (north.angle_deg - yaw.angle_deg) % 360
        sigma_deg = hypot(north.sigma_deg, yaw.sigma_deg, yaw.rate_dps * north.sigma_t_s)
        if self._offset_deg is None:
            self._set(offset_deg, sigma_deg, north.t_mono_ns)
            return True
        before_deg = self._grown_deg(north.t_mono_ns)
        off_deg = turn_deg(self._offset_deg, offset_deg)
        if abs(off_deg) > GATE_SIGMAS * hypot(before_deg, sigma_deg):
            self._refused += 1
            if self._refused >= REFUSED_UNTIL:
                self._set(offset_deg, sigma_deg, north.t_mono_ns)
            return False
        gain = before_deg**2 / (before_deg**2 + sigma_deg**2)
        least_deg = min(SHARED * sigma_deg, before_deg)
        self._set((self._offset_deg + gain * off_deg) % 360, max(sqrt(1 - gain) * before_deg, least_deg), north.t_mono_ns)
        return True

    def at(self, t_mono_ns: int) -> Angle | None:
        """The heading at a time; None of a gyro that nobody aligned or that is silent."""
        newest = self._yaw.newest
        if self._offset_deg is None or newest is None or t_mono_ns - newest.t_mono_ns > FRESH_NS:
            return None
        yaw = self._yaw.at(t_mono_ns)
        if yaw is None:
            return None
        sigma_deg = hypot(self._grown_deg(t_mono_ns), yaw.sigma_deg)
        return Angle((yaw.angle_deg + self._offset_deg) % 360, sigma_deg, yaw.rate_dps)

    def _grown_deg(self, t_mono_ns: int) -> float:
        return self._sigma_deg + DRIFT_DPS * abs(t_mono_ns - self._aligned_ns) / 1e9

    def _set(self, offset_deg: float, sigma_deg: float, t_mono_ns: int) -> None:
        self._offset_deg, self._sigma_deg, self._aligned_ns, self._refused = offset_deg, sigma_deg, t_mono_ns, 0
