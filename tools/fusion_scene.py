"""One scene of fusion: a drone that is seen and heard before it says where it is, and one that is only said to be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import (
    AcousticDetection,
    CameraDetection,
    Coverage,
    Detection,
    Kinematics,
    RemoteIdDetection,
    Track,
)
from tools.simulate import skies

Array = NDArray[np.float64]

STEP_S, LASTS_S, SECOND = 0.1, 32.0, 1_000_000_000
GHOST_FROM_S, SAYS_FROM_S, MISSED = 6.0, 12.0, 0.1
DRONE = skies.around((0.0, 480.0, 50.0), 300.0, 8.0, phase=2.55)
GHOST = skies.around((-105.0, 95.0, 45.0), 25.0, 5.0)
CAMERA_WIDTH_DEG, CAMERA_REACH_M, EARS_REACH_M = 110.0, 400.0, 350.0


class Told(Struct):
    """What sensors said, as (seconds, ...), and the tracks every half second."""

    seen: list[tuple[float, float]] = field(default_factory=list)
    heard: list[tuple[float, float]] = field(default_factory=list)
    claimed: list[Array] = field(default_factory=list)
    false: list[Array] = field(default_factory=list)
    tracks: list[tuple[float, list[Track]]] = field(default_factory=list)

    def of(self, number: int) -> list[tuple[float, Track]]:
        """One track over time."""
        return [(t_s, track) for t_s, tracks in self.tracks for track in tracks if track.number == number]


def covered(t_s: float) -> Iterator[Coverage]:
    """The camera looks to the north; microphones and receiver sense all round."""
    now = round(t_s * SECOND)
    yield Coverage(
        t_mono_ns=now,
        sensor="camera",
        sense="sight",
        azimuth_deg=350.0,
        width_deg=CAMERA_WIDTH_DEG,
        lowest_elevation_deg=2.0,
        highest_elevation_deg=50.0,
        reach_m=CAMERA_REACH_M,
        probability=0.95,
        latency_s=1.0,
    )
    yield Coverage(t_mono_ns=now, sensor="mast", sense="sound", reach_m=EARS_REACH_M, probability=0.9, latency_s=2.0)
    yield Coverage(t_mono_ns=now, sensor="wifi", sense="remote_id", reach_m=800.0, probability=0.85, latency_s=2.0)


def flown(seed: int = 3) -> Told:
    """The scene through the tracker."""
    told, sky, tracker = Told(), skies.Sky(seed), Tracker(TrackingTable())
    tracker.stand(skies.Here())
    for step in range(round(LASTS_S / STEP_S) + 1):
        t_s = round(step * STEP_S, 3)
        for coverage in covered(t_s) if step % 10 == 0 else ():
            tracker.covers(coverage)
        for said in _said(sky, told, t_s, step):
            tracker.take([said])
        tracker.advance(round(t_s * SECOND))
        if step % 5 == 0:
            told.tracks.append((t_s, tracker.tracks()))
    return told


def _said(sky: Any, told: Told, t_s: float, step: int) -> Iterator[Detection]:
    """Seen ten times a second, heard twice, and claimed once where no frame is missed."""
    seen: CameraDetection = sky.seen(DRONE, t_s, 1)
    told.seen.append((t_s, seen.azimuth_deg or 0.0))
    yield seen
    if step % 5 == 0:
        heard: AcousticDetection = sky.heard(DRONE, t_s, 1)
        told.heard.append((t_s, heard.azimuth_deg or 0.0))
        yield heard
    for places, name, path, from_s in ((told.claimed, "A", DRONE, SAYS_FROM_S), (told.false, "B", GHOST, GHOST_FROM_S)):
        if step % 10 == 0 and t_s >= from_s and sky.rng.random() >= MISSED:
            claim: RemoteIdDetection = sky.claimed(path, t_s, name)
            places.append(place_of(claim))
            yield claim


def place_of(said: RemoteIdDetection | Kinematics) -> Array:
    """East and north of the node, metres."""
    return np.array(skies.FRAME.to_enu(said.latitude_deg or 0.0, said.longitude_deg or 0.0, said.altitude_wgs84_m or 0.0)[:2])
