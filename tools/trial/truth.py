"""The truth of a world for a trial's folder: all that moves there, a node on a vehicle too, ten times a second."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, floor, radians, sin

from tools.simulate.pictures import passing
from tools.simulate.traffic import Passing
from tools.simulate.world import World
from tools.trial.outcome import TRUTH_EVERY_S, TruthRow


def rows(world: World, seconds: float) -> Iterator[TruthRow]:
    """Every drone, every other, what passes before each node's camera and a vehicle's node, from 0 to `seconds`, in time order."""
    seen = [(of, traffic) for of in map(world.of_post, world.scene.nodes) if (traffic := passing(of))]
    for step in range(floor(seconds / TRUTH_EVERY_S + 1e-9) + 1):
        t_s = round(step * TRUTH_EVERY_S, 3)
        for one in world.objects(t_s):
            yield TruthRow(**{name: getattr(one, name) for name in TruthRow.__struct_fields__})
        yield from _vehicle(world, t_s)
        for of, traffic in seen:
            yield from _passing(of, traffic, t_s)


def _vehicle(world: World, t_s: float) -> Iterator[TruthRow]:
    """Where a vehicle's node truly is: what it says of that itself is a second old and has its receiver's errors."""
    going = world.stands(t_s)
    if going is None:
        return
    place = world.ground.to_geodetic(going.east_m, going.north_m, world.scene.node.mast_m)
    heading = radians(going.heading_deg)
    velocity = going.speed_mps * sin(heading), going.speed_mps * cos(heading), 0.0
    yield TruthRow(t_s, world.scene.node.name, "node", *place, *velocity)


def _passing(world: World, traffic: Passing, t_s: float) -> Iterator[TruthRow]:
    """What comes through the picture of one node's camera, by that node's name."""
    for flyer in traffic(t_s):
        pose = flyer.pose(t_s)
        if pose is None:
            continue
        east, north, up = (float(part) for part in pose.place)
        latitude, longitude, altitude = world.ground.to_geodetic(east, north, up + world.scene.node.mast_m)
        v_east, v_north, v_up = (float(part) for part in pose.velocity)
        name = f"{world.scene.node.name}/{flyer.name}"
        yield TruthRow(t_s, name, flyer.kind, latitude, longitude, altitude, v_east, v_north, v_up, (), flyer.kind)
