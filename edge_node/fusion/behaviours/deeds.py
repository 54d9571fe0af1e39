"""What one object does by the way it came: told only where the errors of its places and velocities could not make it.

A fact that something moves must stand out of its errors by SURE_SIGMAS; a fact that something does not, such as to hover, must still hold
with DOUBT_SIGMAS added to what is measured, so that a place that is known badly says neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt
from typing import NamedTuple

from edge_node.fusion.behaviours.ways import Spot, Way
from edge_node.messages import Fact, FactName

SURE_SIGMAS, DOUBT_SIGMAS = 3.0, 2.0

HOVER_WINDOWS_S = 10.0, 20.0, 40.0
MOST_HOVER_MPS = 1.0
MOST_HOVER_SIGMA_MPS = 1.5
CLIMB_S, LEAST_CLIMB_MPS = 6.0, 1.0
RISE_WINDOWS_S, RISE_SIGMAS = (12.0, 24.0), 4.0
"""Two heights alone tell it, and each window is another chance to err."""
FAST_MPS = 30.0
"""Faster than what is sold without a licence anywhere (EU C2 to C4: 19 to 25 m/s, and some wind)."""
LOITER_WINDOWS_S = 118.0, 60.0, 30.0
MOST_LOITER_M, LEAST_LOITER_MPS = 300.0, 3.0
TURNS = 6.0
"""A way so many times longer than the radius it stays in has turned back: one full circle is 2 pi radii, a straight line 2."""
DRIFT_S, DRIFT_LEAST_MPS, DRIFT_MOST_MPS = 60.0, 0.5, 20.0
DRIFT_CLIMB_MPS = 0.5, 8.0
MOST_DRIFT_SIGMA_MPS = 0.3
MOST_DRIFT_M, MOST_DRIFT_MPS2 = 3.0, 0.1
"""Off its smooth course, and what shear and gusts do to a balloon that rises 300 m in a minute."""


def hovers(way: Way) -> Fact | None:
    """It stays, in at least one of the windows: neither its way nor its speeds allow more than MOST_HOVER_MPS."""
    for window_s in HOVER_WINDOWS_S:
        if way.lasted_s < window_s:
            return None
        spots = way.since(window_s)
        bound = _most_rate(spots)
        if bound is not None and bound <= MOST_HOVER_MPS and _still(spots):
            sigma_m = spots[-1].sigma_m
            return Fact("hovers", spots[-1].t_s - spots[0].t_s, "s", f"moves less than {bound:.1f} m/s, known to ± {sigma_m:.0f} m")
    return None


def _most_rate(spots: Sequence[Spot]) -> float | None:
    """The m/s by which it may have gone off at most; of an unknown height nothing is known."""
    first, last = spots[0], spots[-1]
    lasted_s = last.t_s - first.t_s
    if first.up_m is None or last.up_m is None:
        return None
    gone = hypot(last.east_m - first.east_m, last.north_m - first.north_m) + DOUBT_SIGMAS * hypot(first.sigma_m, last.sigma_m)
    risen = abs(last.up_m - first.up_m) / lasted_s
    climb = max(risen, abs(sum(spot.up_mps for spot in spots)) / len(spots))
    return max(gone / lasted_s, climb)


def _still(spots: Sequence[Spot]) -> bool:
    """Whether its speeds are those of errors, but for what wind does to who hovers."""
    n = len(spots)
    errors = sum(2 * spot.sigma_mps**2 for spot in spots) / n
    return sqrt(errors / 2) <= MOST_HOVER_SIGMA_MPS and sum(spot.speed_mps**2 for spot in spots) / n <= errors + MOST_HOVER_MPS**2


def climbs(way: Way) -> Fact | None:
    """It climbs or descends: by its own vertical speed at each spot of some seconds, or by its heights over longer."""
    if way.lasted_s < CLIMB_S:
        return None
    spots = way.since(CLIMB_S)
    mean = sum(spot.up_mps for spot in spots) / len(spots)
    told = mean, spots[-1].sigma_up_mps, CLIMB_S
    if any(abs(spot.up_mps) < max(LEAST_CLIMB_MPS, SURE_SIGMAS * spot.sigma_up_mps) or spot.up_mps * mean < 0 for spot in spots):
        told = next(filter(None, (_risen(way, window_s) for window_s in RISE_WINDOWS_S)), (0.0, 0.0, 0.0))
    elif _denied(spots, mean):
        return None
    climb_mps, sigma_mps, lasted_s = told
    if not climb_mps:
        return None
    name: FactName = "climbs" if climb_mps > 0 else "descends"
    return Fact(name, abs(climb_mps), "m/s", f"{abs(climb_mps):.1f} ± {sigma_mps:.1f} m/s for {lasted_s:.0f} s")


def _risen(way: Way, window_s: float) -> tuple[float, float, float] | None:
    """The mean climb of a window with its sigma and length, where both halves of it climb as much as that is sure."""
    if way.lasted_s < window_s:
        return None
    spots = way.since(window_s)
    first, middle, last = spots[0], spots[len(spots) // 2], spots[-1]
    if first.up_m is None or middle.up_m is None or last.up_m is None:
        return None
    lasted_s = last.t_s - first.t_s
    climb, sigma = (last.up_m - first.up_m) / lasted_s, hypot(first.sigma_up_m, last.sigma_up_m) / lasted_s
    halves = (middle.up_m - first.up_m) / (middle.t_s - first.t_s), (last.up_m - middle.up_m) / (last.t_s - middle.t_s)
    steady = all(half * climb > 0 and abs(half - climb) <= abs(climb) / 2 for half in halves)
    return (climb, sigma, lasted_s) if steady and abs(climb) > max(LEAST_CLIMB_MPS, RISE_SIGMAS * sigma) else None


def _denied(spots: Sequence[Spot], climb_mps: float) -> bool:
    """Whether its heights contradict its climb."""
    first, last = spots[0], spots[-1]
    if first.up_m is None or last.up_m is None:
        return False
    off = last.up_m - first.up_m - climb_mps * (last.t_s - first.t_s)
    return abs(off) > SURE_SIGMAS * hypot(first.sigma_up_m, last.sigma_up_m) + abs(climb_mps)


def fast(way: Way) -> Fact | None:
    """It is faster than drones that anybody may buy."""
    speed_mps, sigma_mps = way.now.speed_mps, way.now.sigma_mps
    if speed_mps - SURE_SIGMAS * sigma_mps <= FAST_MPS:
        return None
    return Fact("fast", speed_mps, "m/s", f"{speed_mps:.0f} ± {sigma_mps:.0f} m/s")


def loiters(way: Way) -> Fact | None:
    """It flies on and stays all the same: of windows the longest in which it does."""
    for window_s in LOITER_WINDOWS_S:
        if way.lasted_s < window_s:
            continue
        spots = way.since(window_s)
        n, lasted_s = len(spots), spots[-1].t_s - spots[0].t_s
        speed_mps = sum(spot.speed_mps for spot in spots) / n
        sigma_mps = sum(spot.sigma_mps for spot in spots) / n
        east_m, north_m = sum(spot.east_m for spot in spots) / n, sum(spot.north_m for spot in spots) / n
        radius_m = max(hypot(spot.east_m - east_m, spot.north_m - north_m) + DOUBT_SIGMAS * spot.sigma_m for spot in spots)
        moves = speed_mps - SURE_SIGMAS * sigma_mps > LEAST_LOITER_MPS
        if moves and radius_m <= MOST_LOITER_M and speed_mps * lasted_s >= TURNS * radius_m:
            reason = f"within {radius_m:.0f} m for {lasted_s:.0f} s at {speed_mps:.0f} m/s"
            return Fact("loiters", radius_m, "m", reason)
    return None


class Drift(NamedTuple):
    """How a minute of a way looks as a balloon's: its velocity with the error of one axis, and its climb."""

    east_mps: float
    north_mps: float
    climb_mps: float
    sigma_mps: float

    @property
    def rises(self) -> bool:
        """Whether it climbs as balloons do, without end."""
        return DRIFT_CLIMB_MPS[0] <= self.climb_mps - DOUBT_SIGMAS * self.sigma_mps and self.climb_mps <= DRIFT_CLIMB_MPS[1]


