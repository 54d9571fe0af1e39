"""Whether claims are told from bodies: a ghost, a silent drone and a genuine one on the same ways, and how often the last is flagged.

A camera, microphones and a receiver miss what real ones miss, and say of themselves where they sense and how surely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Coverage, Detection, Track
from tools.bench.figure import Figure
from tools.simulate.skies import SECOND, Here, Path, Sky, around, straight

FEW, MANY = range(20_001, 20_021), range(20_001, 20_101)
LONG = range(20_001, 20_025, 2)
"""Flights that no test is of. The long ones are circles, which stay in view."""
STEP_S, BEGINS_S, LASTS_S, LONG_S = 0.1, 4.0, 30.0, 304.0
GHOST_WITHIN_S, SILENT_WITHIN_S = 10.0, 5.0
EARS_REACH_M = 200.0
GHOST, SILENT = "claim_without_body", "body_without_claim"
HOUR_S = 3600.0


class Flown(NamedTuple):
    """When each suspicion was first raised, in seconds since it came, how often any was, and the tracks that there are in the end."""

    raised: dict[str, float]
    flags: int
    tracks: list[Track]


def figures() -> Iterator[Figure]:
    """Ghosts and silent drones in time, genuine ones never."""
    yield from _told(GHOST, "ghost", [flown(seed, body=False, claim=True) for seed in FEW], GHOST_WITHIN_S)
    yield from _told(SILENT, "silent", [flown(seed, body=True, claim=False) for seed in FEW], SILENT_WITHIN_S)
    genuine = [flown(seed, body=True, claim=True) for seed in MANY]
    yield Figure("fusion.spoof.genuine", sum(bool(one.raised) for one in genuine), "flagged", against=f"{len(MANY)} flights")
    flags = sum(flown(seed, body=True, claim=True, lasts_s=LONG_S).flags for seed in LONG)
    hours = len(LONG) * (LONG_S - BEGINS_S) / HOUR_S
    yield Figure("fusion.spoof.genuine_flags", flags / hours, f"flags/h, of {hours:.3g} h in view")


def _told(flag: str, name: str, flights: Sequence[Flown], within_s: float) -> Iterator[Figure]:
    """How many are flagged in time, and how soon the slowest of them is."""
    after_s = [one.raised.get(flag, np.inf) for one in flights]
    in_time = 100 * float(np.mean([one <= within_s for one in after_s]))
    yield Figure(f"fusion.spoof.{name}", in_time, "% flagged", against=f"{len(flights)} flights, within {within_s:.0f} s")
    yield Figure(f"fusion.spoof.{name}_s", float(np.median(after_s)), "s", against="median")
    yield Figure(f"fusion.spoof.{name}_slowest_s", float(np.max(after_s)), "s")


class Misses:
    """What a sensor does not see for a while, and then under another number."""

    def __init__(self, rng: np.random.Generator, chance: float, longest_s: float) -> None:
        self._rng, self._chance, self._longest_s = rng, chance, longest_s
        self._until_s, self.number = 0.0, 1

    def seen(self, t_s: float) -> bool:
        """Whether it is seen now; each time that it is asked it may go."""
        if t_s >= self._until_s and self._rng.random() < self._chance:
            self._until_s = t_s + self._rng.uniform(0.5, self._longest_s)
            self.number += 1
        return t_s >= self._until_s


def every(t_s: float, period_s: float) -> bool:
    """Whether one of a row of moments is now."""
    return abs(t_s / period_s - round(t_s / period_s)) < 1e-6


def a_flight(seed: int) -> Path:
    """A circle or a straight line, before the camera for as long as a scene lasts."""
    rng = np.random.default_rng(5000 + seed)
    if seed % 2:
        return around((rng.normal(0, 20), 120 + rng.normal(0, 10), 40), rng.uniform(20, 50), rng.uniform(3, 10), rng.uniform(0, 6))
    return straight((-60, 110 + rng.normal(0, 15), 40), (rng.uniform(2, 4), rng.normal(0, 0.5), 0))


def covered(t_s: float) -> Iterator[Coverage]:
    """The camera looks north, where all fly; microphones and receiver sense all round."""
    now = round(t_s * SECOND)
    sector: dict[str, Any] = {"azimuth_deg": 0.0, "width_deg": 100.0, "lowest_elevation_deg": 2.0, "highest_elevation_deg": 50.0}
    yield Coverage(t_mono_ns=now, sensor="camera", sense="sight", reach_m=300, probability=0.95, latency_s=1.0, **sector)
    yield Coverage(t_mono_ns=now, sensor="mast", sense="sound", reach_m=EARS_REACH_M, probability=0.9, latency_s=2.0)
    yield Coverage(t_mono_ns=now, sensor="wifi", sense="remote_id", reach_m=800, probability=0.85, latency_s=2.0)


def said(seed: int, body: bool, claim: bool, lasts_s: float) -> Iterator[tuple[float, list[Detection]]]:
    """Step by step what is sensed of one that has a body, or claims one, or both."""
    rng, path, sky = np.random.default_rng(seed), a_flight(seed), Sky(seed)
    eyes, ears = Misses(rng, 0.01, 4.0), Misses(rng, 0.05, 5.0)
    for step in range(round(lasts_s / STEP_S)):
        t_s, sensed = round(step * STEP_S, 3), list[Detection]()
        if t_s >= BEGINS_S:
            if body and eyes.seen(t_s):
                sensed.append(sky.seen(path, t_s, eyes.number))
            if body and every(t_s, 0.5) and ears.seen(t_s) and np.linalg.norm(path(t_s)) < EARS_REACH_M:
                sensed.append(sky.heard(path, t_s, ears.number))
            if claim and every(t_s, 1.0) and rng.random() < 0.85:
                sensed.append(sky.claimed(path, t_s))
        yield t_s, sensed


def flown(seed: int, body: bool, claim: bool, lasts_s: float = LASTS_S) -> Flown:
    """What a node's tracker makes of one."""
    tracker, raised, flags, stands = Tracker(TrackingTable()), dict[str, float](), 0, set[tuple[int, str]]()
    tracker.stand(Here())
    for t_s, sensed in said(seed, body, claim, lasts_s):
        for coverage in covered(t_s) if every(t_s, 1.0) else ():
            tracker.covers(coverage)
        tracker.take(sensed)
        tracker.advance(round(t_s * SECOND))
        before, stands = stands, {(track.number, one.name) for track in tracker.tracks() for one in track.suspicions}
        flags += len(stands - before)
        for _, name in stands:
            raised.setdefault(name, t_s - BEGINS_S)
    return Flown(raised, flags, tracker.tracks())
