"""What bearing sensors detected, as directions in each sensor's own frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.fusion.pointing import told_bearing
from edge_node.messages import AcousticDetection, Bearing, BearingDetection, BusMessage, CameraDetection
from edge_node.mounting import Mounting, tangent_basis

Array = NDArray[np.float64]
Sense = Literal["sound", "sight", "other"]

MOST_KEPT = 100_000
MOST_THINNED = 160
LEAST_EVERY_S = 0.25
UNKNOWN_RAD = 10.0
"""Sigma of an elevation that is not said: it then weighs nothing."""


class Pose(Struct, frozen=True):
    """How a sensor stands, as node.toml has it: its y axis to `azimuth_deg`, raised by `tilt_deg`, turned about itself by `roll_deg`."""

    azimuth_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0

    def matrix(self) -> Array:
        """The sensor's frame to east, north, up, (3, 3)."""
        return Mounting(self.azimuth_deg, self.tilt_deg, self.roll_deg).to_enu(np.eye(3)).T


class Bearings(Struct, frozen=True):
    """One sensor's detections in time order: times (n,), unit vectors (n, 3) and covariances (n, 3, 3) in its own frame, its track numbers.

    `raised` (n,) says which have an elevation. `said` counts what it detected before that was thinned.
    """

    sensor: str
    sense: Sense
    pose: Pose
    t_s: Array
    directions: Array
    covariances: Array
    tracks: NDArray[np.int64]
    raised: NDArray[np.bool_]
    said: int

    def __len__(self) -> int:
        return len(self.t_s)

    def of(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> Bearings:
        """Some of them."""
        parts = (self.t_s[kept], self.directions[kept], self.covariances[kept], self.tracks[kept], self.raised[kept])
        return Bearings(self.sensor, self.sense, self.pose, *parts, self.said)


def bearings_of(messages: Iterable[BusMessage], poses: Mapping[str, Pose]) -> dict[str, Bearings]:
    """Of every sensor that is in `poses`, what it detected with a bearing from true north."""
    rows: dict[str, list[tuple[float, int, Bearing, Sense]]] = {}
    for said in messages:
        if not isinstance(said, AcousticDetection | CameraDetection | BearingDetection) or said.sensor not in poses:
            continue
        bearing = told_bearing(said)
        if bearing is None or bearing.reference != "true_north" or (isinstance(said, CameraDetection) and said.predicted):
            continue
        kept = rows.setdefault(said.sensor, [])
        if len(kept) < MOST_KEPT:
            kept.append((said.t_mono_ns / 1e9, said.track or 0, bearing, _sense(said)))
    return {sensor: _bearings(sensor, sorted(told, key=lambda row: row[:2]), poses[sensor]) for sensor, told in rows.items()}


def thinned(bearings: Bearings) -> Bearings:
    """One of each track and time, so far apart that MOST_THINNED are left: errors of what comes faster are the same errors."""
    every_s = LEAST_EVERY_S
    while True:
        cells = np.stack([bearings.tracks, np.floor(bearings.t_s / every_s).astype(np.int64)], axis=1)
        first = np.sort(np.unique(cells, axis=0, return_index=True)[1])
        if len(first) <= MOST_THINNED:
            return bearings.of(first)
        every_s *= 1.3


def joined(one: Bearings, other: Bearings) -> Bearings:
    """Of the same sensor, in time order."""
    pairs = ("t_s", "directions", "covariances", "tracks", "raised")
    both = replace(one, **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in pairs})
    return both.of(np.lexsort((both.tracks, both.t_s)))


def _sense(said: AcousticDetection | CameraDetection | BearingDetection) -> Sense:
    return "sound" if isinstance(said, AcousticDetection) else "sight" if isinstance(said, CameraDetection) else "other"


def _bearings(sensor: str, told: list[tuple[float, int, Bearing, Sense]], pose: Pose) -> Bearings:
    to_device = pose.matrix().T
    spreads = [_spread(bearing) for _, _, bearing, _ in told]
    return Bearings(
        sensor=sensor,
        sense=told[0][3],
        pose=pose,
        t_s=np.array([row[0] for row in told]),
        directions=np.array([direction for direction, _ in spreads]) @ to_device.T,
        covariances=to_device @ np.array([covariance for _, covariance in spreads]) @ to_device.T,
        tracks=np.array([row[1] for row in told], dtype=np.int64),
        raised=np.array([row[2].elevation_deg is not None for row in told]),
        said=len(told),
    )


def _spread(bearing: Bearing) -> tuple[Array, Array]:
    """A unit vector in east, north, up, and its covariance (3, 3) across it."""
    azimuth, elevation = np.radians([bearing.azimuth_deg, bearing.elevation_deg or 0.0])
    direction = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    aside = np.radians(bearing.sigma_azimuth_deg) * max(float(np.cos(elevation)), 0.02)
    above = UNKNOWN_RAD if bearing.sigma_elevation_deg is None else np.radians(bearing.sigma_elevation_deg)
    basis = tangent_basis(direction)
    return direction, basis.T @ np.diag([aside**2, above**2]) @ basis
