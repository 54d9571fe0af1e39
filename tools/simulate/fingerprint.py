"""What a scene's signals are, to the last bit: a digest of a piece of what each sensor of each node gets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import cv2

from drivers.blocks import IqBlock
from tools.simulate import gnss, pictures, remote_id, soundscape
from tools.simulate.antenna import of_world
from tools.simulate.iq import mixer
from tools.simulate.iq.catalogue import CATALOGUE
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.scene import Receiver, SceneError
from tools.simulate.world import World

UTC_S, IQ_S, FRAMES_S, PICTURES = 1_767_225_600, 0.05, 1.0, (0, 7)
DIGITS = 16


def signals(world: World) -> Iterator[tuple[str, bytes]]:
    """Each sensor's name and its bytes: a second of sound and of radio frames, two pictures, 50 ms of IQ, two seconds of NMEA."""
    yield "sound", next(soundscape.recorded(world)).tobytes() if world.scene.microphones else b""
    shown = pictures.of_world(world) if world.scene.camera else None
    yield "pictures", b"".join(shown.frame(k)[0].tobytes() for k in PICTURES) if shown else b""
    yield "iq", b"".join(block.samples.tobytes() for block in _iq(world))
    for name, air in (("wifi", remote_id.WIFI), ("bluetooth", remote_id.BLE)):
        yield name, b"".join(data for _, data in air.frames(world, 0.0, FRAMES_S, UTC_S * 10**9))
    receiver = gnss.Receiver(world, begun_utc_s=UTC_S)
    yield "nmea", b"".join(receiver.epoch(UTC_S + k) + receiver.attitude(UTC_S + k) for k in range(2))


def digests(world: World) -> dict[str, str]:
    """By node and sensor."""
    return {f"{name} {sensor}": sha256(data).hexdigest()[:DIGITS] for name, sensor, data in _all(world)}


def _all(world: World) -> Iterable[tuple[str, str, bytes]]:
    return ((name, *signal) for name in world.scene.nodes for signal in signals(world.of_post(name)))


def _iq(world: World) -> Iterator[IqBlock]:
    """From the scene's receiver, or where there is none from one that listens where the first link can be heard."""
    names = [link.name for drone in world.scene.drone for link in drone.link] + [emitter.link for emitter in world.scene.emitter]
    if not names:
        return iter(())
    told = world.scene.receiver or Receiver(CATALOGUE[names[0]].listen_hz)
    front = FrontEnd(told.center_hz, told.rate_hz, noise_dbfs=told.noise_dbfs)
    return mixer.heard(of_world(world), front, IQ_S, world.seed)


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each node and sensor of a scene; exit code 1 where it cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulate.fingerprint", description=__doc__)
    parser.add_argument("scene", type=Path, help="a scene in TOML")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed makes the same signals (%(default)d)")
    told = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        found = digests(World.load(told.scene, told.seed))
    except SceneError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{name}: {digest}\n" for name, digest in found.items())
    return 0


if __name__ == "__main__":
    sys.exit(main())
