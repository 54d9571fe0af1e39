"""The way that an object came: a few minutes of places with their errors, in metres about one origin for all objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from math import hypot, isfinite, sqrt
from typing import NamedTuple

from edge_node.geometry import LocalFrame
from edge_node.messages import Kinematics

SPACING_S = 2.0
MOST_SPOTS = 60
MOST_M = 1e6


class Spot(NamedTuple):
    """A place and velocity, m and m/s; sigmas are along the worse horizontal axis, and up; `speed_mps` is over ground.

    `up_m` is None where nobody knows the height.
    """

    t_s: float
    east_m: float
    north_m: float
    up_m: float | None
    east_mps: float
    north_mps: float
    up_mps: float
    sigma_m: float
    sigma_mps: float
    sigma_up_m: float
    sigma_up_mps: float
    speed_mps: float

    def at(self, t_s: float) -> tuple[float, float]:
        """East and north a moment before or after, by its own velocity."""
        passed_s = t_s - self.t_s
        return self.east_m + passed_s * self.east_mps, self.north_m + passed_s * self.north_mps


def spot_of(state: Kinematics, t_s: float, frame: LocalFrame) -> Spot | None:
    """None for what is no place on Earth, or one whose errors nobody knows."""
    numbers = (state.latitude_deg, state.longitude_deg, state.velocity_east_mps, state.velocity_north_mps, state.velocity_up_mps)
    cov = state.covariance
    if len(cov) != 36 or not all(map(isfinite, (*numbers, *cov))) or not (-90 <= state.latitude_deg <= 90):
        return None
    east_m, north_m, _ = frame.to_enu(state.latitude_deg, state.longitude_deg, 0.0)
    altitude_m = state.altitude_wgs84_m
    known = altitude_m is not None and isfinite(altitude_m)
    sigmas = _worse(cov[0], cov[7], cov[1]), _worse(cov[21], cov[28], cov[22]), sqrt(max(cov[14], 0.0)), sqrt(max(cov[35], 0.0))
    spot = Spot(t_s, east_m, north_m, altitude_m if known else None, *numbers[2:], *sigmas, hypot(numbers[2], numbers[3]))
    return spot if max(map(abs, (spot.east_m, spot.north_m, *numbers[2:], *sigmas))) < MOST_M else None


def _worse(one: float, other: float, mixed: float) -> float:
    """The longer half axis of a 2x2 covariance."""
    return sqrt(max((one + other) / 2 + hypot((one - other) / 2, mixed), 0.0))


class Way:
    """Spots of one object, SPACING_S apart and at most MOST_SPOTS, and the newest beside them."""

    __slots__ = ("_spots", "now")

    def __init__(self, first: Spot) -> None:
        self._spots: deque[Spot] = deque([first], maxlen=MOST_SPOTS)
        self.now = first

    def add(self, spot: Spot) -> bool:
        """Take in the newest, which is later than all; whether it is kept. After a gap the way begins anew."""
        if spot.t_s - self.now.t_s > 4 * SPACING_S:
            self._spots.clear()
        self.now = spot
        kept = not self._spots or spot.t_s - self._spots[-1].t_s >= SPACING_S
        if kept:
            self._spots.append(spot)
        return kept

    @property
    def lasted_s(self) -> float:
        """From the oldest spot until now."""
        return self.now.t_s - self._spots[0].t_s

    def since(self, ago_s: float) -> Sequence[Spot]:
        """The spots of so long, the one at its beginning or before it, and the newest; all there are of a shorter way."""
        kept, first = self._spots, 0
        for place in range(len(kept) - 1, -1, -1):
            if self.now.t_s - kept[place].t_s >= ago_s:
                first = place
                break
        spots = list(islice(kept, first, None))
        return spots if spots[-1] is self.now else [*spots, self.now]

    def at(self, t_s: float) -> Spot | None:
        """The spot nearest to a time, None where the way has none within SPACING_S of it."""
        spots = self._spots
        place = max(len(spots) - 1 - int(max(spots[-1].t_s - t_s, 0.0) / SPACING_S), 0)
        while place + 1 < len(spots) and abs(spots[place + 1].t_s - t_s) <= abs(spots[place].t_s - t_s):
            place += 1
        nearest = min(spots[place], self.now, key=lambda spot: abs(spot.t_s - t_s))
        return nearest if abs(nearest.t_s - t_s) <= SPACING_S else None
