"""A whole node with sixteen microphones at 48 kHz: what its worker costs, how soon a drone is told and how truly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from math import cos, hypot, inf, radians
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from drivers.blocks import AudioBlock
from edge_node.acoustic.detector import AcousticDetector
from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS, Pass, fly_by, scene_sound
from tools.simulate.rotorcraft import PRESETS
from tools.stage import Stage, stage

RATE_HZ, SECONDS, SEED = 48_000, 30.0, 2026
ARRAY = ARRAYS["uma_16"]
SNR_DB = 0.0
FULL_SCALE = 0.05
SENSOR = '\n[[sensor]]\nname = "microphones"\ndriver = "recording"\npath = "{path}"\narray = "uma_16"\ntemperature_c = 15.0\n'
SETTLED_S, RUNS = 5.0, 3
NS_PER_S = 1_000_000_000


def figures() -> Iterator[Figure]:
    """A quadcopter passes at 6 m/s in diffuse noise as loud as itself; one worker, one hub, one supervisor."""
    with stage() as here:
        path = here.folder / "pass.wav"
        truth = record(path)
        yield from _found(path, truth)
        yield _dsp(path)
        yield from _spent(here, path)


def record(path: Path) -> Pass:
    """Write the sound of all microphones, 16 bits."""
    rng = np.random.default_rng(SEED)
    way = fly_by(6.0, 20.0, 25.0, closest_s=SECONDS / 2)
    heard = scene_sound(ARRAY, [(PRESETS["mid_quad"], way)], SECONDS, rng, rate_hz=RATE_HZ)
    places = np.asarray(ARRAY.positions_m)
    mixed = noise.at_snr(heard.samples, noise.diffuse(len(heard.samples), places, RATE_HZ, rng, heard.temperature_c), SNR_DB)
    soundfile.write(path, mixed * (FULL_SCALE / mixed.std()), RATE_HZ, subtype="PCM_16")
    return heard


def _found(path: Path, truth: Pass) -> Iterator[Figure]:
    """What `edge-node detect` says of the recording, beside where the drone was heard from."""
    command = [sys.executable, "-m", "edge_node", "detect", str(path), "--array", ARRAY.name, "--temperature", "15", "--json"]
    told = [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]
    errors = [_errors_deg(row, truth) for row in told]
    off = [hypot(*pair) for pair in errors]
    honest = [
        (azimuth / row["sigma_azimuth_deg"] / cos(radians(row["elevation_deg"]))) ** 2 + (elevation / row["sigma_elevation_deg"]) ** 2 < 9
        for row, (azimuth, elevation) in zip(told, errors, strict=True)
    ]
    yield Figure("acoustic.first_s", told[0]["t_s"] if told else inf, "s", against="from the start of the sound")
    yield Figure("acoustic.told_hz", len(told) / SECONDS, "a second")
    yield Figure("acoustic.bearing_p50_deg", median(off) if off else inf, "deg")
    yield Figure("acoustic.within_3_sigma", sum(honest) / max(len(honest), 1), "of detections")


def _errors_deg(row: dict[str, Any], truth: Pass) -> tuple[float, float]:
    """Along azimuth, times the cosine of elevation, and along elevation."""
    azimuth, elevation, _ = (float(part[0]) for part in truth.heard_from(0, row["t_s"]))
    across = (row["azimuth_deg"] - azimuth + 180) % 360 - 180
    return across * cos(radians(elevation)), row["elevation_deg"] - elevation


def _dsp(path: Path) -> Figure:
    """What the detector alone spends on a second of sound in blocks of 50 ms, as fast as it goes, from SETTLED_S on; the least of RUNS."""
    spent = []
    for _ in range(RUNS):
        detector, begun = AcousticDetector(), 0.0
        with threadpool_limits(1):
            for block in _blocks(path):
                if begun == 0.0 and block.t_mono_ns >= SETTLED_S * NS_PER_S:
                    begun = time.process_time()
                detector.step(block)
            spent.append((time.process_time() - begun) / (SECONDS - SETTLED_S))
    return Figure("acoustic.dsp", min(spent), "CPU s per s", against="sixteen channels at 48 kHz, one drone, one core")


def _blocks(path: Path) -> list[AudioBlock]:
    samples, each = soundfile.read(path, dtype="float32")[0], int(RATE_HZ) // 20
    return [
        AudioBlock(
            t_mono_ns=first * NS_PER_S // int(RATE_HZ),
            sequence=first,
            lost=0,
            sample_rate_hz=int(RATE_HZ),
            samples=samples[first : first + each],
            array=ARRAY,
            temperature_c=15.0,
        )
        for first in range(0, len(samples), each)
    ]


def _spent(here: Stage, path: Path) -> Iterator[Figure]:
    spent_s, memory_mib = inf, inf
    with here.node(SENSOR.format(path=path)):
        begun_s = _playing(here)
        pid = pids(here)["microphones"]
        time.sleep(SETTLED_S)
        before_s, from_s = cpu_s(pid), time.monotonic()
        time.sleep(begun_s + SECONDS - 2.0 - from_s)
        spent_s, memory_mib = (cpu_s(pid) - before_s) / (time.monotonic() - from_s), pss_mib(pid)
    yield Figure("acoustic.cpu", spent_s, "CPU s per s", against="sixteen channels at 48 kHz, one drone")
    yield Figure("acoustic.pss_mib", memory_mib, "MiB")


def _playing(here: Stage) -> float:
    """When the worker began to play."""
    while not pids(here).get("microphones"):
        time.sleep(0.05)
    return time.monotonic()


def cpu_s(pid: int) -> float:
    """What a process has spent so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
