"""One angle over time, as one device measures it: at any time between and shortly after, with how sure that is."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import hypot, isfinite

from msgspec import Struct

MOST_READINGS = 256
MOST_GAP_NS = 2_500_000_000
"""Between two readings further apart than this the vehicle may have gone round."""
MOST_AHEAD_NS = 2_000_000_000
CALM_BEND_DPS2, LEAST_BEND_DPS2, AHEAD_BEND_DPS2 = 0.1, 2.0, 15.0
"""How fast a turn rate changes: of who stands, between readings at least, and beyond the newest: a car turns into a corner."""
RATE_OVER_NS = 400_000_000


class Reading(Struct, frozen=True, gc=False):
    """Degrees with a 1-sigma error, and how well their time is known."""

    t_mono_ns: int
    angle_deg: float
    sigma_deg: float
    sigma_t_s: float = 0.0


class Angle(Struct, frozen=True, gc=False):
    """At one time: degrees (0 <= a < 360), their sigma, and how fast they change."""

    angle_deg: float
    sigma_deg: float
    rate_dps: float


class Angles:
    """The newest readings in the order of their times; what comes out of order or is no number is passed over."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._readings: list[Reading] = []

    @property
    def newest(self) -> Reading | None:
        """The last that was taken."""
        return self._readings[-1] if self._readings else None

    def clear(self) -> None:
        """Forget all of them."""
        self._times.clear()
        self._readings.clear()

    def take(self, reading: Reading) -> bool:
        """Take one in; whether it could be used."""
        if not (isfinite(reading.angle_deg) and isfinite(reading.sigma_deg) and isfinite(reading.sigma_t_s) and reading.sigma_deg > 0):
            return False
        if self._times and reading.t_mono_ns <= self._times[-1]:
            return False
        self._times.append(reading.t_mono_ns)
        self._readings.append(reading)
        if len(self._times) > MOST_READINGS:
            del self._times[0], self._readings[0]
        return True

    def at(self, t_mono_ns: int, calm: bool = False) -> Angle | None:
        """The angle at a time; None before the first, long after the last, and in gaps. `calm`: the vehicle stands."""
        place = bisect_right(self._times, t_mono_ns)
        if place == 0:
            return None
        return self._ahead(t_mono_ns, calm) if place == len(self._times) else self._between(place, t_mono_ns)

    def _between(self, place: int, t_mono_ns: int) -> Angle | None:
        """By the shorter way round; a bend of the turn rate makes the middle of a gap less sure (a chord's error is a t^2 / 8)."""
        before, after = self._readings[place - 1], self._readings[place]
        gap_ns = after.t_mono_ns - before.t_mono_ns
        if gap_ns > MOST_GAP_NS:
            return None
        share, gap_s = (t_mono_ns - before.t_mono_ns) / gap_ns, gap_ns / 1e9
        turned_deg = turn_deg(before.angle_deg, after.angle_deg)
        bend_deg = max(LEAST_BEND_DPS2, self._bend_dps2(place)) * gap_s**2 * share * (1 - share) / 2
        sigma_deg = (1 - share) * before.sigma_deg + share * after.sigma_deg
        rate_dps = turned_deg / gap_s
        late_deg = rate_dps * max(before.sigma_t_s, after.sigma_t_s)
        return Angle((before.angle_deg + share * turned_deg) % 360, hypot(sigma_deg, bend_deg, late_deg), rate_dps)

    def _bend_dps2(self, place: int) -> float:
        """How the turn rate changed from the gap before to this one, and to the next."""
        rates = [rate for k in (place - 1, place, place + 1) if (rate := self._rate_dps(k)) is not None]
        gap_s = (self._times[place] - self._times[place - 1]) / 1e9
        return max((abs(one - other) / gap_s for one, other in pairwise(rates)), default=AHEAD_BEND_DPS2)

    def _rate_dps(self, place: int) -> float | None:
        if not 1 <= place < len(self._times):
            return None
        gap_s = (self._times[place] - self._times[place - 1]) / 1e9
        return turn_deg(self._readings[place - 1].angle_deg, self._readings[place].angle_deg) / gap_s

    def _ahead(self, t_mono_ns: int, calm: bool) -> Angle | None:
        """By the turn rate of the newest moments, less sure with every one that passes."""
        last = self._readings[-1]
        ahead_ns = t_mono_ns - last.t_mono_ns
        if ahead_ns > MOST_AHEAD_NS:
            return None
        ahead_s = ahead_ns / 1e9
        rate_dps, sigma_rate_dps, bend_dps2 = (0.0, 0.0, CALM_BEND_DPS2) if calm else (*self._newest_rate(), AHEAD_BEND_DPS2)
        grown_deg = hypot(sigma_rate_dps * ahead_s, bend_dps2 * ahead_s**2 / 2)
        sigma_deg = hypot(last.sigma_deg, grown_deg, rate_dps * last.sigma_t_s)
        return Angle((last.angle_deg + rate_dps * ahead_s) % 360, sigma_deg, rate_dps)

    def _newest_rate(self) -> tuple[float, float]:
        """Degrees a second over the newest moments and their sigma; none is known of one reading or after a gap."""
        last = self._readings[-1]
        place = max(bisect_right(self._times, last.t_mono_ns - RATE_OVER_NS) - 1, 0)
        over_ns = last.t_mono_ns - self._times[place]
        if over_ns <= 0 or over_ns > MOST_GAP_NS:
            return 0.0, AHEAD_BEND_DPS2
        over_s = over_ns / 1e9
        turned_deg = sum(turn_deg(self._readings[k].angle_deg, self._readings[k + 1].angle_deg) for k in range(place, len(self._times) - 1))
        return turned_deg / over_s, AHEAD_BEND_DPS2 * over_s / 2


def turn_deg(from_deg: float, to_deg: float) -> float:
    """The shorter way from one angle to another, -180 <= turn < 180."""
    return (to_deg - from_deg + 180.0) % 360.0 - 180.0
