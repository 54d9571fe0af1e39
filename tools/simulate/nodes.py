"""Nodes without sensors: real publishers that say to a C2 what their sensors would have made of a simulated world."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import zmq
from msgspec import Struct
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.geometry import LocalFrame, bearing_deg, distance_m
from edge_node.messages import (
    Bearing,
    Cooperation,
    Hearing,
    Identity,
    Kinematics,
    NodeStatus,
    SensorStatus,
    Sound,
    Suspicion,
    Track,
    UasId,
    Verdict,
)
from edge_node.publish import wire
from edge_node.publish.keys import KeyPair
from edge_node.publish.live import LivePublisher
from edge_node.timebase import Timebase, system_offset_ns
from tools.simulate.scene import Drone
from tools.simulate.world import DroneTruth, Wander, World

SCENE = Path(__file__).parent / "scenes" / "harbour.toml"
SIGMA_M = 4.0
SIGMA_AZIMUTH_DEG = 1.5
SIGMA_ELEVATION_DEG = 2.0
SOUND = Sound(label="multirotor", probability=0.87, blade_pass_hz=142.0, level_db=54.0, level_reference="spl", snr_db=9.0)
SEEN_WITHIN_M = 2_000.0
SOUND_MPS = 340.0
"""What is heard points to where it was."""


class Post(Struct, frozen=True):
    """Where a node stands, in metres of the scene, and how it says to be."""

    name: str
    east_m: float
    north_m: float
    mast_m: float = 10.0
    verdict: Verdict = "green"
    sentence: str = "all sensors deliver data"
    sees: bool = True


class Judgement(Struct, frozen=True):
    """What the node makes of one aircraft."""

    cooperation: Cooperation | None = "unknown"
    reason: str | None = None
    suspicions: tuple[Suspicion, ...] = ()
    flags: tuple[str, ...] = ()


POSTS = (
    Post("quay-west", -900.0, -150.0),
    Post("silo", 120.0, -80.0, 34.0),
    Post("lighthouse", 700.0, 1150.0, 18.0, "amber", "microphones: 3 of 4 deliver data"),
)
JUDGEMENTS = {
    "crane inspection": Judgement("authorised", "serial TST0CCRANE0000001 is listed until 18:00 UTC; inside area harbour"),
    "over the terminal": Judgement("in_restricted_zone", "in zone Terminal (prohibited); serial TST0CTERMINAL0003 is not listed"),
    "spoofed": Judgement(
        "unknown",
        "serial TST0CNOBODY000004 is not listed",
        (Suspicion("position_jump", 0.6, ""), Suspicion("rssi_too_strong", 0.5, "")),
        ("position_jump", "rssi_too_strong"),
    ),
}


def place_of(world: World, post: Post) -> wire.Place:
    """Where a post is on the globe."""
    latitude_deg, longitude_deg, altitude_m = world.ground.to_geodetic(post.east_m, post.north_m, post.mast_m)
    return wire.Place(source="fixed", latitude_deg=latitude_deg, longitude_deg=longitude_deg, altitude_wgs84_m=altitude_m, sigma_m=1.0)


class SpeakingNode:
    """One publisher with a place; `say` tells C2 these tracks, and the status when it is due."""

    def __init__(self, endpoint: str, server_key: str, keys: KeyPair, post: Post, place: wire.Place) -> None:
        self.post, self.place = post, place
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.publisher = LivePublisher(C2Table(live=endpoint, server_key=server_key, status_every_s=1.0), keys, self._context)
        self.clock = Timebase(system_offset_ns(), "gnss", 0.002)
        self.counters: dict[str, int] = {}

    def say(self, tracks: Sequence[Track]) -> None:
        """One turn of a hub's loop."""
        now_ns = time.monotonic_ns()
        self.publisher.service(now_ns)
        self.publisher.publish_tracks(tracks, self.clock, now_ns)
        self.publisher.publish_status(
            self._status(now_ns), reports={}, place=self.place, counters=self.counters, clock=self.clock, now_mono_ns=now_ns
        )

    def _status(self, now_ns: int) -> NodeStatus:
        def part(name: str) -> SensorStatus:
            return SensorStatus(name=name, driver=name, state="running", sentence="delivers data", since_mono_ns=0, restarts=0, pid=None)

        post = self.post
        return NodeStatus(
            name=post.name,
            verdict=post.verdict,
            sentence=post.sentence,
            sensors=(part("wifi"), part("microphones")),
            hub=part("hub"),
            t_mono_ns=now_ns,
        )

    def __enter__(self) -> SpeakingNode:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.publisher.close()
        self._context.term()


