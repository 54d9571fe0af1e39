"""Faults of microphones named from ambient sound alone, and arrays calibrated by a walk around them, beside ideal ones in the same run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from time import process_time

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.rewiring import rewired
from edge_node.acoustic.health.self_check import SelfCheck
from edge_node.acoustic.health.wiring import Wiring, symmetries
from tools.bench.calibration import calibration_figures
from tools.bench.figure import Figure
from tools.simulate.acoustics import ARRAYS
from tools.simulate.noise import ambient

SEEDS = int(os.environ.get("EDGE_NODE_MICROPHONE_SEEDS", "100"))
RATE_HZ = 48_000
SECONDS = 21
BLOCK = RATE_HZ // 10
TOLERANCE_M, TOLERANCE_DB = 0.002, 3.0
SELF_NOISE = 0.1
LEVEL = np.float32(0.03)
KINDS = ("dead", "clipped", "noisy", "gain", "inverted", "late", "swapped", "mirrored")

Sound = NDArray[np.float32]
Told = set[tuple[str, frozenset[tuple[int, ...]]]]


def figures() -> Iterator[Figure]:
    """Every fault on every seed, false alarms, cost; then calibrations."""
    told, tried, spent_s, heard_s = Counter[str](), Counter[str](), 0.0, 0.0
    for seed in range(SEEDS):
        for array, sound, rng in healthy(seed):
            begun_s = process_time()
            alarm = check(array, sound)
            if array.name == "uma_16":
                spent_s, heard_s = spent_s + process_time() - begun_s, heard_s + SECONDS
            tried["healthy"] += 1
            told["healthy"] += bool(alarm)
            for kind in KINDS:
                for expected, spoilt in faulty(kind, array, sound, rng):
                    name = f"{kind}_{len(array.positions_m)}" if kind in ("late", "swapped", "mirrored", "dead") else "other"
                    tried[name] += 1
                    told[name] += said(check(array, spoilt)) == expected
    yield Figure("microphones.false_alarms", 100 * told["healthy"] / tried["healthy"], "%")
    for name in sorted(tried.keys() - {"healthy"}):
        yield Figure(f"microphones.{name}", 100 * told[name] / tried[name], "%")
    yield Figure("microphones.cpu", spent_s / heard_s, "s/s")
    yield from calibration_figures()


def healthy(seed: int) -> Iterator[tuple[MicrophoneArray, Sound, Generator]]:
    """One place outdoors as three arrays of ordinary tolerances hear it: 2 mm, 3 dB and noise of their own."""
    rng = np.random.default_rng(seed)
    places = np.concatenate([np.array(array.positions_m) for array in ARRAYS.values()])
    places += rng.uniform(-1, 1, places.shape) * (TOLERANCE_M, TOLERANCE_M, 0.0)
    sound = ambient(SECONDS * RATE_HZ, places, RATE_HZ, rng)
    sound += rng.standard_normal(sound.shape, dtype=np.float32) * np.float32(SELF_NOISE)
    sound *= LEVEL * 10 ** (rng.uniform(-TOLERANCE_DB, TOLERANCE_DB, len(places)) / 20).astype(np.float32)
    start = 0
    for array in ARRAYS.values():
        channels = slice(start, start + len(array.positions_m))
        yield array, np.ascontiguousarray(sound[:, channels]), rng
        start = channels.stop


def check(array: MicrophoneArray, sound: Sound) -> tuple[Fault, ...]:
    """What is said after 20 seconds."""
    its = SelfCheck(array, RATE_HZ)
    for start in range(0, len(sound), BLOCK):
        its.push(sound[start : start + BLOCK])
    return its.faults()


def said(faults: tuple[Fault, ...]) -> Told:
    """Kinds, and the channels of each or those that would do as well."""
    return {
        (f"{fault.kind} {fault.amount:+.0f}" if fault.kind == "late" else fault.kind, frozenset({fault.channels, *fault.instead}))
        for fault in faults
    }


def faulty(kind: str, array: MicrophoneArray, sound: Sound, rng: Generator) -> Iterator[tuple[Told, Sound]]:
    """What is to be said, and the sound with one fault; nothing where an array looks the same with any such fault."""
    channel = int(rng.integers(sound.shape[1]))
    if kind in ("swapped", "mirrored"):
        yield from _misplugged(kind, array, sound, rng)
        return
    spoilt = sound.copy()
    one, name = spoilt[:, channel], kind
    if kind == "dead":
        one[:] = rng.standard_normal(len(one)) * 1e-5
    elif kind == "clipped":
        one[:] = np.clip(8 * one, -0.5, 0.5)
    elif kind == "noisy":
        one += 4 * one.std() * rng.standard_normal(len(one), dtype=np.float32)
    elif kind == "gain":
        one *= np.float32(10 ** (-12 / 20))
    elif kind == "inverted":
        one *= -1
    elif kind == "late":
        samples = int(rng.choice((-1, 1)))
        one[:], name = np.roll(one, samples), f"late {samples:+d}"
    yield {(name, frozenset({(channel,)}))}, spoilt


def _misplugged(kind: str, array: MicrophoneArray, sound: Sound, rng: Generator) -> Iterator[tuple[Told, Sound]]:
    """Two channels exchanged, or three and more neighbours in reverse, such that distances show it."""
    channels = sound.shape[1]
    alike = symmetries(np.array(array.positions_m))
    choices = []
    for first, last in combinations(range(channels), 2):
        order = list(range(channels))
        if kind == "swapped":
            order[first], order[last] = last, first
        elif last - first > 1:
            order[first : last + 1] = reversed(order[first : last + 1])
        wiring = Wiring(tuple(order), (1,) * channels, (0,) * channels)
        expected = said(tuple(rewired(wiring, alike, tuple(range(channels)), 1.0)))
        if {told[0] for told in expected} == {kind}:
            choices.append((expected, order))
    if choices:
        expected, order = choices[int(rng.integers(len(choices)))]
        yield expected, np.ascontiguousarray(sound[:, order])
