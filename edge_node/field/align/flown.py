"""How much of the sky a flight covered, and what is to be flown next."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from edge_node.field.align.path import Array

WIDE_DEG, HIGH_DEG = 40.0, 12.0
NEAR_TO_FAR = 1.8
LEAST_BOTH_WAYS = 0.15
LEAST_RATE_DPS = 1.0
LOWEST_DEG = 12.0
MOVED_DEG = 8.0


class Flown(Struct, frozen=True):
    """As seen from the node: spans of azimuth (the smallest arc) and elevation, ranges, and how much of the turning was clockwise."""

    azimuth_deg: tuple[float, float]
    elevation_deg: tuple[float, float]
    range_m: tuple[float, float]
    clockwise: float
    turning_dps: float

    @property
    def width_deg(self) -> float:
        """Of the arc of azimuths."""
        return (self.azimuth_deg[1] - self.azimuth_deg[0]) % 360 if self.azimuth_deg[0] != self.azimuth_deg[1] else 0.0

    @property
    def height_deg(self) -> float:
        """Of elevations."""
        return self.elevation_deg[1] - self.elevation_deg[0]

    @property
    def both_ways(self) -> bool:
        """Whether it went round the node in either sense."""
        return LEAST_BOTH_WAYS <= self.clockwise <= 1 - LEAST_BOTH_WAYS

    def words(self) -> str:
        """In short."""
        low, high = self.elevation_deg
        sector = f"azimuth {self.azimuth_deg[0]:.0f} to {self.azimuth_deg[1]:.0f}, elevation {low:.0f} to {high:.0f} degrees"
        return f"{sector}, {self.range_m[0]:.0f} to {self.range_m[1]:.0f} m away"


def flown(t_s: Array, places_m: Array) -> Flown:
    """Of places (n, 3) east, north, up at times (n,)."""
    over_ground = np.hypot(places_m[:, 0], places_m[:, 1])
    azimuth = np.degrees(np.arctan2(places_m[:, 0], places_m[:, 1])) % 360
    elevation = np.degrees(np.arctan2(places_m[:, 2], over_ground))
    range_m = np.linalg.norm(places_m, axis=1)
    steps = np.diff(np.unwrap(np.radians(azimuth)))
    turned_deg = float(np.degrees(np.abs(steps).sum()))
    return Flown(
        azimuth_deg=_arc(azimuth),
        elevation_deg=(float(elevation.min()), float(elevation.max())),
        range_m=(float(range_m.min()), float(range_m.max())),
        clockwise=float(steps[steps > 0].sum() / max(np.abs(steps).sum(), 1e-9)),
        turning_dps=turned_deg / max(float(t_s[-1] - t_s[0]), 1e-3),
    )


def next_leg(so_far: Flown) -> str:
    """What would help most."""
    if so_far.width_deg < WIDE_DEG:
        return "fly across in front of the sensors, from side to side"
    if not so_far.both_ways:
        return "turn round and fly back the other way"
    if so_far.height_deg < HIGH_DEG:
        return "climb and descend while you fly on"
    if so_far.range_m[1] < NEAR_TO_FAR * so_far.range_m[0]:
        return "come nearer and go farther: half as far and twice as far"
    return "good: go on like that, to and fro, near and far, low and high"


def _arc(azimuth_deg: Array) -> tuple[float, float]:
    """The smallest arc, clockwise from its first end to its second, that holds all azimuths (n,)."""
    ordered = np.sort(azimuth_deg)
    gaps = np.diff(ordered, append=ordered[0] + 360)
    widest = int(np.argmax(gaps))
    return float(ordered[(widest + 1) % len(ordered)]), float(ordered[widest])
