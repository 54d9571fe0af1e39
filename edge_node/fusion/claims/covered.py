"""What each sensor would sense now: the newest of each, checked, and whether it holds for a place."""

from __future__ import annotations

from collections.abc import Mapping
from math import erf, hypot, isfinite, sqrt

from msgspec.structs import replace

from edge_node.fusion.claims.standing import Direction
from edge_node.messages import Coverage

FRESH_NS = 3_500_000_000
"""It is said once a second: who missed three is silent."""
MOST_SENSORS, LONGEST_NAME = 64, 64
HIGHEST_USUAL_DEG = 60.0
"""Where what flies at a height that nobody said is looked for."""
REACH_SPREAD = 0.2
"""How well a reach is known, of one model of drone, one weather and one background."""
MOST_REACH_M, LEAST_LATENCY_S, MOST_LATENCY_S = 100_000.0, 0.5, 60.0


class Coverages:
    """Bounded; a sensor that says nothing any more covers nothing any more."""

    def __init__(self) -> None:
        self._newest: dict[str, Coverage] = {}

    def take(self, said: Coverage) -> None:
        """What a sensor covers from now on; what cannot be, or counts from a vehicle whose front nobody knows, covers nothing."""
        usable = as_usable(said)
        if usable is None:
            self._newest.pop(said.sensor, None)
        elif said.sensor in self._newest or len(self._newest) < MOST_SENSORS:
            self._newest[said.sensor] = usable

    def now(self, t_mono_ns: int) -> Mapping[str, Coverage]:
        """By sensor, those that were said of late."""
        old = [name for name, one in self._newest.items() if abs(t_mono_ns - one.t_mono_ns) > FRESH_NS]
        for name in old:
            del self._newest[name]
        return self._newest

    def words(self, t_mono_ns: int) -> str:
        """Name the sensors that work and sense nothing now, and why."""
        blind = [f"{name} ({', '.join(one.notes)})" for name, one in self.now(t_mono_ns).items() if one.reach_m <= 0 and one.notes]
        return f"without reach now: {', '.join(blind)}" if blind else ""


def as_usable(said: Coverage) -> Coverage | None:
    """Within what can be; None of what is no number, of what does not count from true north, and of radio links, which have no place."""
    if said.sense == "radio":
        return None
    numbers = (said.azimuth_deg, said.width_deg, said.lowest_elevation_deg, said.highest_elevation_deg)
    if not all(map(isfinite, (*numbers, said.reach_m, said.probability, said.latency_s))) or len(said.sensor) > LONGEST_NAME:
        return None
    if said.reference != "true_north" and said.width_deg < 360.0:
        return None
    return replace(
        said,
        reach_m=min(max(said.reach_m, 0.0), MOST_REACH_M),
        probability=min(max(said.probability, 0.0), 0.99),
        latency_s=min(max(said.latency_s, LEAST_LATENCY_S), MOST_LATENCY_S),
    )


def share(said: Coverage, place: Direction) -> float:
    """How probable it is that a place, known so well, lies in the sector; an unknown elevation lies above the horizon."""
    if said.reach_m <= 0 or said.probability <= 0:
        return 0.0
    near = _below(place.range_m, said.reach_m, hypot(place.sigma_range_m, REACH_SPREAD * said.reach_m))
    off_deg = abs((place.azimuth_deg - said.azimuth_deg + 180.0) % 360.0 - 180.0)
    within = 1.0 if said.width_deg >= 360.0 else _below(off_deg, said.width_deg / 2, place.sigma_deg)
    return near * within * _between(place.elevation_deg, said.lowest_elevation_deg, said.highest_elevation_deg, place.sigma_deg)


def _between(value_deg: float | None, low_deg: float, high_deg: float, sigma_deg: float) -> float:
    if low_deg <= -90.0 and high_deg >= 90.0:
        return 1.0
    if value_deg is None:
        return 1.0 if low_deg <= 0.0 and high_deg >= HIGHEST_USUAL_DEG else 0.0
    above = 1.0 if low_deg <= -90.0 else _below(low_deg, value_deg, sigma_deg)
    return above * (1.0 if high_deg >= 90.0 else _below(value_deg, high_deg, sigma_deg))


def _below(value: float, limit: float, sigma: float) -> float:
    """The chance that a value with a normal error is below a limit."""
    return 0.5 * (1.0 + erf((limit - value) / (sqrt(2.0) * max(sigma, 1e-6))))