class Watch:
    """What one post makes of the world: a place of who says it and is nearest to this post, a bearing of who says nothing."""

    def __init__(self, world: World, post: Post, posts: Sequence[Post], judgements: Mapping[str, Judgement]) -> None:
        self._world, self._post, self._posts, self._judgements = world, post, posts, judgements
        self._place = place_of(world, post)
        self._frame = LocalFrame(self._place.latitude_deg, self._place.longitude_deg, self._place.altitude_wgs84_m or 0.0)
        self._noise: dict[tuple[str, str], Wander] = {}

    def tracks(self, t_s: float, now_ns: int) -> list[Track]:
        """All tracks of this node at `t_s` of the scene."""
        drones = {drone.name: (number, drone) for number, drone in enumerate(self._world.scene.drone, 1)}
        made = (self._track(*drones[truth.name], truth, now_ns) for truth in self._world.truth(t_s))
        return [track for track in made if track is not None]

    def _track(self, number: int, drone: Drone, truth: DroneTruth, now_ns: int) -> Track | None:
        bare = Track(number=number, state="confirmed", t_mono_ns=now_ns, first_seen_mono_ns=0, last_seen_mono_ns=now_ns)
        if drone.remote_id is None:
            then = self._world.truth_of(drone, truth.t_s - self._away_m(truth) / SOUND_MPS)
            return replace(bare, bearing=self._bearing(then), sensors=("microphones",), sound=SOUND) if self._sees(truth) else None
        if min(self._posts, key=lambda post: (post.east_m - truth.east_m) ** 2 + (post.north_m - truth.north_m) ** 2) is not self._post:
            return None
        judged = self._judgements.get(drone.name, Judgement())
        return replace(
            bare,
            kinematics=self._kinematics(truth),
            identity=_identity(drone, truth),
            heard=(Hearing(transport="wifi_beacon", count=9, last_mono_ns=now_ns, rssi_dbm=-round(40 + truth.range_m / 40)),),
            sensors=("wifi",),
            flags=judged.flags,
            suspicions=judged.suspicions,
            cooperation=judged.cooperation,
            cooperation_reason=judged.reason,
        )

    def _sees(self, truth: DroneTruth) -> bool:
        return self._post.sees and self._away_m(truth) <= SEEN_WITHIN_M

    def _away_m(self, truth: DroneTruth) -> float:
        return distance_m(truth.latitude_deg, truth.longitude_deg, self._place.latitude_deg, self._place.longitude_deg)

    def _wander(self, drone: str, axis: str, sigma: float, t_s: float) -> float:
        key = drone, axis
        if key not in self._noise:
            self._noise[key] = Wander(f"{self._world.seed}/{self._post.name}/{drone}/{axis}", sigma, 4.0, 40.0)
        return self._noise[key].at(t_s)

    def _bearing(self, truth: DroneTruth) -> Bearing:
        azimuth_deg, elevation_deg = bearing_deg(self._frame, truth.latitude_deg, truth.longitude_deg, truth.altitude_wgs84_m)
        return Bearing(
            azimuth_deg=(azimuth_deg + self._wander(truth.name, "azimuth", SIGMA_AZIMUTH_DEG, truth.t_s)) % 360,
            elevation_deg=min(elevation_deg + self._wander(truth.name, "elevation", SIGMA_ELEVATION_DEG, truth.t_s), 90.0),
            sigma_azimuth_deg=SIGMA_AZIMUTH_DEG,
            sigma_elevation_deg=SIGMA_ELEVATION_DEG,
        )

    def _kinematics(self, truth: DroneTruth) -> Kinematics:
        east, north = (self._wander(truth.name, axis, SIGMA_M, truth.t_s) for axis in ("east", "north"))
        latitude_deg, longitude_deg, altitude_m = self._world.ground.to_geodetic(truth.east_m + east, truth.north_m + north, truth.height_m)
        covariance = [0.0] * 36
        covariance[::7] = [SIGMA_M**2 * 2, SIGMA_M**2, 25.0, 1.0, 1.0, 1.0]
        return Kinematics(
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_wgs84_m=altitude_m,
            velocity_east_mps=truth.velocity_east_mps,
            velocity_north_mps=truth.velocity_north_mps,
            velocity_up_mps=truth.velocity_up_mps,
            covariance=tuple(covariance),
        )


def _identity(drone: Drone, truth: DroneTruth) -> Identity:
    claimed = drone.remote_id
    return Identity(
        ids=(UasId("serial_number", claimed.serial),) if claimed and claimed.serial else (),
        ua_type="helicopter_or_multirotor",
        status="airborne",
        height_m=truth.height_m,
        height_reference="take_off",
        operator_id=drone.operator.id,
        operator_latitude_deg=truth.operator_latitude_deg,
        operator_longitude_deg=truth.operator_longitude_deg,
        operator_altitude_wgs84_m=truth.operator_altitude_wgs84_m,
        operator_location=drone.operator.location,
    )
