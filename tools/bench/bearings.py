"""Bearings of one block of 0.19 s at three arrays beside pyroomacoustics and ODAS, of two drones at once, and whether sigma is honest.

White noise is each microphone's own, diffuse noise comes from all sides; the ratio of signal to noise is meant from 300 to 6000 Hz.
`EDGE_NODE_BEARING_SEEDS` says how many scenes a row has (20).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edge_node.acoustic.direction.locator import Arrival, Locator
from edge_node.acoustic.spectra import Spectra
from edge_node.mounting import tangent_basis
from tools.bench import odas
from tools.bench.bearings_peers import METHODS, Pyroomacoustics, odas_bearings
from tools.bench.bearings_scenes import RATE_HZ, TEMPERATURE_C, Scene, apart_deg, pair, passing
from tools.bench.figure import Figure
from tools.simulate.acoustics import ARRAYS
from tools.simulate.propagation import Numbers, Sound

CELLS = tuple(
    (array, noise, snr_db)
    for array in ("square_4", "circular_7", "uma_16")
    for noise, snr_db in (("white", 0), ("white", -10), ("diffuse", 0), ("diffuse", -10))
)
SEEDS = int(os.environ.get("EDGE_NODE_BEARING_SEEDS", "20"))
NEAR_DEG = 10.0
# Of two numbers whose normalised squares add up, 95 of 100 are within this.
ELLIPSE_95 = 5.991
NOWHERE_DEG = 90.0
UP = np.array([0.0, 0.0, 1.0])


class Ears:
    """The node's own front end and locator, which hears one block at a time and remembers nothing but the noise."""

    def __init__(self, scene: Scene) -> None:
        self._spectra = Spectra(RATE_HZ, len(scene.array.positions_m))
        self._locator = Locator(scene.array, self._spectra.freqs_hz, temperature_c=TEMPERATURE_C)

    def arrivals(self, block: Sound) -> list[Arrival]:
        """What is heard in a block (n, channels)."""
        self._spectra.reset()
        self._frames = self._spectra.push(block)
        return self._locator.locate(self._frames)

    def glance(self) -> Numbers:
        """The loudest direction in the frame in the middle of the block heard last."""
        middle = len(self._frames) // 2
        seen = self._locator.glance(self._frames[middle : middle + 1])
        return UP if seen is None else seen


def figures() -> Iterator[Figure]:
    """All rows; those beside ODAS only where it is there."""
    with TemporaryDirectory() as folder:
        odaslive = odas.program(Path(folder))
        if odaslive is None:
            print(odas.ABSENT, file=sys.stderr)
        normalised: dict[str, list[float]] = {}
        for array, noise, snr_db in CELLS:
            yield from _cell(array, noise, snr_db, odaslive, normalised.setdefault(array, []))
    for array, squares in normalised.items():
        yield Figure(f"bearings.{array}_within_95", 100 * float(np.mean(np.array(squares) <= ELLIPSE_95)), "% of errors in the ellipse")
    for array in ("circular_7", "uma_16"):
        for apart in (40, 90):
            yield Figure(f"bearings.{array}_both_{apart}_deg_apart", 100 * _both(array, apart), "% of blocks within 10 deg")


def _cell(array: str, noise: str, snr_db: int, odaslive: Path | None, normalised: list[float]) -> Iterator[Figure]:
    """Mean and 95th percentile of great-circle errors of one kind of scene, and those of the peers."""
    peers = {method: Pyroomacoustics(method, np.array(ARRAYS[array].positions_m)) for method in METHODS}
    errors: dict[str, list[float]] = {name: [] for name in ("ours", "glance", *METHODS, "ODAS")}
    for seed in range(SEEDS):
        scene = passing(array, noise, snr_db, seed)
        ears = Ears(scene)
        for block, (true,) in scene.blocks():
            errors["ours"].append(_error(ears.arrivals(block), true, normalised))
            errors["glance"].append(apart_deg(ears.glance(), true))
            for method, peer in peers.items():
                errors[method].append(apart_deg(peer.bearing(block), true))
        if odaslive:
            found = odas_bearings(odaslive, scene)
            errors["ODAS"] += [apart_deg(one, true) for one, true in zip(found, scene.directions[0], strict=True)]
    yield from _rows(f"bearings.{array}_{noise}_{'minus_' if snr_db < 0 else ''}{abs(snr_db)}_db", errors)


def _rows(name: str, errors: dict[str, list[float]]) -> Iterator[Figure]:
    best = min(METHODS, key=lambda method: np.mean(errors[method]))
    for what, judged in (("mean", np.mean), ("p95", lambda values: np.percentile(values, 95))):
        ours, theirs = float(judged(errors["ours"])), float(judged(errors[best]))
        yield Figure(f"{name}_{what}", ours, "deg", theirs, f"pyroomacoustics {best}")
        if errors["ODAS"]:
            yield Figure(f"{name}_{what}_odas", ours, "deg", float(judged(errors["ODAS"])), "ODAS")
    if errors["ODAS"]:
        yield Figure(f"{name}_glance_odas", float(np.mean(errors["glance"])), "deg", float(np.mean(errors["ODAS"])), "ODAS")


def _error(arrivals: list[Arrival], true: Numbers, normalised: list[float]) -> float:
    """Of the loudest arrival; where none is heard the bearing is as wrong as one at random."""
    if not arrivals:
        return NOWHERE_DEG
    off = tangent_basis(arrivals[0].direction) @ (true - arrivals[0].direction)
    normalised.append(float(off @ np.linalg.solve(arrivals[0].covariance, off)))
    return apart_deg(arrivals[0].direction, true)


def _both(array: str, apart: int) -> float:
    """The share of blocks in which each of two drones has an arrival of its own near it."""
    hits = []
    for seed in range(SEEDS):
        scene = pair(array, apart, seed)
        ears = Ears(scene)
        for block, true in scene.blocks():
            found = ears.arrivals(block)
            hits.append(any(all(_near(one, where) for one, where in zip(two, true, strict=True)) for two in permutations(found, 2)))
    return float(np.mean(hits))


def _near(arrival: Arrival, true: Numbers) -> bool:
    return apart_deg(arrival.direction, true) <= NEAR_DEG
