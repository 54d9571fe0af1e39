"""What a scene's microphones hear: into a WAV with its truth beside it, or into a pipe as time passes."""

from __future__ import annotations

import argparse
import csv
import sys
import time
from contextlib import suppress
from itertools import islice
from math import ceil
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread

import numpy as np
import soundfile

from tools.simulate.propagation import Sound
from tools.simulate.scene import SceneError
from tools.simulate.soundscape import Heard, channels, microphones, recorded, truth
from tools.simulate.wav_pipe import WavPipe
from tools.simulate.world import World

PIECES = 20
AHEAD_S = 1.0


def write_wav(world: World, path: Path, seconds: float) -> None:
    """Write a WAV of 24-bit samples and, beside it with the ending .csv, the truth."""
    rate_hz, left = microphones(world).rate_hz, round(seconds * microphones(world).rate_hz)
    with soundfile.SoundFile(path, "w", rate_hz, channels(world), "PCM_24", format="WAV") as file:
        for block in islice(recorded(world), ceil(seconds)):
            file.write(block[:left])
            left -= len(block)
    with path.with_suffix(".csv").open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(Heard.__struct_fields__)
        writer.writerows(
            (f"{row.t_s:.1f}", row.name, f"{row.azimuth_deg:.3f}", f"{row.elevation_deg:.3f}", f"{row.range_m:.2f}")
            for row in truth(world, seconds)
        )


def play(world: World, pipe: Path, seconds: float, stop: Event | None = None, *, begun_s: float | None = None) -> WavPipe:
    """Write the scene's first seconds into a named pipe as they pass; what cannot be made in time is left out.

    The scene begins now, or began at `begun_s` of the monotonic clock.
    """
    stop = stop or Event()
    start_s = time.monotonic() if begun_s is None else begun_s
    made: Queue[tuple[int, Sound]] = Queue(maxsize=2)
    maker = Thread(target=_make, args=(world, made, start_s, stop), name="sound", daemon=True)
    maker.start()
    out = WavPipe(pipe, channels(world), microphones(world).rate_hz)
    try:
        while not stop.is_set() and time.monotonic() < start_s + seconds:
            try:
                second, block = made.get(timeout=0.2)
            except Empty:
                continue
            for k, piece in enumerate(np.array_split(block, PIECES), 1):
                if stop.wait(max(0.0, start_s + second + k / PIECES - time.monotonic())):
                    break
                out.write(piece)
    finally:
        stop.set()
        maker.join()
        out.close()
    return out


def _make(world: World, made: Queue[tuple[int, Sound]], start_s: float, stop: Event) -> None:
    """Put each second of the scene that has not yet begun when it is ready; the first is some way off, for it takes longest."""
    begin = max(0, ceil(time.monotonic() - start_s + AHEAD_S))
    for second, block in enumerate(recorded(world, begin), begin):
        while not stop.is_set() and time.monotonic() < start_s + second:
            try:
                made.put((second, block), timeout=0.2)
                break
            except Full:
                continue
        if stop.is_set():
            return


def main(arguments: list[str] | None = None) -> int:
    """Write a recording and its truth, or play into a pipe; exit code 1 where the scene cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulate.sound", description=__doc__)
    parser.add_argument("scene", type=Path, help="a scene in TOML")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (%(default)g)")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed makes the same sound (%(default)d)")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, help="a WAV to write; its truth, as heard, goes beside it as .csv")
    where.add_argument("--pipe", type=Path, help="a named pipe to write into as time passes")
    parser.add_argument("--begun", type=float, help="when the scene in the pipe began, in seconds of the monotonic clock (now)")
    told = parser.parse_args(arguments)
    try:
        world = World.load(told.scene, told.seed)
    except SceneError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if told.out:
        write_wav(world, told.out, told.seconds)
    else:
        with suppress(KeyboardInterrupt):
            play(world, told.pipe, told.seconds, begun_s=told.begun)
    return 0


if __name__ == "__main__":
    sys.exit(main())
