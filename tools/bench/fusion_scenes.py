"""Six scenes of a minute by seed: flights as they were, and what sensors of one node said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct, structs

from tools.bench.fusion_pointing import Camera, Microphones
from tools.bench.fusion_sensors import Hidden, Radar, Scan
from tools.bench.fusion_truth import Array, Flight, crossing, wandering

LENGTH_S = 60.0
JUDGED_EVERY_S, JUDGED_FROM_S = 0.5, 5.0
Judged = Literal["place", "direction"]
"""What of it is measured: metres in three axes, or angles as seen from the node."""
HIDDEN_S = 5.0
CUTOFF_M, CUTOFF_DEG = 30.0, 5.0
"""GOSPA's c: what is farther away than this is no track of it."""


class Scene(Struct, frozen=True):
    """`scans` are in the order of their times."""

    name: str
    seed: int
    judged: Judged
    flights: list[Flight]
    scans: list[Scan] = []
    hidden: Hidden = {}

    @property
    def cutoff(self) -> float:
        """GOSPA's c, metres or degrees."""
        return CUTOFF_M if self.judged == "place" else CUTOFF_DEG

    @property
    def judged_s(self) -> Array:
        """When tracks are looked at."""
        return np.arange(JUDGED_FROM_S, LENGTH_S + 1e-9, JUDGED_EVERY_S)

    @property
    def detections(self) -> int:
        """How many there are."""
        return sum(len(scan.detections) for scan in self.scans)


def bearings(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Six heard by microphones all around, with sound's delay, and seen by a camera while they are in its field."""
    flights = _wanderers(rng, 6, 80.0, 400.0)
    camera = Camera(azimuth_deg=float(rng.uniform(0, 360)), field_deg=120.0, numbered=True)
    return told(Scene(name, seed, "direction", flights), (camera, Microphones()), rng)


def positions(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Eight that a radar sees once to five times a second, by seed."""
    flights = _wanderers(rng, 8, 100.0, 800.0)
    return told(Scene(name, seed, "place", flights), (Radar(rate_hz=1.0 + seed % 5, false_a_scan=1.0),), rng)


def crossings(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Three pairs that meet three times each: two in direction alone, one in place as well; bare bearings all around, and bare plots."""
    pairs = [crossing(rng, LENGTH_S, float(rng.uniform(200, 400)), apart_m) for apart_m in (150.0, 60.0, 8.0)]
    flights = [flight for pair in pairs for flight in pair]
    return told(Scene(name, seed, "place", flights), (Camera(), Radar(detects=0.9)), rng)


def clutter(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Six among 20 to 50 false plots a scan, each found nine times in ten."""
    flights = _wanderers(rng, 6, 100.0, 800.0)
    return told(Scene(name, seed, "place", flights), (Radar(detects=0.9, false_a_scan=float(rng.uniform(20, 50))),), rng)


def gaps(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Six, each found seven times in ten, and hidden twice for five seconds."""
    flights = _wanderers(rng, 6, 100.0, 800.0)
    hidden: Hidden = {}
    for k, flight in enumerate(flights):
        low, high = flight.t_s[0] + 8, flight.t_s[-1] - 2 * HIDDEN_S
        begins = (float(rng.uniform(low, (low + high) / 2)), float(rng.uniform((low + high) / 2 + HIDDEN_S, high + HIDDEN_S)))
        hidden[k] = [(at_s, at_s + HIDDEN_S) for at_s in begins]
    return told(Scene(name, seed, "place", flights, hidden=hidden), (Radar(detects=0.7, false_a_scan=2.0),), rng)


def mixed(rng: np.random.Generator, name: str, seed: int) -> Scene:
    """Eight that a slow radar sees among false plots, some of them by a camera that says false bearings as well; nothing is numbered."""
    flights = _wanderers(rng, 8, 100.0, 600.0)
    camera = Camera(azimuth_deg=float(rng.uniform(0, 360)), field_deg=120.0, false_a_scan=0.3)
    return told(Scene(name, seed, "place", flights), (camera, Radar(rate_hz=1.0, detects=0.9, false_a_scan=5.0)), rng)


SCENES: dict[str, Callable[[np.random.Generator, str, int], Scene]] = {
    "bearings": bearings,
    "positions": positions,
    "crossing": crossings,
    "clutter": clutter,
    "gaps": gaps,
    "mixed": mixed,
}


def made(name: str, seed: int) -> Scene:
    """One scene."""
    return SCENES[name](np.random.default_rng([seed, sorted(SCENES).index(name)]), name, seed)


def _wanderers(rng: np.random.Generator, many: int, nearest_m: float, farthest_m: float) -> list[Flight]:
    """Most are there all the time, the last two come and go."""
    spans = [(0.0, LENGTH_S)] * (many - 2) + [(0.0, float(rng.uniform(35, 50))), (float(rng.uniform(10, 25)), LENGTH_S)]
    return [wandering(rng, from_s, to_s, nearest_m, farthest_m) for from_s, to_s in spans]


def told(scene: Scene, sensors: Sequence[Radar | Camera | Microphones], rng: np.random.Generator, to_s: float = LENGTH_S) -> Scene:
    """A scene of flights with all that these sensors say of it, in the order of time."""
    scans = [scan for sensor in sensors for scan in sensor.scans(scene.flights, to_s, rng, scene.hidden)]
    return structs.replace(scene, scans=sorted(scans, key=lambda scan: scan.t_s))
