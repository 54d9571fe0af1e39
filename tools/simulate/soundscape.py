"""What a scene's microphones hear, second by second, and where from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from math import ceil

import numpy as np
from msgspec import Struct

from drivers import microphone_arrays
from drivers.blocks import MicrophoneArray
from drivers.microphone_arrays import Mounting
from tools.simulate import acoustics, engines, noise
from tools.simulate.faults import Fault
from tools.simulate.passes import REMEMBERED_S, Ears, loudness, passing, seeded, speed_mps, way
from tools.simulate.propagation import Numbers, Sound
from tools.simulate.rain_sound import rain_blocks
from tools.simulate.rotorcraft import REFERENCE_PA, Rotorcraft
from tools.simulate.scene import Drone, Microphones, Other
from tools.simulate.world import World

__all__ = ["REMEMBERED_S", "Heard", "blocks", "channels", "microphones", "mounted", "recorded", "truth"]
TRUTH_HZ = 10


class Heard(Struct, frozen=True):
    """One line of the truth: where the sound that is heard of one at `t_s` came from, from true north."""

    t_s: float
    name: str
    azimuth_deg: float
    elevation_deg: float
    range_m: float


def microphones(world: World) -> Microphones:
    """The scene's microphones; where it has none, what a scene would have without another word."""
    return world.scene.microphones or Microphones()


def mounted(world: World) -> MicrophoneArray:
    """The scene's array as it is really mounted, on a vehicle in the vehicle's frame."""
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


def blocks(world: World, begin: int = 0) -> Iterator[Sound]:
    """The scene in blocks of a second without end, from its second `begin` on, which sounds the same wherever one begins.

    (rate, M) float32 by microphone, full scale 1.0 and clipped there.
    """
    rate_hz = microphones(world).rate_hz
    full_scale_pa = REFERENCE_PA * np.sqrt(2) * 10 ** (microphones(world).full_scale_db_spl / 20)
    parts: list[Iterator[Sound]] = [islice(noise.rechunked(part, rate_hz), begin, None) for part in _noises(world)]
    parts += [_while_on(fault, islice(noise.rechunked(made, rate_hz), begin, None), rate_hz, begin) for fault, made in _weathers(world)]
    parts += [_of_one(world, one, craft, begin) for one, craft in engines.heard(world)]
    for second in count(begin):
        heard: Sound = np.sum([next(part) for part in parts], axis=0)
        yield _faulty(world, np.clip(heard / np.float32(full_scale_pa), -1.0, 1.0), second)


def truth(world: World, seconds: float) -> Iterator[Heard]:
    """Where all that sound are heard from, ten times a second; sound that was emitted out of a flight is not."""
    for second in range(ceil(seconds)):
        t_s = np.arange(TRUTH_HZ) / TRUTH_HZ
        rows = [
            Heard(second + at_s, one.name, float(azimuth), float(elevation), float(range_m))
            for one, _ in engines.heard(world)
            for at_s, azimuth, elevation, range_m in zip(t_s, *_heard_from(world, one, second, t_s), strict=True)
            if second + at_s < seconds and loudness(one, np.array([second + at_s - range_m / speed_mps(world)]))[0] > 0
        ]
        yield from sorted(rows, key=lambda row: row.t_s)


def _places(world: World) -> Numbers:
    return acoustics.enu_m(mounted(world))


def _noises(world: World) -> Iterator[Iterator[Sound]]:
    """Blocks of the place's noise from all sides, of the wind and of the microphones themselves, in Pa."""
    told, weather, own = microphones(world), world.scene.weather, world.own
    places = _places(world)
    around_pa, own_pa = (np.float32(REFERENCE_PA * 10 ** (level / 20)) for level in (weather.ambience_db_spl, told.self_noise_db_spl))
    around = noise.diffuse_blocks(places, told.rate_hz, seeded(world, f"{own}ambience"), weather.temperature_c, "pink")
    yield (around_pa * block for block in around)
    if weather.wind_mps > 0:
        yield noise.wind_blocks(places, told.rate_hz, weather.wind_mps, seeded(world, f"{own}wind"))
    if world.scene.sky.rain_mm_h > 0:
        rng = seeded(world, f"{own}rain")
        yield rain_blocks(places, told.rate_hz, world.scene.sky.rain_mm_h, rng, weather.temperature_c)
    self_noise = seeded(world, f"{own}microphones")
    yield (own_pa * noise.white(told.rate_hz, len(places), self_noise) for _ in iter(int, 1))


def _weathers(world: World) -> Iterator[tuple[Fault, Iterator[Sound]]]:
    """Faults that are weather, and what each adds while it lasts."""
    rate_hz, places, weather = microphones(world).rate_hz, _places(world), world.scene.weather
    for number, fault in enumerate(world.faults):
        rng = seeded(world, f"{world.own}fault/{number}")
        if fault.kind == "wind":
            yield fault, noise.wind_blocks(places, rate_hz, fault.much, rng)
        elif fault.kind == "rain":
            yield fault, rain_blocks(places, rate_hz, fault.much, rng, weather.temperature_c)


def _while_on(fault: Fault, made: Iterator[Sound], rate_hz: int, begin: int) -> Iterator[Sound]:
    """Sound while a fault lasts, and silence."""
    for second, block in enumerate(made, begin):
        t_s = second + np.arange(rate_hz) / rate_hz
        yield block * ((t_s >= fault.from_s) & (t_s < fault.to_s))[:, None]


def _faulty(world: World, heard: Sound, second: int) -> Sound:
    """A second as broken wires hand it over."""
    for fault in world.faults:
        if fault.kind not in ("microphone_dead", "microphones_swapped"):
            continue
        t_s = second + np.arange(len(heard)) / len(heard)
        struck, which = (t_s >= fault.from_s) & (t_s < fault.to_s), int(fault.much) % heard.shape[1]
        if fault.kind == "microphone_dead":
            heard[struck, which] = 0.0
        else:
            pair = [which, (which + 1) % heard.shape[1]]
            heard[np.ix_(struck, pair)] = heard[np.ix_(struck, pair[::-1])]
    return heard


def _of_one(world: World, one: Drone | Other, craft: Rotorcraft, begin: int) -> Iterator[Sound]:
    """What is heard of one in blocks of a second, in Pa."""
    ears = Ears(_places(world), microphones(world).rate_hz)
    return passing(world, one, craft, ears, begin)


def _heard_from(world: World, one: Drone | Other, second: int, t_s: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    ears = Ears(np.zeros((1, 3)), microphones(world).rate_hz).carried(world, second)
    here = ears(t_s)[:, 0] if ears else None
    return acoustics.heard_from(way(world, one, second), t_s, world.scene.weather.temperature_c, here)
