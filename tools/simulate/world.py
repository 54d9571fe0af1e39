"""The truth of a scene at any time, from one seed: every simulated sensor asks here."""

from __future__ import annotations

from itertools import pairwise
from math import cos, dist, fsum, hypot, pi, radians, sin, sqrt
from pathlib import Path
from random import Random

from msgspec import Struct

from edge_node.geometry import LocalFrame
from tools.simulate import scene as scenes
from tools.simulate.scene import Circle, Drone, Flight, Hover, Point, Scene, Waypoints

Vector = tuple[float, float, float]


class DroneTruth(Struct, frozen=True):
    """Where one drone is: WGS-84, metres east, north, up of the node's sensors, above the ground, and m/s."""

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

    @property
    def range_m(self) -> float:
        """Metres from the node's sensors."""
        return hypot(self.east_m, self.north_m, self.up_m)


class Wander:
    """A smooth random signal of zero mean and one sigma that is a pure function of time: eight seeded sines."""

    def __init__(self, seed: str, sigma: float, shortest_s: float, longest_s: float) -> None:
        random = Random(seed)
        self._amplitude = sigma * sqrt(2 / 8)
        ratio = longest_s / shortest_s
        periods: list[float] = [shortest_s * ratio ** ((k + random.random()) / 8) for k in range(8)]
        self._waves = [(2 * pi / period, random.uniform(0, 2 * pi)) for period in periods]

    def at(self, t_s: float) -> float:
        """Its value."""
        return self._amplitude * fsum(sin(rate * t_s + phase) for rate, phase in self._waves)

    def rate(self, t_s: float) -> float:
        """Its change per second."""
        return self._amplitude * fsum(rate * cos(rate * t_s + phase) for rate, phase in self._waves)


class World:
    """A scene and a seed; the same two give the same truth, whatever was asked before."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.seed = scene, seed
        node = scene.node
        self.ground = LocalFrame(node.latitude_deg, node.longitude_deg, node.ground_wgs84_m)
        self.node_altitude_wgs84_m = node.ground_wgs84_m + node.mast_m
        self._gusts = {
            drone.name: [Wander(f"{seed}/{drone.name}/gust/{axis}", drone.gust_m, 4.0, 30.0) for axis in "enu"] for drone in scene.drone
        }

    @classmethod
    def load(cls, path: Path, seed: int) -> World:
        """Read a scene; raises SceneError."""
        return cls(scenes.load(path), seed)

    def truth(self, t_s: float) -> tuple[DroneTruth, ...]:
        """Every drone in the air at `t_s` of the scene, in the scene's order."""
        return tuple(self.truth_of(drone, t_s) for drone in self.scene.drone if in_air(drone, t_s))

    def truth_of(self, drone: Drone, t_s: float) -> DroneTruth:
        """One drone, in the air or not."""
        (east, north, height), velocity = on_path(drone.path, t_s - drone.from_s)
        gusts = self._gusts[drone.name]
        east, north, height = (place + gust.at(t_s) for place, gust in zip((east, north, height), gusts, strict=True))
        v_east, v_north, v_up = (speed + gust.rate(t_s) for speed, gust in zip(velocity, gusts, strict=True))
        latitude, longitude, altitude = self.ground.to_geodetic(east, north, height)
        operator = self.ground.to_geodetic(drone.operator.east_m, drone.operator.north_m, 0.0)
        return DroneTruth(
            name=drone.name,
            t_s=t_s,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=altitude,
            height_m=height,
            east_m=east,
            north_m=north,
            up_m=height - self.scene.node.mast_m,
            velocity_east_mps=v_east,
            velocity_north_mps=v_north,
            velocity_up_mps=v_up,
            operator_latitude_deg=operator[0],
            operator_longitude_deg=operator[1],
            operator_altitude_wgs84_m=operator[2],
        )


def in_air(drone: Drone, t_s: float) -> bool:
    """Whether a drone flies at `t_s`."""
    return drone.from_s <= t_s and (drone.until_s is None or t_s < drone.until_s)


def on_path(path: Flight, t_s: float) -> tuple[Vector, Vector]:
    """East, north, height in metres, and their speeds in m/s, `t_s` after the path's start."""
    match path:
        case Hover():
            return (path.east_m, path.north_m, path.height_m), (0.0, 0.0, 0.0)
        case Circle():
            return _on_circle(path, t_s)
        case Waypoints():
            return _on_legs(path, t_s)


def _on_circle(path: Circle, t_s: float) -> tuple[Vector, Vector]:
    turn = 1.0 if path.clockwise else -1.0
    azimuth = radians(path.start_deg) + turn * path.speed_mps / path.radius_m * t_s
    place = path.east_m + path.radius_m * sin(azimuth), path.north_m + path.radius_m * cos(azimuth), path.height_m
    return place, (turn * path.speed_mps * cos(azimuth), -turn * path.speed_mps * sin(azimuth), 0.0)


def _place(point: Point) -> Vector:
    return point.east_m, point.north_m, point.height_m


def _on_legs(path: Waypoints, t_s: float) -> tuple[Vector, Vector]:
    corners = (*path.points, path.points[0]) if path.loop else path.points
    legs = [(a, b, dist(_place(a), _place(b)) / a.speed_mps) for a, b in pairwise(corners)]
    lap_s = sum(leg_s for _, _, leg_s in legs)
    left_s = t_s % lap_s if path.loop and lap_s > 0 else max(t_s, 0.0)
    for a, b, leg_s in legs:
        if left_s < leg_s:
            velocity = [(to - start) / leg_s for start, to in zip(_place(a), _place(b), strict=True)]
            here = [start + speed * left_s for start, speed in zip(_place(a), velocity, strict=True)]
            return (here[0], here[1], here[2]), (velocity[0], velocity[1], velocity[2])
        left_s -= leg_s
    return _place(corners[-1]), (0.0, 0.0, 0.0)
