"""How each kind of object moves: what its speed and climb exclude. They confirm nothing, for all kinds fly at most speeds."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, isfinite
from typing import NamedTuple

from edge_node.fusion.kind.opinions import PRIOR
from edge_node.messages import TargetLabel


class Range(NamedTuple):
    """From where to where is usual, m/s, and the 1-sigma by which some go beyond on either side."""

    low: float
    sigma_low: float
    high: float
    sigma_high: float


SPEEDS: dict[TargetLabel, Range] = {
    "multirotor": Range(0.0, 1.0, 25.0, 8.0),
    "fixed_wing": Range(10.0, 4.0, 60.0, 25.0),
    "helicopter": Range(0.0, 1.0, 75.0, 10.0),
    "aeroplane": Range(25.0, 8.0, 300.0, 50.0),
    "bird": Range(6.0, 3.0, 22.0, 6.0),
    "balloon": Range(0.0, 1.0, 20.0, 6.0),
    "vehicle": Range(0.0, 1.0, 45.0, 10.0),
}
"""Over ground, so wind is in the sigmas. Birds: 8 to 23 m/s through the air (Alerstam et al. 2007); kestrels do stand still."""
CLIMBS: dict[TargetLabel, Range] = {
    "multirotor": Range(-6.0, 4.0, 8.0, 4.0),
    "fixed_wing": Range(-8.0, 6.0, 8.0, 5.0),
    "helicopter": Range(-8.0, 3.0, 10.0, 3.0),
    "aeroplane": Range(-15.0, 5.0, 20.0, 7.0),
    "bird": Range(-5.0, 5.0, 2.5, 1.5),
    "balloon": Range(-2.0, 1.5, 6.0, 1.5),
    "vehicle": Range(-2.0, 0.7, 2.0, 0.7),
}
MOST_SIGMAS = 1e3
MOST_EXCLUDED = 4.0
"""Nats: no movement makes a kind less likely than 1:55, for a filter may err."""


def excluded(speed_mps: float | None, climb_mps: float | None, sigma_mps: float = 0.0) -> dict[TargetLabel, float]:
    """Nats by which each kind is less likely for moving so, 0 to MOST_EXCLUDED; nothing for a number that is unknown or none."""
    sigma = abs(sigma_mps) if isfinite(sigma_mps) else float("inf")
    by_speed, by_climb = _beyond_all(speed_mps, SPEEDS, sigma), _beyond_all(climb_mps, CLIMBS, sigma)
    return {name: min(by_speed.get(name, 0.0) + by_climb.get(name, 0.0), MOST_EXCLUDED) for name in PRIOR}


def _beyond_all(value: float | None, ranges: Mapping[TargetLabel, Range], sigma: float) -> dict[TargetLabel, float]:
    if value is None or not isfinite(value):
        return {}
    return {name: _beyond(value, usual, sigma) for name, usual in ranges.items() if not usual.low <= value <= usual.high}


def _beyond(value: float, usual: Range, sigma: float) -> float:
    beyond, sigma_own = (usual.low - value, usual.sigma_low) if value < usual.low else (value - usual.high, usual.sigma_high)
    return min(max(beyond, 0.0) / hypot(sigma_own, sigma), MOST_SIGMAS) ** 2 / 2
