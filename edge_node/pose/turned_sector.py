"""The sector that a sensor covers, as its vehicle stands: turned to true north, and without what the pose's error may take."""

from __future__ import annotations

from math import cos, hypot, radians, sin, tan

import numpy as np
from msgspec.structs import replace

from edge_node.messages import Coverage
from edge_node.mounting import Mounting, angles_deg
from edge_node.pose.pose import LEVEL_SIGMA_DEG, Stand

SIGMAS = 2.0
STEEPEST_DEG = 80.0
COVERS_S = 1.0
"""For so long it is taken to hold: a vehicle that turns meanwhile has turned its sectors."""


def turned_sector(said: Coverage, stand: Stand | None) -> Coverage | None:
    """What of a vehicle's sector is surely covered, from true north; None where nothing is, or nobody knows the vehicle's front."""
    tilt_deg = hypot(stand.pitch_deg, stand.roll_deg) if stand else 0.0
    sigma_tilt_deg = LEVEL_SIGMA_DEG if stand is None or stand.sigma_tilt_deg is None else stand.sigma_tilt_deg
    if said.width_deg >= 360.0:
        return _narrowed(said, 0.0, SIGMAS * sigma_tilt_deg + tilt_deg)
    if stand is None:
        return None
    half = radians(said.width_deg / 2)
    steep = tan(radians(min(max(abs(said.lowest_elevation_deg), abs(said.highest_elevation_deg)), STEEPEST_DEG)))
    sideways_deg = SIGMAS * hypot(stand.sigma_heading_deg, sigma_tilt_deg * steep) + abs(stand.turn_rate_dps) * COVERS_S + tilt_deg * steep
    raised_deg = SIGMAS * sigma_tilt_deg + tilt_deg * min(half, 1.0)
    azimuth_deg, up_deg = _middle(said, stand)
    turned = replace(
        said,
        azimuth_deg=azimuth_deg,
        lowest_elevation_deg=said.lowest_elevation_deg + up_deg,
        highest_elevation_deg=said.highest_elevation_deg + up_deg,
    )
    return _narrowed(turned, sideways_deg, raised_deg)


def _middle(said: Coverage, stand: Stand) -> tuple[float, float]:
    """The true azimuth of a sector's middle, and by how much it is raised."""
    azimuth, own_deg = radians(said.azimuth_deg), (said.lowest_elevation_deg + said.highest_elevation_deg) / 2
    flat = cos(radians(own_deg))
    own = np.array([sin(azimuth) * flat, cos(azimuth) * flat, sin(radians(own_deg))])
    azimuth_deg, elevation_deg = angles_deg(Mounting(stand.heading_deg, stand.pitch_deg, stand.roll_deg).to_enu(own))
    return azimuth_deg, elevation_deg - own_deg


def _narrowed(said: Coverage, sideways_deg: float, raised_deg: float) -> Coverage | None:
    """By so much on each side; what reaches straight up or down reaches there still."""
    low_deg, high_deg = said.lowest_elevation_deg, said.highest_elevation_deg
    low_deg = -90.0 if low_deg <= -90.0 else low_deg + raised_deg
    high_deg = 90.0 if high_deg >= 90.0 else high_deg - raised_deg
    width_deg = said.width_deg if said.width_deg >= 360.0 else said.width_deg - 2 * sideways_deg
    if width_deg <= 0 or high_deg <= low_deg:
        return None
    return replace(said, width_deg=width_deg, lowest_elevation_deg=low_deg, highest_elevation_deg=high_deg, reference="true_north")
