"""Whether an object comes near a protected point: closest point of approach over the ground, with what its covariance leaves of doubt.

The place at the closest time is p + v t with covariance P_pp + t (P_pv + P_vp) + t^2 P_vv; across the course that gives the miss and its
sigma, and so the probability of a miss within the point's radius. Who turns later is not foreseen: HORIZON_S bounds how far that is told.
An object of which the bearing alone is known has no such course: a bearing that stays may be that of who comes, goes or hovers, and
loudness and size change with wind, attitude and light as much as with range; so nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, erf, hypot, isfinite, radians, sqrt

from edge_node.config import ProtectTable
from edge_node.fusion.behaviours.deeds import SURE_SIGMAS
from edge_node.geometry import MEAN_RADIUS_M
from edge_node.messages import Fact, Kinematics

HORIZON_S = 180.0
LEAST_MPS = 2.0
LIKELY = 0.75
FARTHEST_M = 50_000.0
METRES_A_DEGREE = radians(MEAN_RADIUS_M)
"""On a sphere: right to half a per cent, which is nothing beside where it will be in minutes."""
MOST_APPROACHES = 3
LEAST_SIGMA_M = 1.0


class Protected:
    """A point and the radius about it, in metres about itself."""

    def __init__(self, table: ProtectTable) -> None:
        self.name, self.radius_m = table.name, table.radius_m
        self._latitude_deg, self._longitude_deg = table.latitude_deg, table.longitude_deg
        self._reach_deg = (FARTHEST_M + table.radius_m) / METRES_A_DEGREE

    def approached(self, state: Kinematics, ago_s: float) -> Fact | None:
        """How `state` of so long ago, whose numbers are finite, comes near; None where it does not, or nobody can say."""
        north_deg = state.latitude_deg - self._latitude_deg
        if abs(north_deg) > self._reach_deg:
            return None
        east_deg = (state.longitude_deg - self._longitude_deg + 180) % 360 - 180
        east_m = east_deg * METRES_A_DEGREE * cos(radians(self._latitude_deg + north_deg / 2))
        north_m = north_deg * METRES_A_DEGREE
        if hypot(east_m, north_m) < self.radius_m:
            return self._inside(state, east_m, north_m)
        return self._coming(state, east_m, north_m, ago_s)

    def _inside(self, state: Kinematics, east_m: float, north_m: float) -> Fact | None:
        away_m = max(hypot(east_m, north_m), 1e-6)
        sigma_m = _along(state, east_m / away_m, north_m / away_m, 0.0)
        if _within(away_m, sigma_m, self.radius_m) < LIKELY:
            return None
        return Fact(
            "approaches", 0.0, "s", f"is {away_m:.0f} ± {sigma_m:.0f} m from {self.name}, within its {self.radius_m:.0f} m", self.name
        )

    def _coming(self, state: Kinematics, east_m: float, north_m: float, ago_s: float) -> Fact | None:
        vx, vy = state.velocity_east_mps, state.velocity_north_mps
        speed_mps = hypot(vx, vy)
        if speed_mps <= LEAST_MPS:
            return None
        x, y = vx / speed_mps, vy / speed_mps
        sigma_mps = sqrt(max(_form(state, x, y, 3, 3), 0.0))
        nearest_s = -(east_m * x + north_m * y) / speed_mps
        if speed_mps <= SURE_SIGMAS * sigma_mps or not ago_s < nearest_s <= HORIZON_S:
            return None
        miss_m, sigma_m = abs(east_m * y - north_m * x), _along(state, -y, x, nearest_s)
        sure = _within(miss_m, sigma_m, self.radius_m)
        if sure < LIKELY:
            return None
        sigma_s = _along(state, x, y, nearest_s) / speed_mps
        course_deg = degrees(atan2(vx, vy)) % 360
        where = (
            f"in {nearest_s:.0f} ± {sigma_s:.0f} s {miss_m:.0f} ± {sigma_m:.0f} m from {self.name}, {sure:.0%} within {self.radius_m:.0f} m"
        )
        return Fact("approaches", nearest_s - ago_s, "s", f"{where}, at {speed_mps:.0f} m/s towards {course_deg:.0f}°", self.name)


def approaches(points: Sequence[Protected], state: Kinematics, ago_s: float = 0.0) -> list[Fact]:
    """The protected points that an object whose state is so old comes near, the soonest first."""
    if not points or not all(map(isfinite, (state.velocity_east_mps, state.velocity_north_mps))):
        return []
    facts = [fact for point in points if (fact := point.approached(state, ago_s))]
    return sorted(facts, key=lambda fact: (fact.value or 0.0, fact.about or ""))[:MOST_APPROACHES]


def _along(state: Kinematics, x: float, y: float, after_s: float) -> float:
    """The sigma of its place along a direction after a time, m; that of the last decimal where it is told to be none."""
    variance = (
        _form(state, x, y, 0, 0) + after_s * (_form(state, x, y, 0, 3) + _form(state, x, y, 3, 0)) + after_s**2 * _form(state, x, y, 3, 3)
    )
    return max(sqrt(max(variance, 0.0)), LEAST_SIGMA_M)


def _form(state: Kinematics, x: float, y: float, row: int, column: int) -> float:
    """The covariance of two horizontal vectors (place at 0, velocity at 3) along a direction."""
    cov, first = state.covariance, 6 * row + column
    return x * x * cov[first] + x * y * (cov[first + 1] + cov[first + 6]) + y * y * cov[first + 7]


def _within(miss_m: float, sigma_m: float, radius_m: float) -> float:
    """The probability that a normally distributed miss is within the radius on either side."""
    return (erf((radius_m - miss_m) / (sigma_m * sqrt(2.0))) + erf((radius_m + miss_m) / (sigma_m * sqrt(2.0)))) / 2
