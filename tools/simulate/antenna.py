"""Radio links of a scene on their ways to the node's antenna: range, ground, fading, Doppler."""

from __future__ import annotations

from collections.abc import Callable
from math import asin, cos, hypot, log10
from zlib import crc32

from tools.simulate.dji_telemetry import telemetry_of
from tools.simulate.free_space import SLOW_FADING_DB, free_space_db
from tools.simulate.iq.catalogue import CATALOGUE, Entry
from tools.simulate.iq.mixer import Air, Heard
from tools.simulate.scene import Drone, Emitter, RadioLink, SceneError
from tools.simulate.world import Vector, Wander, World

GAIN_DBI, NULL_DB = 2.0, -15.0
"""A dipole that stands upright: little is heard from straight above."""
HAND_M = 1.5
"""How high a pilot holds the transmitter."""
STEP_S = 0.05
Place = Callable[[float], Vector]
"""Metres east and north of where the node stands or set out and above the ground, at a time of the scene."""


def of_world(world: World) -> list[Heard]:
    """Every link of a world's drones, the pilot's part from where the operator stands, and every other emitter; raises SceneError."""
    found = []
    for drone in world.scene.drone:
        found += [_of_drone(world, drone, link) for link in drone.link]
    return found + [_of_emitter(world, emitter) for emitter in world.scene.emitter]


def _of_drone(world: World, drone: Drone, link: RadioLink) -> Heard:
    entry, seed = _entry(link.name), f"{world.seed}/{drone.name}/{link.name}"

    def place(t_s: float) -> Vector:
        return world.moved(drone, t_s)[0]

    def stands(_t_s: float) -> Vector:
        return drone.operator.east_m, drone.operator.north_m, HAND_M

    aloft = _air(world, f"{seed}/aloft", place, entry.eirp_dbm if link.eirp_dbm is None else link.eirp_dbm)
    ground = _air(world, f"{seed}/ground", stands, entry.ground_eirp_dbm if link.ground_eirp_dbm is None else link.ground_eirp_dbm)
    until_s = float("inf") if drone.until_s is None else drone.until_s
    number = crc32(seed.encode())
    sent = entry.telling(number, telemetry_of(world, drone)) if entry.telling else entry.make(number)
    return Heard(sent, aloft, ground, drone.from_s, until_s)


def _of_emitter(world: World, emitter: Emitter) -> Heard:
    entry, seed = _entry(emitter.link), f"{world.seed}/{emitter.name}"

    def stands(_t_s: float) -> Vector:
        return emitter.east_m, emitter.north_m, emitter.height_m

    air = _air(world, seed, stands, entry.eirp_dbm if emitter.eirp_dbm is None else emitter.eirp_dbm)
    until_s = float("inf") if emitter.until_s is None else emitter.until_s
    return Heard(entry.make(crc32(seed.encode())), air, air, emitter.from_s, until_s)


def _entry(name: str) -> Entry:
    if name not in CATALOGUE:
        raise SceneError(f"there is no radio link {name!r}; there are {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def _air(world: World, seed: str, place: Place, eirp_dbm: float) -> Air:
    mast_m, fading = max(world.scene.node.mast_m, HAND_M), Wander(f"{world.own}{seed}/fading", SLOW_FADING_DB, 1.0, 20.0)

    def away(t_s: float) -> Vector:
        (east_m, north_m, height_m), going = place(t_s), world.stands(t_s)
        return (east_m - going.east_m, north_m - going.north_m, height_m) if going else (east_m, north_m, height_m)

    def level_dbm(t_s: float, center_hz: float) -> float:
        east_m, north_m, height_m = away(t_s)
        over_ground_m, up_m = hypot(east_m, north_m), height_m - mast_m
        range_m = max(1.0, hypot(over_ground_m, up_m))
        pattern_db = max(NULL_DB, 20 * log10(max(cos(asin(up_m / range_m)), 1e-3))) if range_m > 1 else 0.0
        return eirp_dbm + GAIN_DBI + pattern_db - loss_db(range_m, center_hz, height_m, mast_m) + fading.at(t_s)

    def closing_mps(t_s: float) -> float:
        before, after = (_range_m(away(t_s + step), mast_m) for step in (-STEP_S, STEP_S))
        return (before - after) / (2 * STEP_S)

    return Air(level_dbm=level_dbm, closing_mps=closing_mps)


def _range_m(place: Vector, mast_m: float) -> float:
    return hypot(place[0], place[1], place[2] - mast_m)


def loss_db(range_m: float, center_hz: float, height_m: float, mast_m: float) -> float:
    """Free space, or the ground's reflection against it where that takes more (plane earth: Egli, 1957)."""
    plane_db = 40 * log10(range_m) - 20 * log10(max(height_m, 0.5) * mast_m)
    return max(free_space_db(range_m, center_hz), plane_db)
