"""Who sounds in a scene, and how: its drones, and the others that have an engine."""

from __future__ import annotations

from msgspec.structs import replace

from tools.simulate.bystanders import OtherKind
from tools.simulate.rotorcraft import PRESETS, Rotorcraft
from tools.simulate.scene import Drone, DroneSound, Other
from tools.simulate.world import World

ENGINES: dict[OtherKind, Rotorcraft] = {
    "helicopter": PRESETS["helicopter"],
    "aeroplane": Rotorcraft(
        label="fixed_wing",
        blade_pass_hz=80.0,
        rotors=1,
        spread=0.0,
        wander=0.003,
        wander_s=6.0,
        throttle=0.005,
        jitter=0.0008,
        roll_off_db=3.5,
        imbalance_db=8.0,
        broadband_hz=700.0,
        level_db_spl_1m=114.0,
    ),
    "vehicle": Rotorcraft(
        label="machine",
        blade_pass_hz=62.0,
        rotors=1,
        spread=0.1,
        wander=0.05,
        wander_s=3.0,
        throttle=0.05,
        roll_off_db=6.0,
        imbalance_db=9.0,
        broadband_db=7.0,
        broadband_hz=1_000.0,
        modulation=0.05,
        level_db_spl_1m=88.0,
    ),
}
"""A light aeroplane with two blades at 2400 a minute, 84 dB at 30 m; a car whose four cylinders fire 62 times a second at 1860 a
minute, with the noise of its tyres over that, 70 dB at 7.5 m. Birds and balloons are not heard."""


def aircraft(sound: DroneSound) -> Rotorcraft:
    """What a scene's drone sounds like."""
    own = {name: value for name in ("rotors", "blades", "blade_pass_hz", "level_db_spl_1m") if (value := getattr(sound, name)) is not None}
    craft = replace(PRESETS[sound.aircraft], **own)
    return replace(craft, blade_pass_hz=sound.rpm / 60 * craft.blades) if sound.rpm else craft


def heard(world: World) -> list[tuple[Drone | Other, Rotorcraft]]:
    """Those of a world that sound, in its order."""
    drones: list[tuple[Drone | Other, Rotorcraft]] = [(drone, aircraft(drone.sound)) for drone in world.scene.drone if drone.sound]
    return drones + [(other, _engine(other)) for other in world.scene.other if other.kind in ENGINES]


def _engine(other: Other) -> Rotorcraft:
    engine = ENGINES[other.kind]
    return replace(engine, level_db_spl_1m=other.level_db_spl_1m or engine.level_db_spl_1m)
