"""The part of the sky that a camera sees for sure, and how far it would find a small drone there, by lens, mounting and masks."""

from __future__ import annotations

from itertools import combinations
from math import radians, sin

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.lens import Lens

Numbers = NDArray[np.float64]

DRONE_M = 0.25
"""Across, of a DJI Mini with its rotors."""
LEAST_PX = {"thermal": 4.0, "visible": 5.0}
"""Across: the finder takes three, in the best case; what is grey before grey needs more."""
FARTHEST_M = 400.0
"""Haze and shimmer are nobody's to know."""
LOWEST_DEG = 2.0
"""Nearer to the horizon something stands before most things."""
STEPS = 25
RIM_PX = 8.0
"""What is only half in the picture is not found."""
POSE_SIGMAS = 2.0


class Sector(Struct, frozen=True):
    """Between two azimuths, `width_deg` apart about `azimuth_deg`, and two elevations."""

    azimuth_deg: float
    width_deg: float
    lowest_deg: float
    highest_deg: float


def reach_m(lens: Lens, width_px: int, height_px: int, band: str) -> float | None:
    """How far a small drone covers as many pixels as are needed; None where the lens is unknown."""
    angle = lens.angular_size_rad(((width_px - 1) / 2 - 1.5, (height_px - 1) / 2 - 1.5, 4.0, 4.0))
    return None if angle is None else float(min(DRONE_M / (LEAST_PX[band] * max(angle) / 4.0), FARTHEST_M))


def sector_of(lens: Lens, width_px: int, height_px: int, sigma_pose_deg: float) -> Sector | None:
    """The largest that is seen as a whole, without what the mounting's error may take; None where there is none worth it."""
    found = _extent(lens, width_px, height_px)
    if found is None:
        return None
    middle_deg, across_deg, up_deg = found
    seen = _seen(lens, width_px, height_px, middle_deg + across_deg, up_deg)
    best = _largest(seen, up_deg)
    if best is None:
        return None
    low, high, left, right = best
    spare_deg = POSE_SIGMAS * sigma_pose_deg
    whole = across_deg[right] - across_deg[left] >= 360.0 - 1e-6
    width_deg = 360.0 if whole else float(across_deg[right] - across_deg[left]) - 2 * spare_deg
    lowest_deg, highest_deg = float(up_deg[low]) + spare_deg, float(up_deg[high]) - (0.0 if up_deg[high] >= 90.0 else spare_deg)
    if width_deg <= 0 or highest_deg <= lowest_deg:
        return None
    return Sector(float(middle_deg + (across_deg[left] + across_deg[right]) / 2) % 360.0, width_deg, lowest_deg, highest_deg)


def _extent(lens: Lens, width_px: int, height_px: int) -> tuple[float, Numbers, Numbers] | None:
    """The azimuth of the picture's middle, and steps of azimuth about it and of elevation over all that it shows."""
    x, y = np.meshgrid(np.linspace(0, width_px - 1, STEPS), np.linspace(0, height_px - 1, STEPS))
    shown = lens.directions(np.stack((x.ravel(), y.ravel()), axis=1))
    if shown is None:
        return None
    shown = shown[~np.isnan(shown).any(axis=1)]
    if not len(shown):
        return None
    azimuth_deg = np.degrees(np.arctan2(shown[:, 0], shown[:, 1]))
    elevation_deg = np.degrees(np.arcsin(np.clip(shown[:, 2], -1.0, 1.0)))
    east, north = shown[:, :2].sum(axis=0)
    middle_deg = float(np.degrees(np.arctan2(east, north)))
    about_deg = (azimuth_deg - middle_deg + 180.0) % 360.0 - 180.0
    overhead = bool(_inside(lens, width_px, height_px, np.array([[0.0, 0.0, 1.0]]))[0])
    left_deg, right_deg = (-180.0, 180.0) if overhead else (float(about_deg.min()), float(about_deg.max()))
    lowest_deg, highest_deg = max(float(elevation_deg.min()), LOWEST_DEG), 90.0 if overhead else float(elevation_deg.max())
    if highest_deg <= lowest_deg:
        return None
    return middle_deg, np.linspace(left_deg, right_deg, STEPS), np.linspace(lowest_deg, highest_deg, STEPS)


def _seen(lens: Lens, width_px: int, height_px: int, azimuth_deg: Numbers, elevation_deg: Numbers) -> NDArray[np.bool_]:
    """(elevations, azimuths): whether each direction shows in the picture and is looked at."""
    around, up = np.radians(np.meshgrid(azimuth_deg, elevation_deg))
    directions = np.stack((np.sin(around) * np.cos(up), np.cos(around) * np.cos(up), np.sin(up)), axis=-1)
    return _inside(lens, width_px, height_px, directions.reshape(-1, 3)).reshape(around.shape)


def _inside(lens: Lens, width_px: int, height_px: int, directions: Numbers) -> NDArray[np.bool_]:
    points = lens.points(directions)
    if points is None:
        return np.zeros(len(directions), np.bool_)
    known = ~np.isnan(points).any(axis=1)
    x, y = np.nan_to_num(points, nan=-1.0).T
    within = known & (x >= RIM_PX) & (x <= width_px - 1 - RIM_PX) & (y >= RIM_PX) & (y <= height_px - 1 - RIM_PX)
    column, row = (np.where(within, np.rint(np.clip(at, 0, 1e6)), 0).astype(np.intp) for at in (x, y))
    return np.asarray(within & ~lens.mask[row, column])


def _largest(seen: NDArray[np.bool_], elevation_deg: Numbers) -> tuple[int, int, int, int] | None:
    """First and last row, first and last column of the largest part, by solid angle, of which all is seen."""
    best, most = None, 0.0
    counts = np.vstack((np.zeros(seen.shape[1], np.intp), np.cumsum(seen, axis=0)))
    for low, high in combinations(range(len(seen)), 2):
        left, right = _longest_run(counts[high + 1] - counts[low] == high - low + 1)
        size = (right - left) * (sin(radians(elevation_deg[high])) - sin(radians(elevation_deg[low])))
        if size > most:
            best, most = (low, high, left, right), size
    return best


def _longest_run(there: NDArray[np.bool_]) -> tuple[int, int]:
    """First and last index of the longest run; the same twice where there is none longer than one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there.astype(np.int8), [0]))))
    if not len(edges):
        return 0, 0
    starts, ends = edges[::2], edges[1::2] - 1
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])
