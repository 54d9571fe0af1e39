"""What a scene's microphones hear, second by second, and where from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import count, islice
from math import ceil
from zlib import crc32

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.random import Generator

from drivers import microphone_arrays
from drivers.blocks import MicrophoneArray
from drivers.microphone_arrays import Mounting
from tools.simulate import acoustics, noise, propagation
from tools.simulate.propagation import Ground, Numbers, Path, Sound
from tools.simulate.rotorcraft import PRESETS, REFERENCE_PA, Rotorcraft, source_blocks
from tools.simulate.scene import Drone, DroneSound, Microphones
from tools.simulate.world import World

REMEMBERED_S = 6
"""How long sound may be under way: what is 2 km away is not heard."""
KNOTS_HZ = 20
FADE_S = 0.5
TRUTH_HZ = 10
BEYOND_S = 0.1


class Heard(Struct, frozen=True):
    """One line of the truth: where the sound that is heard of a drone at `t_s` came from."""

    t_s: float
    name: str
    azimuth_deg: float
    elevation_deg: float
    range_m: float


def microphones(world: World) -> Microphones:
    """The scene's microphones; where it has none, what a scene would have without another word."""
    return world.scene.microphones or Microphones()


def mounted(world: World) -> MicrophoneArray:
    """The scene's array as the node's configuration would describe it."""
    told = microphones(world)
    mounting = Mounting(told.array, None, told.azimuth_deg, told.tilt_deg, told.roll_deg)
    return microphone_arrays.mounted(microphone_arrays.read_array(told.array), mounting)


def channels(world: World) -> int:
    """How many channels the array's device has."""
    return microphone_arrays.read_array(microphones(world).array).channels


def recorded(world: World, begin: int = 0) -> Iterator[Sound]:
    """`blocks` as the array's device hands them over, (rate, channels): channels without a microphone are silent."""
    array = microphone_arrays.read_array(microphones(world).array)
    for block in blocks(world, begin):
        frames = np.zeros((len(block), array.channels), dtype=np.float32)
        frames[:, array.channel_order] = block
        yield frames


def aircraft(sound: DroneSound) -> Rotorcraft:
    """What a scene's drone sounds like."""
    own = {name: value for name in ("rotors", "blades", "blade_pass_hz", "level_db_spl_1m") if (value := getattr(sound, name)) is not None}
    return replace(PRESETS[sound.aircraft], **own)


def blocks(world: World, begin: int = 0) -> Iterator[Sound]:
    """The scene in blocks of a second without end, from its second `begin` on, which sounds the same wherever one begins.

    (rate, M) float32 by microphone, full scale 1.0 and clipped there.
    """
    rate_hz = microphones(world).rate_hz
    full_scale_pa = REFERENCE_PA * np.sqrt(2) * 10 ** (microphones(world).full_scale_db_spl / 20)
    parts: list[Iterator[Sound]] = [islice(noise.rechunked(part, rate_hz), begin, None) for part in _noises(world)]
    parts += [_drone(world, drone, drone.sound, begin) for drone in world.scene.drone if drone.sound]
    while True:
        heard: Sound = np.sum([next(part) for part in parts], axis=0)
        yield np.clip(heard / np.float32(full_scale_pa), -1.0, 1.0)


def truth(world: World, seconds: float) -> Iterator[Heard]:
    """Where every drone that sounds is heard from, ten times a second; sound that was emitted out of its flight is not."""
    for second in range(ceil(seconds)):
        t_s = np.arange(TRUTH_HZ) / TRUTH_HZ
        rows = [
            Heard(second + at_s, drone.name, float(azimuth), float(elevation), float(range_m))
            for drone in world.scene.drone
            if drone.sound
            for at_s, azimuth, elevation, range_m in zip(t_s, *_heard_from(world, drone, second, t_s), strict=True)
            if second + at_s < seconds and _loudness(drone, np.array([second + at_s - range_m / _speed_mps(world)]))[0] > 0
        ]
        yield from sorted(rows, key=lambda row: row.t_s)


def _speed_mps(world: World) -> float:
    return propagation.speed_of_sound_mps(world.scene.weather.temperature_c)


def _seeded(world: World, what: str) -> Generator:
    return np.random.default_rng((world.seed, crc32(what.encode())))


