"""How far off something is, from how large it looks and how large its kind is."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import NamedTuple

SURE = 0.8
LARGEST_SIGMA = 0.6  # of the range: a hint that says less is none
LARGEST_ANGLE_RAD = 0.5


class Size(NamedTuple):
    """Larger side of a kind as it shows, log-normal: median in metres and the standard deviation of its logarithm."""

    median_m: float
    log_sigma: float


SIZES = {
    "drone": Size(0.6, 0.35),  # 16 to 84 %: 0.4 to 0.85 m; 0.3 to 1.2 m are its 2 sigma
    "bird": Size(0.5, 0.5),  # from starling to gull, wings half beaten
    "aeroplane": Size(20.0, 0.8),  # from light aircraft to airliner
    "helicopter": Size(11.0, 0.35),
}
"""Balloons and insects are of any size."""


def range_hint(probabilities: Mapping[str, float], angular_size_rad: float, sigma_rad: float) -> tuple[float, float] | None:
    """Range and its sigma in metres of what is surely of one kind and shows an angle; None where that says little.

    The range is the mean of a log-normal of which `sigma_rad` and the kind's own spread are independent parts.
    """
    label = max(probabilities, key=lambda name: probabilities[name], default="")
    size = SIZES.get(label)
    if size is None or probabilities[label] < SURE or not 0 < angular_size_rad <= LARGEST_ANGLE_RAD or sigma_rad < 0:
        return None
    spread = sqrt(size.log_sigma**2 + (sigma_rad / angular_size_rad) ** 2)
    if exp(spread**2) - 1 > LARGEST_SIGMA**2:
        return None
    mean = exp(log(size.median_m / angular_size_rad) + spread**2 / 2)
    return mean, mean * sqrt(exp(spread**2) - 1)
