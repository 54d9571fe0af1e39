"""CPU time of front end and locator beside ODAS on the same sound, turn and turn about, each on one core.

What a run costs before it is under way does not count: the slope between a short and a long one does. Both read 16-bit sound of
48 kHz from a file. `python -m tools.bench.bearings_cost ARRAY FILE FRAMES` is one run of ours that looks once every FRAMES frames:
at every frame at a glance, which is what ODAS's potential sources are, else with all that the locator does.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from edge_node.acoustic.direction.locator import Locator
from edge_node.acoustic.microphones import speed_of_sound_mps
from edge_node.acoustic.spectra import Spectra
from tools.bench import odas
from tools.bench.bearings_scenes import RATE_HZ, TEMPERATURE_C, passing
from tools.bench.figure import Figure
from tools.simulate.acoustics import ARRAYS

SHORT_S, LONG_S = 10, 50
ROUNDS = 3
# 1024 samples of 16 kHz every 512: one look each 32 ms, and six frames of ours about 5 looks a second.
ODAS_HOP, EACH_FRAME, FIVE_HZ = 512, 1, 6
RUN_S = 600
CORE = "0"


def figures() -> Iterator[Figure]:
    """CPU seconds a second of sound; those beside ODAS only where it is there."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        odaslive = odas.program(folder / "build")
        if odaslive is None:
            print(odas.ABSENT, file=sys.stderr)
        for array in ARRAYS:
            sounds = _sounds(folder, array)
            if odaslive:
                peer = _odas(odaslive, folder, array)
                ours, theirs = _slopes([_ours(array, EACH_FRAME), peer], sounds)
                yield Figure(f"bearings_cost.{array}_cheaper", theirs / ours, "times")
            yield Figure(f"bearings_cost.{array}_5_hz", _slopes([_ours(array, FIVE_HZ)], sounds)[0], "CPU s/s")


def _sounds(folder: Path, array: str) -> dict[int, Path]:
    """One scene in noise from all sides, which is what costs most, again and again for so many seconds."""
    samples = passing(array, "diffuse", 0.0, 0).samples
    paths = {seconds: folder / f"{array}_{seconds}.raw" for seconds in (SHORT_S, LONG_S)}
    for seconds, path in paths.items():
        odas.write_sound(path, np.resize(samples, (seconds * RATE_HZ, samples.shape[1])))
    return paths


def _ours(array: str, frames: int) -> Callable[[Path], list[str]]:
    return lambda sound: [sys.executable, "-m", "tools.bench.bearings_cost", array, str(sound), str(frames)]


def _odas(odaslive: Path, folder: Path, array: str) -> Callable[[Path], list[str]]:
    def command(sound: Path) -> list[str]:
        configured = folder / f"{sound.stem}.cfg"
        text = odas.configuration(
            ARRAYS[array], sound, RATE_HZ, hop=ODAS_HOP, speed_mps=speed_of_sound_mps(TEMPERATURE_C), outputs=odas.outputs(folder)
        )
        configured.write_text(text, encoding="ascii")
        return [str(odaslive), "-c", str(configured)]

    return command


def _slopes(programs: list[Callable[[Path], list[str]]], sounds: dict[int, Path]) -> list[float]:
    """CPU seconds a second of each program, the median of rounds in which all take turns."""
    slopes: list[list[float]] = [[] for _ in programs]
    for _ in range(ROUNDS):
        for program, slope in zip(programs, slopes, strict=True):
            spent = {seconds: _cpu_s(program(sound)) for seconds, sound in sounds.items()}
            slope.append((spent[LONG_S] - spent[SHORT_S]) / (LONG_S - SHORT_S))
    return [median(slope) for slope in slopes]


def _cpu_s(command: list[str]) -> float:
    """What one run on one core costs, with the system's part."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(["taskset", "-c", CORE, *command], check=True, capture_output=True, timeout=RUN_S, env=one_thread)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def locate_all(array: str, sound: Path, frames: int) -> int:
    """Look at sound in a file once every so many frames; how many times something was heard."""
    channels, found = len(ARRAYS[array].positions_m), 0
    spectra = Spectra(RATE_HZ, channels)
    locator = Locator(ARRAYS[array], spectra.freqs_hz, temperature_c=TEMPERATURE_C)
    block = spectra.hop * frames * channels * 2
    with sound.open("rb") as file:
        while len(data := file.read(block)) == block:
            samples = np.frombuffer(data, "<i2").astype(np.float32).reshape(-1, channels) / np.float32(32768)
            look = spectra.push(samples)
            found += locator.glance(look) is not None if frames == EACH_FRAME else len(locator.locate(look))
    return found


if __name__ == "__main__":
    print(locate_all(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
