"""Deaf, jammed and hazy sensors over simulated days: how often a sensor that is well turns amber, how many faults are said, how soon.

EDGE_NODE_NOISE_SEEDS says how many places of each kind, EDGE_NODE_NOISE_SEED which ones, EDGE_NODE_NOISE_KINDS which kinds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
import numpy as np

from edge_node.field.noise_floor import NoiseFloors
from edge_node.field.usual import Usual
from tools.bench.figure import Figure
from tools.simulate.noise_days import KINDS, Days, Told
from tools.simulate.noise_levels import DAY_S

SEEDS = int(os.environ.get("EDGE_NODE_NOISE_SEEDS", "6"))
SEED = int(os.environ.get("EDGE_NODE_NOISE_SEED", "1"))
CHOSEN = os.environ.get("EDGE_NODE_NOISE_KINDS", ",".join(KINDS)).split(",")
LEARNT_DAYS, WELL_DAYS = 1, 6
"""Nothing is to be said in the days after the first, and each fault begins at some time of the last."""
HOUR_S = 3_600
TRIES = 200


def figures() -> Iterator[Figure]:
    """False ambers a hundred sensor-days; of each fault the share that is said within the hour and within a day, and how soon."""
    for kind in CHOSEN:
        rng = np.random.default_rng(SEED)
        wrong, said = 0, dict[str, list[float | None]]()
        for _ in range(SEEDS):
            false, times = _one(KINDS[kind]((LEARNT_DAYS + WELL_DAYS + 2) * DAY_S, rng), rng)
            wrong += false
            for name, seconds in times.items():
                said.setdefault(name, []).append(seconds)
        yield Figure(f"noise_floors.{kind}_false_in_100_days", 100 * wrong / (SEEDS * WELL_DAYS), "ambers")
        for name, each in said.items():
            yield from _said(f"noise_floors.{kind}_{name}", each)


def _said(name: str, seconds: list[float | None]) -> Iterator[Figure]:
    known = [one for one in seconds if one is not None]
    yield Figure(f"{name}_said_in_an_hour", 100 * sum(one <= HOUR_S for one in known) / len(seconds), "%", against=f"of {len(seconds)}")
    yield Figure(f"{name}_said_in_a_day", 100 * len(known) / len(seconds), "%")
    yield Figure(f"{name}_said_after_s", float(np.median(known)) if known else float("nan"), "s")


def _one(days: Days, rng: np.random.Generator) -> tuple[int, dict[str, float | None]]:
    """False ambers of one sensor, and after how long each fault is said."""
    well_until = (LEARNT_DAYS + WELL_DAYS) * DAY_S
    begins = {fault: begin for fault in days.faults if (begin := _begin(days, fault, well_until, rng)) is not None}
    floors, wrong, kept = NoiseFloors("one", {}), 0, dict[str, bytes]()
    before: frozenset[str] = frozenset()
    for told in days.told(0, well_until):
        for fault in [fault for fault, begin in begins.items() if begin <= told.second and fault not in kept]:
            kept[fault] = msgspec.json.encode(floors.usual)
        floors.take(told.levels)
        now = _names(floors, told)
        wrong += len(now - before) * (told.second >= LEARNT_DAYS * DAY_S)
        before = now
    return wrong, {fault: _after_s(days, fault, begin, kept[fault]) for fault, begin in begins.items() if fault in kept}


def _begin(days: Days, fault: str, until_s: int, rng: np.random.Generator) -> int | None:
    """Some second of the last day at which the fault takes something away; of the last three where that day has none."""
    tries = [until_s - round(rng.uniform(0, DAY_S * (1 if k < TRIES // 2 else 3))) for k in range(TRIES)]
    return next((second for second in tries if days.may_begin(fault, second)), None)


def _names(floors: NoiseFloors, told: Told) -> frozenset[str]:
    """Night is none of a camera's faults, and it says that it sees nothing then."""
    blind = {"blind"} if told.blind and "dark" not in told.blind else set()
    return frozenset(one.name for one in floors.findings()) | blind


def _after_s(days: Days, fault: str, begin: int, learnt: bytes) -> float | None:
    """After how long it is said; None where a day does not bring it to light."""
    floors = NoiseFloors("one", msgspec.json.decode(learnt, type=dict[str, Usual]))
    for told in days.told(begin, begin + DAY_S, fault):
        floors.take(told.levels)
        if _names(floors, told):
            return told.second - begin + 1.0
    return None
