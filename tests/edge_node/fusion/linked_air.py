"""Two drones and a link on the ground, as who attaches links to objects meets them; paths, fading and onsets by seed."""

from __future__ import annotations

from collections.abc import Iterator
from math import dist, hypot, log10
from typing import Any

import numpy as np
from msgspec import Struct

from edge_node.fusion.linking import LinkStanding, ObjectStanding
from edge_node.messages import LinkKind

SECOND = 1_000_000_000
LOOK_S, TREND_S, FADES_DB, FADES_S = 0.5, 20.0, 2.5, 2.5
KINDS: tuple[LinkKind, ...] = ("dji_ocusync", "analog_video", "elrs_2400")
OF_DRONE_A, OF_DRONE_B, OF_GROUND, DRONE_A, DRONE_B = 11, 12, 13, 1, 2
TRUE = {OF_DRONE_A: DRONE_A, OF_DRONE_B: DRONE_B}


class Flight(Struct):
    """Where a transmitter goes, when it is heard first, and how its level fades."""

    start: tuple[float, float]
    goal: tuple[float, float]
    speed_mps: float
    heard_s: float
    seen_s: float
    kind: LinkKind

    def range_m(self, t_s: float) -> float:
        """To and fro between start and goal."""
        along = (self.speed_mps * t_s / max(dist(self.start, self.goal), 1.0)) % 2.0
        along = along if along <= 1 else 2 - along
        return hypot(*(one + (other - one) * along for one, other in zip(self.start, self.goal, strict=True)), 40.0)


def flight(rng: np.random.Generator, *, ground: bool = False) -> Flight:
    """Half of all drones take off in reach of everything, half come from afar and are heard some time before they are seen or claim."""
    heard_s = float(rng.uniform(-60.0 if ground else 10.0, 150.0))
    late_s = float(rng.uniform(0.0, 6.0)) if rng.random() < 0.5 else float(rng.uniform(5.0, 60.0))
    start, goal = map(tuple, rng.uniform(-500, 500, (2, 2)).tolist())
    speed_mps = 0.0 if ground else float(rng.uniform(0.0, 14.0))
    return Flight(start, goal, speed_mps, heard_s, heard_s + late_s, str(rng.choice(KINDS)))  # type: ignore[arg-type]  # one of KINDS


def scene(seed: int, lasts_s: float = 240.0) -> Iterator[tuple[float, list[LinkStanding], list[ObjectStanding]]]:
    """All that stands at each look: the two drones' bodies by Remote ID or sight, their links, and one of somebody on the ground."""
    rng = np.random.default_rng([seed, 9])
    flown = {OF_DRONE_A: flight(rng), OF_DRONE_B: flight(rng), OF_GROUND: flight(rng, ground=True)}
    levels: dict[int, list[tuple[float, float]]] = {number: [] for number in flown}
    fades = dict.fromkeys(flown, 0.0)
    keep = float(np.exp(-LOOK_S / FADES_S))
    tells = {number: bool(rng.random() < 0.6) for number in TRUE.values()}
    for step in range(round(lasts_s / LOOK_S)):
        t_s = step * LOOK_S
        for number, one in flown.items():
            fades[number] = keep * fades[number] + float(rng.normal(0, FADES_DB * (1 - keep**2) ** 0.5))
            levels[number].append((t_s, -20 * log10(one.range_m(t_s)) + fades[number]))
            del levels[number][: -round(TREND_S / LOOK_S)]
        links = [_link(number, one, t_s, levels[number]) for number, one in flown.items() if one.heard_s <= t_s]
        objects = [_object(TRUE[number], one, t_s, tells[TRUE[number]], rng) for number, one in flown.items() if number in TRUE]
        yield t_s, links, [one for one in objects if one.first_mono_ns <= t_s * SECOND]


def _link(number: int, one: Flight, t_s: float, levels: list[tuple[float, float]]) -> LinkStanding:
    rate = None
    if t_s - one.heard_s >= TREND_S and len(levels) == round(TREND_S / LOOK_S):
        middle_s = levels[0][0] + (len(levels) - 1) * LOOK_S / 2
        rate = sum((at_s - middle_s) * db for at_s, db in levels) / sum((at_s - middle_s) ** 2 for at_s, _ in levels)
    return LinkStanding(number, one.kind, round(max(one.heard_s, 0.0) * SECOND), round(t_s * SECOND), 0.95, rate)


def _object(number: int, one: Flight, t_s: float, tells: bool, rng: np.random.Generator) -> ObjectStanding:
    """Of those that tell, range and maker are known."""
    known: dict[str, Any] = {}
    if tells:
        rate_mps = (one.range_m(t_s) - one.range_m(t_s - 1.0)) + float(rng.normal(0, 0.5))
        known = {"range_m": one.range_m(t_s), "sigma_range_m": 8.0, "range_rate_mps": rate_mps, "is_dji": one.kind == "dji_ocusync"}
    return ObjectStanding(number, round(one.seen_s * SECOND), round(t_s * SECOND), 0.95, **known)
