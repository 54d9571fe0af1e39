"""What a scene's camera sees: into a video with its truth beside it, or as a network camera as time passes."""

from __future__ import annotations

import argparse
import csv
import os
import signal
import sys
import time
from collections.abc import Iterator
from math import ceil, floor
from pathlib import Path
from socket import socket
from threading import Event
from typing import Self
from zlib import crc32

import cv2
import numpy as np

from tools.counts_video import CountsVideo
from tools.simulate import faults
from tools.simulate.flyers import Flown, Flyer, Kind
from tools.simulate.kinds import body_of
from tools.simulate.mjpeg import Broadcast
from tools.simulate.scene import Drone, DroneSound, Other, SceneError
from tools.simulate.shapes import Flying, Helicopter, Multirotor, Wing
from tools.simulate.sight import Picture, Pictures, Truth
from tools.simulate.traffic import Passing
from tools.simulate.video import GainControl, Grey, Video
from tools.simulate.world import World

ROTORS = {"hexa": 6}
COLUMNS = ("frame", "x", "y", "w", "h", "class", "name", "azimuth_deg", "elevation_deg", "range_m", "seen", "contrast")
NICE = 5
"""A camera in real time leaves the machine to those who look at its pictures: what comes too late it leaves out."""
LEAST_SEEN = 0.05
"""Of what is hidden further the truth is silent."""


def of_world(world: World) -> Pictures:
    """The pictures of a world's camera, with its drones, the others and its traffic; raises SceneError for a scene without one."""
    scene, traffic = world.scene, passing(world)
    if scene.camera is None or traffic is None:
        raise SceneError(f"{scene.name}: has no [camera]")
    movers = [Flyer(one.name, *_body(world, one), Flown(world, one)) for one in scene.movers]
    return Pictures(
        scene.camera,
        lambda t_s: movers + traffic(t_s),
        sky=scene.sky,
        ground=scene.ground,
        weather=scene.weather,
        seed=seed_of(world),
        rain=lambda t_s: rain_mm_h(world, t_s),
    )


def passing(world: World) -> Passing | None:
    """Who comes through the picture of a world's camera by chance; None where it has none."""
    scene = world.scene
    if scene.camera is None:
        return None
    return Passing(scene.traffic, scene.camera, seed_of(world), np.array([*world.wind, 0.0]))


def seed_of(world: World) -> int:
    """Of what a camera alone knows: its own noise, and what stands about it."""
    return world.seed + crc32(world.own.encode()) if world.own else world.seed


def rain_mm_h(world: World, t_s: float) -> float:
    """How hard it rains."""
    fault = faults.at(world.faults, "rain", t_s)
    return max(world.scene.sky.rain_mm_h, fault.much if fault else 0.0)


def _body(world: World, one: Drone | Other) -> tuple[Kind, Flying]:
    seed = f"{world.seed}/{one.name}"
    if isinstance(one, Other):
        return one.kind, body_of(one.kind, seed, one.span_m)
    sound = one.sound or DroneSound()
    if sound.aircraft == "fixed_wing":
        return "drone", Wing(seed, one.span_m)
    if sound.aircraft == "helicopter":
        return "drone", Helicopter(seed, one.span_m)
    return "drone", Multirotor(seed, one.span_m, sound.rotors or ROTORS.get(sound.aircraft, 4))


def video_of(shown: Pictures) -> Video:
    """What makes grey levels of a camera's pictures, as it does itself."""
    return Video(GainControl() if shown.eye.band == "thermal" else None)


def write_video(shown: Pictures, path: Path, seconds: float) -> None:
    """Write FILE.mkv, counts without loss, or FILE.mp4, grey as the camera's own video, and the truth as .csv; raises OSError."""
    with (
        path.with_suffix(".csv").open("w", newline="") as table,
        _Lossless(path, shown) if path.suffix == ".mkv" else _Lossy(path, shown) as out,
    ):
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        for k in range(ceil(seconds * shown.eye.rate_hz)):
            picture, truth = shown.frame(k)
            out.write(picture)
            rows.writerows(_rows(k, truth))


class _Lossless(CountsVideo):
    def __init__(self, path: Path, shown: Pictures) -> None:
        eye = shown.eye
        super().__init__(path, eye.width, eye.height, eye.rate_hz, bits=16 if eye.band == "thermal" else 8)


class _Lossy:
    def __init__(self, path: Path, shown: Pictures) -> None:
        eye, self._video = shown.eye, video_of(shown)
        self._writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), eye.rate_hz, (eye.width, eye.height), False)
        if path.suffix != ".mp4" or not self._writer.isOpened():
            raise OSError(f"{path} cannot be written: its name must end with .mkv or .mp4, in a folder that can be written to")

    def write(self, picture: Picture) -> None:
        self._writer.write(self._video.grey(picture))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._writer.release()


def _rows(k: int, truth: Truth) -> Iterator[tuple[object, ...]]:
    for one in truth.sighted:
        if one.seen >= LEAST_SEEN:
            box = (f"{part:.2f}" for part in one.box)
            told = (f"{one.azimuth_deg:.3f}", f"{one.elevation_deg:.3f}", f"{one.range_m:.1f}", f"{one.seen:.2f}", f"{one.contrast:.2f}")
            yield k, *box, one.kind, one.name, *told


def play(shown: Pictures, show: Broadcast, seconds: float, stop: Event, begun_s: float) -> int:
    """Show the scene's pictures as they are due, of a scene that began at `begun_s` of the monotonic clock; how many were too late."""
    video, late, last = video_of(shown), 0, -1
    while not stop.is_set() and time.monotonic() < begun_s + seconds:
        k = max(floor((time.monotonic() - begun_s) * shown.eye.rate_hz), last + 1)
        late += k - last - 1
        picture: Grey = video.grey(shown.frame(k)[0])
        if stop.wait(max(0.0, begun_s + k / shown.eye.rate_hz - time.monotonic())):
            break
        show.show(picture)
        last = k
    return late


def main(arguments: list[str] | None = None) -> int:
    """Write a video and its truth, or be a network camera that says its address first; exit code 1 where the scene cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulate.pictures", description=__doc__)
    parser.add_argument("scene", type=Path, help="a scene in TOML with a [camera]")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (%(default)g)")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed makes the same pictures (%(default)d)")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, help="a video to write, .mkv without loss or .mp4; its truth goes beside it as .csv")
    where.add_argument("--serve", action="store_true", help="give MJPEG over HTTP on loopback as time passes")
    parser.add_argument("--socket", type=int, help="the number of a listening socket to serve at (one of its own)")
    parser.add_argument("--begun", type=float, help="when the served scene began, in seconds of the monotonic clock (now)")
    told = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        shown = of_world(World.load(told.scene, told.seed))
        if told.out:
            write_video(shown, told.out, told.seconds)
    except (SceneError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if told.serve:
        _serve(shown, told.seconds, told.begun, None if told.socket is None else socket(fileno=told.socket))
    return 0


def _serve(shown: Pictures, seconds: float, begun_s: float | None, listening: socket | None) -> None:
    os.nice(NICE)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show = Broadcast(listening)
    sys.stdout.write(f"{show.url}\n")
    sys.stdout.flush()
    try:
        play(shown, show, seconds, stop, time.monotonic() if begun_s is None else begun_s)
    finally:
        show.close()


if __name__ == "__main__":
    sys.exit(main())
