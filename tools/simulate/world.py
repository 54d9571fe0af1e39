"""The truth of a scene at any time, from one seed: every simulated sensor asks here."""

from __future__ import annotations

from math import cos, hypot, radians, sin
from pathlib import Path

from msgspec import Struct

from edge_node.geometry import LocalFrame
from tools.simulate import scene as scenes
from tools.simulate.aircraft import LABELS
from tools.simulate.faults import Fault
from tools.simulate.scene import Drone, DroneSound, Other, Scene, SceneError
from tools.simulate.site import Site, seen_from
from tools.simulate.trip import Going, Trip
from tools.simulate.wander import Wander
from tools.simulate.ways import Vector, on_path

__all__ = ["DroneTruth", "ObjectTruth", "Vector", "Wander", "World", "in_air", "on_path"]


class DroneTruth(Struct, frozen=True):
    """Where one drone is: WGS-84, metres east, north, up of the node's sensors, above the ground, and m/s.

    `node_east_m` and `node_north_m` are how far a vehicle's node has come from where it set out.
    """

    name: str
    t_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    height_m: float
    east_m: float
    north_m: float
    up_m: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float
    operator_latitude_deg: float
    operator_longitude_deg: float
    operator_altitude_wgs84_m: float
    node_east_m: float = 0.0
    node_north_m: float = 0.0

    @property
    def range_m(self) -> float:
        """Metres from the node's sensors."""
        return hypot(self.east_m, self.north_m, self.up_m)


class ObjectTruth(Struct, frozen=True):
    """Where anything that moves is: kind, WGS-84, m/s, what it says truly of itself and on which media, what sort of aircraft it is."""

    name: str
    kind: str
    t_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float
    ids: tuple[str, ...] = ()
    label: str = ""
    media: tuple[str, ...] = ()


class World:
    """A scene and a seed; the same two give the same truth, whatever was asked before."""

    def __init__(self, scene: Scene, seed: int, site: Site | None = None) -> None:
        """`site` where the scene is told in metres about another than its first node."""
        self.scene, self.seed = scene, seed
        node = scene.node
        self.ground = site or Site(LocalFrame(node.latitude_deg, node.longitude_deg, node.ground_wgs84_m))
        self.node_altitude_wgs84_m = node.ground_wgs84_m + node.mast_m
        self.own = "" if site is None else f"{node.name}/"
        self.trip = Trip(**{name: getattr(node.trip, name) for name in node.trip.__struct_fields__}) if node.trip else None
        self.faults: tuple[Fault, ...] = tuple(fault for fault in scene.fault if fault.node in ("", node.name))
        away = radians(scene.sky.wind_from_deg + 180)
        self.wind = scene.weather.wind_mps * sin(away), scene.weather.wind_mps * cos(away)
        self._gusts = {
            one.name: [Wander(f"{seed}/{one.name}/gust/{axis}", one.gust_m, 4.0, 30.0) for axis in "enu"] for one in scene.movers
        }

    @classmethod
    def load(cls, path: Path, seed: int) -> World:
        """Read a scene; raises SceneError."""
        return cls(scenes.load(path), seed)

    def of_post(self, name: str) -> World:
        """The same world as the node of this name stands in it; raises SceneError where there is none."""
        if name == self.scene.node.name:
            return self
        for post in self.scene.post:
            if post.name == name:
                site = self.ground.beside(post.east_m, post.north_m)
                return World(seen_from(self.scene, post, site), self.seed, site)
        raise SceneError(f"{self.scene.name}: there is no node {name!r}; there are {', '.join(self.scene.nodes)}")

    def stands(self, t_s: float) -> Going | None:
        """How the node's vehicle stands; None of a node on a mast."""
        return self.trip.at(max(t_s, 0.0)) if self.trip else None

    def truth(self, t_s: float) -> tuple[DroneTruth, ...]:
        """Every drone in the air at `t_s` of the scene, in the scene's order."""
        return tuple(self.truth_of(drone, t_s) for drone in self.scene.drone if in_air(drone, t_s))

    def objects(self, t_s: float) -> tuple[ObjectTruth, ...]:
        """All that the scene says to be about at `t_s`: drones first, then the others."""
        drones = tuple(self._object(drone, "drone", t_s) for drone in self.scene.drone if in_air(drone, t_s))
        return drones + tuple(self._object(other, other.kind, t_s) for other in self.scene.other if in_air(other, t_s))

    def moved(self, one: Drone | Other, t_s: float) -> tuple[Vector, Vector]:
        """East, north and height above the ground in metres from where the node is or set out, and the speeds, in the air or not."""
        places, speeds = on_path(one.path, t_s - one.from_s, self.wind)
        gusts = self._gusts[one.name] if one.gust_m else ()
        if not gusts:
            return places, speeds
        east, north, height = (place + gust.at(t_s) for place, gust in zip(places, gusts, strict=True))
        v_east, v_north, v_up = (speed + gust.rate(t_s) for speed, gust in zip(speeds, gusts, strict=True))
        return (east, north, height), (v_east, v_north, v_up)

    def from_node(self, one: Drone | Other, t_s: float) -> tuple[Vector, Vector]:
        """Metres east, north, up of the node's sensors where they are at `t_s`, and m/s over the ground."""
        (east, north, height), speeds = self.moved(one, t_s)
        going = self.stands(t_s)
        if going:
            east, north = east - going.east_m, north - going.north_m
        return (east, north, height - self.scene.node.mast_m), speeds

    def truth_of(self, drone: Drone, t_s: float) -> DroneTruth:
        """One drone, in the air or not."""
        (east, north, height), (v_east, v_north, v_up) = self.moved(drone, t_s)
        going = self.stands(t_s)
        gone_east, gone_north = (going.east_m, going.north_m) if going else (0.0, 0.0)
        latitude, longitude, altitude = self.ground.to_geodetic(east, north, height)
        operator = self.ground.to_geodetic(drone.operator.east_m, drone.operator.north_m, 0.0)
        return DroneTruth(
            name=drone.name,
            t_s=t_s,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=altitude,
            height_m=height,
            east_m=east - gone_east,
            north_m=north - gone_north,
            up_m=height - self.scene.node.mast_m,
            velocity_east_mps=v_east,
            velocity_north_mps=v_north,
            velocity_up_mps=v_up,
            operator_latitude_deg=operator[0],
            operator_longitude_deg=operator[1],
            operator_altitude_wgs84_m=operator[2],
            node_east_m=gone_east,
            node_north_m=gone_north,
        )

    def _object(self, one: Drone | Other, kind: str, t_s: float) -> ObjectTruth:
        place, velocity = self.moved(one, t_s)
        ids, label = _said(one) if isinstance(one, Drone) else ((), kind)
        media = one.remote_id.media if isinstance(one, Drone) and one.remote_id else ()
        return ObjectTruth(one.name, kind, t_s, *self.ground.to_geodetic(*place), *velocity, ids, label, media)


def _said(drone: Drone) -> tuple[tuple[str, ...], str]:
    """The serial and registration that a drone says truly of itself, and what sort it is."""
    rid = drone.remote_id
    told = (*((rid.serial, rid.french_id) if not rid.claims.serial else ()), rid.caa_registration) if rid else ()
    return tuple({value: None for value in (*told, drone.droneid_serial) if value}), LABELS[(drone.sound or DroneSound()).aircraft]


def in_air(one: Drone | Other, t_s: float) -> bool:
    """Whether one is about at `t_s`."""
    return one.from_s <= t_s and (one.until_s is None or t_s < one.until_s)
