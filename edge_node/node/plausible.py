"""Whether a receiver's fix can be where the node is: not at 0, 0, not all over a county, and not where no vehicle could have got to."""

from __future__ import annotations

from math import isfinite

from drivers.blocks import GnssFix
from edge_node.geometry import distance_m

NULL_ISLAND_M = 100.0
"""About 0, 0: what a receiver or a converter says that has no place and says one; nobody puts a node there, 600 km off the coast."""
MOST_SIGMA_M = 1_000.0
LEAST_LEAP_M, FASTEST_MPS, SIGMAS = 1_000.0, 100.0, 3.0
"""A train at its fastest; who was moved further than this in the time between had to fly."""
HELD_NS = 60_000_000_000
"""So long the last place speaks against a new one; then nobody knows where the node went meanwhile."""
ESTABLISHED = 5
"""A place said fewer times in a row may have been the mistake itself, as of a receiver that has just been switched on."""


class Plausible:
    """One receiver's fixes, in their order; `refused` counts those that were not believed."""

    def __init__(self) -> None:
        self._last: GnssFix | None = None
        self._in_a_row = self.refused = 0

    def trouble(self, fix: GnssFix) -> str:
        """What is wrong with it, such as "says that it is at 0, 0"; empty where it can be believed or says nothing of a place."""
        if not fix.has_fix or fix.latitude_deg is None or fix.longitude_deg is None:
            return ""
        trouble = _of_itself(fix, fix.latitude_deg, fix.longitude_deg) or self._leap(fix, fix.latitude_deg, fix.longitude_deg)
        if trouble:
            self.refused += 1
            return trouble
        self._last = fix
        self._in_a_row += 1
        return ""

    def _leap(self, fix: GnssFix, latitude_deg: float, longitude_deg: float) -> str:
        """Named where the last place was established, is not too old and is too far off; one that was not gives way."""
        last = self._last
        if last is None or last.latitude_deg is None or last.longitude_deg is None or fix.t_mono_ns - last.t_mono_ns > HELD_NS:
            self._in_a_row = 0
            return ""
        seconds = abs(fix.t_mono_ns - last.t_mono_ns) / 1e9
        far_m = distance_m(last.latitude_deg, last.longitude_deg, latitude_deg, longitude_deg)
        unsure_m = SIGMAS * ((last.sigma_horizontal_m or 0.0) + (fix.sigma_horizontal_m or 0.0))
        if far_m <= LEAST_LEAP_M + FASTEST_MPS * seconds + unsure_m:
            return ""
        if self._in_a_row < ESTABLISHED:
            self._in_a_row = 0
            return ""
        return f"says that it is {far_m / 1000:.0f} km from where it was {seconds:.0f} s before"


def _of_itself(fix: GnssFix, latitude_deg: float, longitude_deg: float) -> str:
    if not (abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):
        return "says a place that is not on Earth"
    if distance_m(0.0, 0.0, latitude_deg, longitude_deg) <= NULL_ISLAND_M:
        return "says that it is at 0, 0"
    sigma_m = fix.sigma_horizontal_m
    if sigma_m is not None and not (isfinite(sigma_m) and 0 <= sigma_m <= MOST_SIGMA_M):
        return f"says a place to {sigma_m / 1000:.0f} km" if isfinite(sigma_m) and sigma_m > 0 else "says an error that is none"
    return ""
