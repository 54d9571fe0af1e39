"""Whether an object keeps its track's number: where two cross, when it is hidden for five seconds, and from a camera to microphones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tools.bench.figure import Figure
from tools.bench.fusion_pointing import Camera, Microphones
from tools.bench.fusion_run import in_process, score
from tools.bench.fusion_scenes import HIDDEN_S, Judged, Scene, told
from tools.bench.fusion_sensors import Hidden, Radar
from tools.bench.fusion_truth import STEP_S, Array, Flight, straight, wandering

SEEDS = 100
TO_S, AT_S = 40.0, 20.0
BEFORE_S, AFTER_S, LOOKED_S = 1.0, 5.0, 4.0
"""A number is what a track had most of the time from so long before; after that much to settle, it must be the same."""
SPEEDS_MPS = 6.0, 14.0


class Case(NamedTuple):
    """A scene, and from when to when it is hard."""

    scene: Scene
    from_s: float
    to_s: float


def figures() -> Iterator[Figure]:
    """Percent of seeds in which every object kept its number."""
    for name, make in CASES.items():
        share = sum(kept(make(np.random.default_rng([seed, 7]), seed)) for seed in range(1, SEEDS + 1)) / SEEDS
        yield Figure(f"fusion.identity.{name}", 100 * share, "%", against=f"{SEEDS} seeds")


def kept(case: Case) -> bool:
    """Whether all objects have one number before and after."""
    followed = score(case.scene, in_process(case.scene)).followed
    before = _numbers(case.scene, followed, case.from_s - BEFORE_S - LOOKED_S, case.from_s - BEFORE_S)
    after = _numbers(case.scene, followed, case.to_s + AFTER_S, case.to_s + AFTER_S + LOOKED_S)
    everyone = set(range(len(case.scene.flights)))
    return before == after and set(before) == everyone and len(set(before.values())) == len(everyone)


def _numbers(scene: Scene, followed: Sequence[dict[int, int]], from_s: float, to_s: float) -> dict[int, int]:
    """The number that each flight had most within a time."""
    counts: dict[int, Counter[int]] = {}
    for t_s, pairs in zip(scene.judged_s, followed, strict=True):
        if from_s <= t_s <= to_s:
            for flight, number in pairs.items():
                counts.setdefault(flight, Counter())[number] += 1
    return {flight: numbers.most_common(1)[0][0] for flight, numbers in counts.items()}


def crossing_in_direction(rng: np.random.Generator, seed: int) -> Case:
    """Two that pass one behind the other before a camera that numbers nothing and sees them as one while they are."""
    flights = _pair(rng, apart_m=100.0, degrees=(30.0, 150.0))
    return Case(told(Scene("crossing_in_direction", seed, "direction", flights), (Camera(),), rng, TO_S), AT_S - 1, AT_S + 1)


def crossing_in_place(rng: np.random.Generator, seed: int) -> Case:
    """Two that pass each other within 8 m before a radar."""
    flights = _pair(rng, apart_m=8.0, degrees=(30.0, 150.0))
    return Case(told(Scene("crossing_in_place", seed, "place", flights), (Radar(),), rng, TO_S), AT_S - 1, AT_S + 1)


def hidden_from_radar(rng: np.random.Generator, seed: int) -> Case:
    """Two that manoeuvre as they like, and no plot of them for five seconds."""
    return _hidden("hidden_from_radar", "place", (Radar(),), rng, seed)


def hidden_from_camera(rng: np.random.Generator, seed: int) -> Case:
    """As before, seen by a camera, which numbers them anew afterwards."""
    return _hidden("hidden_from_camera", "direction", (Camera(numbered=True),), rng, seed)


def handed_over(rng: np.random.Generator, seed: int) -> Case:
    """Two that a camera no longer sees are heard on, three seconds of both between."""
    flights = [wandering(rng, 0.0, TO_S, 100.0, 350.0) for _ in range(2)]
    seen = Camera(numbered=True).scans(flights, AT_S, rng, {})
    heard = Microphones(from_s=AT_S - 3.0).scans(flights, TO_S, rng, {})
    scans = sorted([*seen, *heard], key=lambda scan: scan.t_s)
    return Case(Scene("handed_over", seed, "direction", flights, scans), AT_S - 3.0, AT_S)


CASES: dict[str, Callable[[np.random.Generator, int], Case]] = {
    make.__name__: make for make in (crossing_in_direction, crossing_in_place, hidden_from_radar, hidden_from_camera, handed_over)
}


def _hidden(name: str, judged: Judged, sensors: Sequence[Radar | Camera], rng: np.random.Generator, seed: int) -> Case:
    flights = [wandering(rng, 0.0, TO_S, 150.0, 400.0) for _ in range(2)]
    hidden: Hidden = {k: [(AT_S, AT_S + HIDDEN_S)] for k in range(2)}
    return Case(told(Scene(name, seed, judged, flights, hidden=hidden), sensors, rng, TO_S), AT_S, AT_S + HIDDEN_S)


def _pair(rng: np.random.Generator, apart_m: float, degrees: tuple[float, float]) -> list[Flight]:
    """Two on straight lines that meet as seen from the node, their ways at some angle between these."""
    times = np.arange(0.0, TO_S + STEP_S / 2, STEP_S)
    azimuth, elevation, far_m = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(5, 20)), rng.uniform(200, 400)
    towards = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    rising = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    climbing = np.cross(rising, towards)
    first = np.radians(rng.uniform(-15, 15))
    ways = first, first + np.radians(rng.uniform(*degrees))

    def flown(way: float, range_m: float) -> Flight:
        velocity: Array = rng.uniform(*SPEEDS_MPS) * (np.cos(way) * rising + 0.3 * np.sin(way) * climbing)
        return straight(times, AT_S, range_m * towards, velocity)

    return [flown(ways[0], float(far_m)), flown(ways[1], float(far_m) + apart_m)]
