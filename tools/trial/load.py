"""Whether a scene's makers and nodes fit into real time here: what the makers take is measured, what a node takes is declared."""

from __future__ import annotations

import os
import time
from itertools import islice

import cv2
from msgspec import Struct

from tools.simulate import antenna, pictures, remote_id, soundscape
from tools.simulate.iq_on_air import IqOnAir
from tools.simulate.world import World
from tools.trial.played import Played

USABLE = 0.85
"""The share of all cores that a trial may take, lest it measure the machine."""
HUB, PER_MICROPHONE_MHZ, PER_MEGAPIXEL, PER_MEGASAMPLE, PER_FRAME = 0.08, 0.25, 0.1, 0.4, 0.001
"""Cores that a node takes: in itself, for each million samples of sound, pixels and IQ samples a second, and for each frame off the air."""
FROM_S = 2.0
"""Measured from this second of the scene on."""
SOUND_S, IQ_S, AIR_S, PICTURES = 2, 0.2, 2.0, 3


class Load(Struct, frozen=True):
    """Cores that a scene takes, by what takes them."""

    cores: dict[str, float]

    @property
    def fits(self) -> bool:
        """Whether all of it fits, and none of its makers needs more than a core."""
        return sum(self.cores.values()) <= self.usable and max(self.cores.values()) < 1.0

    @property
    def usable(self) -> float:
        """Cores that may be taken here."""
        return USABLE * (os.cpu_count() or 1)

    def words(self) -> str:
        """In one line."""
        parts = ", ".join(f"{name} {cores:.2f}" for name, cores in sorted(self.cores.items(), key=lambda one: -one[1]) if cores >= 0.01)
        verdict = "it is played at real time" if self.fits else "it is played offline"
        return f"needs {sum(self.cores.values()):.2f} of {self.usable:.2f} cores ({parts}): {verdict}"


def load(told: Played) -> Load:
    """Measure a second or so of each maker; raises SceneError."""
    cores: dict[str, float] = {}
    for world in told.worlds:
        many = f"{world.scene.node.name} " if len(told.worlds) > 1 else ""
        cores |= {f"{many}{name}": value for name, value in _of(world).items()}
    return Load(cores)


def _of(world: World) -> dict[str, float]:
    frames, air = _air(world)
    found = {"air": air, "the node": HUB + frames * PER_FRAME + _declared(world)}
    if world.scene.microphones:
        found["sound"] = _sound(world)
    if world.scene.camera:
        found["pictures"] = _pictures(world)
    if world.scene.receiver:
        found["IQ"] = _iq(world)
    return found


def _declared(world: World) -> float:
    """Cores that a node's detectors take."""
    ears, eye, radio = world.scene.microphones, world.scene.camera, world.scene.receiver
    sound = PER_MICROPHONE_MHZ * soundscape.channels(world) * ears.rate_hz / 1e6 if ears else 0.0
    sight = PER_MEGAPIXEL * eye.width * eye.height * eye.rate_hz / 1e6 if eye else 0.0
    return sound + sight + (PER_MEGASAMPLE * radio.rate_hz / 1e6 if radio else 0.0)


def _air(world: World) -> tuple[float, float]:
    """Frames a second, and cores."""
    begin_s, count = time.process_time(), 0
    for air in (remote_id.WIFI, remote_id.BLE):
        count += sum(1 for _ in air.frames(world, FROM_S, FROM_S + AIR_S, 0))
    return count / AIR_S, (time.process_time() - begin_s) / AIR_S


def _sound(world: World) -> float:
    blocks = soundscape.recorded(world)
    next(blocks)
    begin_s = time.process_time()
    for _ in islice(blocks, SOUND_S):
        continue
    return (time.process_time() - begin_s) / SOUND_S


def _pictures(world: World) -> float:
    cv2.setNumThreads(1)
    shown = pictures.of_world(world)
    shown.frame(0)
    first = round(FROM_S * shown.eye.rate_hz)
    begin_s = time.process_time()
    for k in range(first, first + PICTURES):
        shown.frame(k)
    return (time.process_time() - begin_s) / PICTURES * shown.eye.rate_hz


def _iq(world: World) -> float:
    receiver = world.scene.receiver
    if receiver is None:
        return 0.0
    air = IqOnAir(antenna.of_world(world), -FROM_S, world.seed, receiver.noise_dbfs, lambda: 0.0)
    begin_s = time.process_time()
    air(round(receiver.center_hz), round(receiver.rate_hz), 0, round(receiver.rate_hz * IQ_S))
    return (time.process_time() - begin_s) / IQ_S