def _noises(world: World) -> Iterator[Iterator[Sound]]:
    """Blocks of the place's noise from all sides, of the wind and of the microphones themselves, in Pa."""
    told, weather = microphones(world), world.scene.weather
    places = acoustics.enu_m(mounted(world))
    around_pa, own_pa = (np.float32(REFERENCE_PA * 10 ** (level / 20)) for level in (weather.ambience_db_spl, told.self_noise_db_spl))
    around = noise.diffuse_blocks(places, told.rate_hz, _seeded(world, "ambience"), weather.temperature_c, "pink")
    yield (around_pa * block for block in around)
    if weather.wind_mps > 0:
        yield noise.wind_blocks(places, told.rate_hz, weather.wind_mps, _seeded(world, "wind"))
    own = _seeded(world, "microphones")
    yield (own_pa * noise.white(told.rate_hz, len(places), own) for _ in iter(int, 1))


def _drone(world: World, drone: Drone, sound: DroneSound, begin: int) -> Iterator[Sound]:
    """What is heard of one drone in blocks of a second, in Pa."""
    told, weather = microphones(world), world.scene.weather
    rate_hz, places = told.rate_hz, acoustics.enu_m(mounted(world))
    mast_m, soil = world.scene.node.mast_m, weather.ground_flow_resistivity
    echo_s = 2 * mast_m / _speed_mps(world)
    source = source_blocks(aircraft(sound), rate_hz, _seeded(world, f"{drone.name}/sound"))
    recent: deque[Sound] = deque((_faded(next(source), drone, t_s) for t_s in range(-REMEMBERED_S, begin)), REMEMBERED_S + 1)
    for second in count(begin):
        recent.append(_faded(next(source), drone, second))
        way = _way(world, drone, second)
        first_s, last_s = propagation.emission_s(way, np.array([0.0, 1.0]), np.zeros((1, 3)), _speed_mps(world))[:, 0]
        lead = ceil((BEYOND_S + echo_s - first_s) * rate_hz)
        # The signal begins with one of the filters' hops as counted from the scene's start, so that the blocks join.
        lead += (second * rate_hz - lead) % propagation.HOP
        if lead > REMEMBERED_S * rate_hz:
            yield np.zeros((rate_hz, len(places)), dtype=np.float32)
            continue
        begin = REMEMBERED_S * rate_hz - lead
        end = min(REMEMBERED_S * rate_hz + round((last_s + BEYOND_S) * rate_hz), (REMEMBERED_S + 1) * rate_hz)
        yield propagation.at_microphones(
            np.concatenate(recent)[begin:end],
            way,
            places,
            rate_hz,
            temperature_c=weather.temperature_c,
            humidity_percent=weather.humidity_percent,
            ground=Ground(-mast_m, soil) if soil else None,
            lead_s=lead / rate_hz,
            frames=rate_hz,
        )


def _faded(block: Sound, drone: Drone, second: int) -> Sound:
    """A second of a drone's own sound, of it what is within its flight."""
    return block * _loudness(drone, second + np.arange(len(block)) / len(block)).astype(np.float32)


def _loudness(drone: Drone, t_s: Numbers) -> Numbers:
    """0 to 1 at times (n,): rotors start and stop within half a second."""
    since = t_s - drone.from_s if drone.from_s > 0 else np.full_like(t_s, FADE_S)
    left = np.inf if drone.until_s is None else drone.until_s - t_s
    return np.asarray(np.clip(np.minimum(since, left) / FADE_S, 0.0, 1.0))


def _way(world: World, drone: Drone, second: int) -> Path:
    """Where a drone is, by time since this second began, from what is still heard of it to the second's end."""
    t_s = np.arange(-(REMEMBERED_S + 1) * KNOTS_HZ, 2 * KNOTS_HZ) / KNOTS_HZ
    truths = [world.truth_of(drone, float(second + at_s)) for at_s in t_s]
    return propagation.smooth_path(t_s, np.array([(at.east_m, at.north_m, at.up_m) for at in truths]))


def _heard_from(world: World, drone: Drone, second: int, t_s: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    return acoustics.heard_from(_way(world, drone, second), t_s, world.scene.weather.temperature_c)
