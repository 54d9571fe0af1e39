"""Deaf, jammed and hazy sensors over simulated days: how often a sensor that is well turns amber, how many faults are said, how soon."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
import numpy as np

from edge_node.field.noise_floor import NoiseFloors, Usual
from tools.bench.figure import Figure
from tools.simulate.noise_levels import DAY_S, SITES, Fault, Levels, Site

SEEDS = int(os.environ.get("EDGE_NODE_NOISE_SEEDS", "6"))
LEARNT_DAYS, WELL_DAYS = 1, 6
"""Nothing is to be said in the days after the first, and each fault begins at some time of the last."""
HOUR_S = 3_600


def figures() -> Iterator[Figure]:
    """False ambers a hundred sensor-days; of each fault the share that is said within the hour and within a day, and how soon."""
    for kind, site in SITES.items():
        rng = np.random.default_rng(1)
        wrong, said = 0, {fault.name: list[float | None]() for fault in site.faults}
        for _ in range(SEEDS):
            false, times = _one(site, rng)
            wrong += false
            for name, seconds in times.items():
                said[name].append(seconds)
        yield Figure(f"noise_floors.{kind}_false_in_100_days", 100 * wrong / (SEEDS * WELL_DAYS), "ambers")
        for name, each in said.items():
            yield from _said(f"noise_floors.{kind}_{name}", each)


def _said(name: str, seconds: list[float | None]) -> Iterator[Figure]:
    known = [one for one in seconds if one is not None]
    yield Figure(f"{name}_said_in_an_hour", 100 * sum(one <= HOUR_S for one in known) / len(seconds), "%")
    yield Figure(f"{name}_said_in_a_day", 100 * len(known) / len(seconds), "%")
    yield Figure(f"{name}_said_after_s", float(np.median(known)) if known else float("nan"), "s")


def _one(site: Site, rng: np.random.Generator) -> tuple[int, dict[str, float | None]]:
    """False ambers of one sensor, and after how long each fault is said."""
    levels = site.usual((LEARNT_DAYS + WELL_DAYS + 2) * DAY_S, rng)
    well_until = (LEARNT_DAYS + WELL_DAYS) * DAY_S
    begin = well_until - round(rng.uniform(0, DAY_S))
    floors, wrong, kept = NoiseFloors("one", {}), 0, b"{}"
    before: frozenset[str] = frozenset()
    for second in range(well_until):
        if second == begin:
            kept = msgspec.json.encode(floors.usual)
        floors.take({site.level: float(levels[second])})
        now = _names(floors)
        wrong += len(now - before) * (second >= LEARNT_DAYS * DAY_S)
        before = now
    return wrong, {fault.name: _after_s(site, fault, levels[begin : begin + DAY_S], kept) for fault in site.faults}


def _names(floors: NoiseFloors) -> frozenset[str]:
    return frozenset(one.name for one in floors.findings())


def _after_s(site: Site, fault: Fault, levels: Levels, learnt: bytes) -> float | None:
    """After how long it is said; None where a day does not bring it to light."""
    floors = NoiseFloors("one", msgspec.json.decode(learnt, type=dict[str, Usual]))
    for second, level_db in enumerate(fault.spoils(levels)):
        floors.take({site.level: float(level_db)})
        if _names(floors):
            return second + 1.0
    return None