def smooth(way: Way) -> Drift | None:
    """A minute without a manoeuvre, at the speed of a wind; None for any other, and for what is known too badly to say so."""
    if way.lasted_s < DRIFT_S or not DRIFT_LEAST_MPS <= way.now.speed_mps <= DRIFT_MOST_MPS:
        return None
    spots = way.since(DRIFT_S)
    heights = [spot.up_m for spot in spots if spot.up_m is not None]
    sigma_m = max(max(spot.sigma_m, spot.sigma_up_m) for spot in spots)
    sigma_mps = sigma_m * sqrt(2.0) / DRIFT_S
    if len(heights) != len(spots) or sigma_mps > MOST_DRIFT_SIGMA_MPS:
        return None
    times = [spot.t_s for spot in spots]
    slopes = [_slope(times, values, sigma_m) for values in ([spot.east_m for spot in spots], [spot.north_m for spot in spots], heights)]
    east, north, climb = slopes
    return None if east is None or north is None or climb is None else Drift(east, north, climb, sigma_mps)


def _slope(times: Sequence[float], values: Sequence[float], sigma_m: float) -> float | None:
    """The slope in the middle of a parabola through first, middle and last; None where that bends, or others lie off it."""
    middle = len(times) // 2
    before_s, after_s = times[middle] - times[0], times[-1] - times[middle]
    before, after = (values[middle] - values[0]) / before_s, (values[-1] - values[middle]) / after_s
    slope, bend = (before * after_s + after * before_s) / (before_s + after_s), (after - before) / (before_s + after_s)
    off = max(
        abs(values[middle] + (t - times[middle]) * (slope + (t - times[middle]) * bend) - value)
        for t, value in zip(times, values, strict=True)
    )
    return slope if 2 * abs(bend) <= MOST_DRIFT_MPS2 and off <= MOST_DRIFT_M + SURE_SIGMAS * sigma_m else None
