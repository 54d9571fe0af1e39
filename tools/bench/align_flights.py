"""Flights of a cooperative drone for the alignment of bearing sensors, and what a node hears of its Remote ID."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin
from random import Random

from drivers.blocks import RadioFrame
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.detector import RemoteIdDetector
from tools.simulate.outdoors import Eye, Traffic
from tools.simulate.remote_id import frames
from tools.simulate.scene import Drone, DroneSound, Microphones, NodePose, Operator, Point, RemoteId, Scene, Waypoints
from tools.simulate.world import World

SERIAL = "1581F5FKD229400A"
SECONDS = 60.0
MAST_M = 6.0
RADIOTAP_BYTES = 16
BEGUN_NS = 1_000_000_000_000
UTC_NS = 1_773_483_072 * 10**9
TRAFFIC = Traffic(birds=240.0, flocks=30.0, insects=120.0, aeroplanes=30.0)
"""Of a lively sky, an hour."""
HERE = NodePose(56.9496, 24.1052, 31.0, MAST_M)

Corner = tuple[float, float, float]
AROUND: tuple[Corner, ...] = (
    *((110, -30, 60), (28, 5, 20), (110, 110, 70), (8, 28, 18), (-40, 140, 70), (-28, 10, 25)),
    *((-120, 40, 70), (-25, -15, 60), (30, -25, 60), (110, -60, 70), (20, 15, 25)),
)
"""About an array within its reach: to and fro, near and far, low and high."""
ACROSS: tuple[Corner, ...] = (
    *((-60, 140, 25), (65, 135, 60), (12, 32, 22), (-14, 36, 10), (20, 60, 40), (-60, 120, 70)),
    *((55, 110, 30), (8, 30, 10), (-12, 45, 30), (-40, 150, 40), (50, 150, 80), (0, 50, 20)),
)
"""Before a camera that looks north: across it to and fro, far and near, low and high."""
HOVER: tuple[Corner, ...] = ((30, 50, 30), (30.5, 50, 30))
RADIAL: tuple[Corner, ...] = ((12, 20, 8), (90, 150, 60))
"""Straight away from the mast's head."""
CLIMB: tuple[Corner, ...] = tuple((30, 50, high_m) for high_m in (10, 90, 10, 90, 10, 90, 10))
"""Up and down in one azimuth."""


def circle(radius_m: float = 60.0, height_m: float = 30.0) -> tuple[Corner, ...]:
    """Round the node in one sense at one speed and height."""
    return tuple((radius_m * sin(radians(at)), radius_m * cos(radians(at)), height_m) for at in range(0, 560, 10))


def world(
    corners: tuple[Corner, ...], seed: int, *, speed_mps: float = 16.0, microphones: Microphones | None = None, camera: Eye | None = None
) -> World:
    """The scene of such a flight."""
    rid = RemoteId(mac="60:60:1f:aa:00:01", serial=SERIAL, full_every=3)
    path = Waypoints(tuple(Point(*corner, speed_mps=speed_mps) for corner in corners), loop=False)
    begins_s = Random(f"{seed}/begins").uniform(0.0, 1.0)
    drone = Drone("cooperative", path, Operator(5.0, 5.0), rid, DroneSound("mid_quad"), from_s=begins_s, gust_m=0.3)
    return World(Scene("align", HERE, drone=(drone,), microphones=microphones, camera=camera, traffic=TRAFFIC), seed)


def remote_id(flown: World, seconds: float = SECONDS) -> Iterator[RemoteIdDetection]:
    """What the node's receiver makes of its beacons."""
    detector = RemoteIdDetector()
    for number, (t_s, data) in enumerate(frames(flown, 0.0, seconds, UTC_NS)):
        frame = RadioFrame(BEGUN_NS + round(t_s * 1e9), number, 0, "wifi", data[RADIOTAP_BYTES:], -60, 2_437_000_000)
        yield from detector.step(frame)
