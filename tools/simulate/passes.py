"""One thing that sounds on its way past a node's microphones, which stand on a mast or drive themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from math import ceil, radians
from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.random import Generator

from tools.simulate import propagation
from tools.simulate.flyers import turned
from tools.simulate.propagation import Ground, Numbers, Path, Sound
from tools.simulate.rotorcraft import Rotorcraft, source_blocks
from tools.simulate.scene import Drone, Other
from tools.simulate.world import Vector, World

REMEMBERED_S = 6
"""How long sound may be under way: what is 2 km away is not heard."""
KNOTS_HZ = 20
FADE_S = 0.5
BEYOND_S = 0.1


class Ears(Struct, frozen=True):
    """Microphones (M, 3) about the node's mast head, and their rate."""

    places_m: Numbers
    rate_hz: int

    def carried(self, world: World, second: int) -> Callable[[Numbers], Numbers] | None:
        """Where they are at times (n,) after that second's begin, (n, M, 3) from where the vehicle set out; None on a mast."""
        if world.trip is None:
            return None

        def places(t_s: Numbers) -> Numbers:
            return np.array([self._at(world, second + float(at_s)) for at_s in t_s])

        return places

    def _at(self, world: World, t_s: float) -> Numbers:
        going = world.stands(t_s)
        if going is None:
            return self.places_m
        turn = turned(radians(going.heading_deg), radians(going.pitch_deg), radians(going.roll_deg))
        return self.places_m @ turn.T + (going.east_m, going.north_m, 0.0)


def passing(world: World, one: Drone | Other, craft: Rotorcraft, ears: Ears, begin: int) -> Iterator[Sound]:
    """What is heard of one in blocks of a second from the scene's second `begin` on, (rate, M) in Pa."""
    rate_hz, weather = ears.rate_hz, world.scene.weather
    mast_m, soil = world.scene.node.mast_m, weather.ground_flow_resistivity
    echo_s = 2 * mast_m / speed_mps(world)
    source = source_blocks(craft, rate_hz, seeded(world, f"{one.name}/sound"))
    recent: deque[Sound] = deque((_faded(next(source), one, t_s) for t_s in range(-REMEMBERED_S, begin)), REMEMBERED_S + 1)
    known: dict[int, Vector] = {}
    for second in count(begin):
        recent.append(_faded(next(source), one, second))
        path, carried = way(world, one, second, known), ears.carried(world, second)
        ends_s = np.array([0.0, 1.0])
        middle = carried(ends_s).mean(axis=1, keepdims=True) if carried else np.zeros((1, 3))
        first_s, last_s = propagation.emission_s(path, ends_s, middle, speed_mps(world))[:, 0]
        lead = ceil((BEYOND_S + echo_s - first_s) * rate_hz)
        # The signal begins with one of the filters' hops as counted from the scene's start, so that the blocks join.
        lead += (second * rate_hz - lead) % propagation.HOP
        if lead > REMEMBERED_S * rate_hz:
            yield np.zeros((rate_hz, len(ears.places_m)), dtype=np.float32)
            continue
        first = REMEMBERED_S * rate_hz - lead
        end = min(REMEMBERED_S * rate_hz + round((last_s + BEYOND_S) * rate_hz), (REMEMBERED_S + 1) * rate_hz)
        yield propagation.at_microphones(
            np.concatenate(recent)[first:end],
            path,
            ears.places_m,
            rate_hz,
            temperature_c=weather.temperature_c,
            humidity_percent=weather.humidity_percent,
            ground=Ground(-mast_m, soil) if soil else None,
            lead_s=lead / rate_hz,
            frames=rate_hz,
            carried=carried,
        )


def seeded(world: World, what: str) -> Generator:
    """A generator for one purpose."""
    return np.random.default_rng((world.seed, crc32(what.encode())))


def speed_mps(world: World) -> float:
    """Of sound in a world's air."""
    return propagation.speed_of_sound_mps(world.scene.weather.temperature_c)


def way(world: World, one: Drone | Other, second: int, known: dict[int, Vector] | None = None) -> Path:
    """Where one is by time since this second began, from what is still heard of it to the second's end.

    In metres from the mast head, of a vehicle from where that was when it set out. `known` keeps places by knot from second to second.
    """
    knots = range((second - REMEMBERED_S - 1) * KNOTS_HZ, (second + 2) * KNOTS_HZ)
    found = {} if known is None else known
    for gone in [knot for knot in found if knot < knots.start]:
        del found[gone]
    found |= {knot: world.moved(one, knot / KNOTS_HZ)[0] for knot in knots if knot not in found}
    places = np.array([found[knot] for knot in knots]) - (0.0, 0.0, world.scene.node.mast_m)
    return propagation.smooth_path(np.array(knots) / KNOTS_HZ - second, places)


def loudness(one: Drone | Other, t_s: Numbers) -> Numbers:
    """0 to 1 at times (n,): rotors start and stop within half a second."""
    since = t_s - one.from_s if one.from_s > 0 else np.full_like(t_s, FADE_S)
    left = np.inf if one.until_s is None else one.until_s - t_s
    return np.asarray(np.clip(np.minimum(since, left) / FADE_S, 0.0, 1.0))


def _faded(block: Sound, one: Drone | Other, second: int) -> Sound:
    """A second of its own sound, of it what is within its flight."""
    return block * loudness(one, second + np.arange(len(block)) / len(block)).astype(np.float32)
