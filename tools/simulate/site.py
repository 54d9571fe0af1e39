"""A scene's flat metres on the round Earth, as one of its nodes counts them."""

from __future__ import annotations

from msgspec.structs import replace

from edge_node.geometry import LocalFrame
from tools.simulate.paths import shifted
from tools.simulate.radios import Ghost, Spoofer
from tools.simulate.scene import Drone, Emitter, Other, Post, Scene
from tools.simulate.stations import NodePose

Geodetic = tuple[float, float, float]


class Site:
    """The ground about one node: metres from its foot to WGS-84 and back, all in the frame of the scene's first node.

    So every node finds the same place on Earth for the same thing. A post 1 km off errs by less than 0.02 degrees in direction.
    """

    def __init__(self, frame: LocalFrame, east_m: float = 0.0, north_m: float = 0.0) -> None:
        self._frame, self._east_m, self._north_m = frame, east_m, north_m

    def to_geodetic(self, east_m: float, north_m: float, height_m: float) -> Geodetic:
        """Latitude and longitude in degrees and WGS-84 altitude in metres."""
        return self._frame.to_geodetic(east_m + self._east_m, north_m + self._north_m, height_m)

    def to_enu(self, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float) -> Geodetic:
        """East, north and up metres from this node's foot."""
        east, north, up = self._frame.to_enu(latitude_deg, longitude_deg, altitude_wgs84_m)
        return east - self._east_m, north - self._north_m, up

    def beside(self, east_m: float, north_m: float) -> Site:
        """The same ground about another place, so far from this one."""
        return Site(self._frame, self._east_m + east_m, self._north_m + north_m)


def seen_from(scene: Scene, post: Post, site: Site) -> Scene:
    """The same scene in metres about a post, whose own site this is, and with the post's sensors."""
    east_m, north_m = post.east_m, post.north_m
    latitude_deg, longitude_deg, altitude_m = site.to_geodetic(0.0, 0.0, 0.0)
    return replace(
        scene,
        node=NodePose(latitude_deg, longitude_deg, altitude_m, post.mast_m, post.name),
        drone=tuple(_drone(drone, east_m, north_m) for drone in scene.drone),
        other=tuple(_other(other, east_m, north_m) for other in scene.other),
        emitter=tuple(_standing(emitter, east_m, north_m) for emitter in scene.emitter),
        spoofer=tuple(_spoofer(spoofer, east_m, north_m) for spoofer in scene.spoofer),
        microphones=None if "microphones" in post.without else post.microphones or scene.microphones,
        camera=None if "camera" in post.without else post.camera or scene.camera,
        receiver=None if "receiver" in post.without else post.receiver or scene.receiver,
        errors=post.errors,
        post=(),
    )


def _drone(drone: Drone, east_m: float, north_m: float) -> Drone:
    pilot = replace(drone.operator, east_m=drone.operator.east_m - east_m, north_m=drone.operator.north_m - north_m)
    return replace(drone, path=shifted(drone.path, east_m, north_m), operator=pilot)


def _other(other: Other, east_m: float, north_m: float) -> Other:
    return replace(other, path=shifted(other.path, east_m, north_m))


def _standing(emitter: Emitter, east_m: float, north_m: float) -> Emitter:
    return replace(emitter, east_m=emitter.east_m - east_m, north_m=emitter.north_m - north_m)


def _spoofer(spoofer: Spoofer, east_m: float, north_m: float) -> Spoofer:
    moved = replace(spoofer, east_m=spoofer.east_m - east_m, north_m=spoofer.north_m - north_m)
    return replace(moved, path=shifted(moved.path, east_m, north_m)) if isinstance(moved, Ghost) else moved
