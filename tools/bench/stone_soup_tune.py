"""`python -m tools.bench.stone_soup_tune SCENE...`: look for the best settings of Stone Soup, on seeds that no figure is of.

One setting after another climbs through its values of GRID for as long as that makes it better, then whole other MAKES are tried, and at
last JPDA in place of nearest neighbours, from the best of these through JPDA_GRID.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np

from tools.bench import stone_soup
from tools.bench.fusion_run import score, theirs
from tools.bench.fusion_scenes import SCENES, made

SEEDS = {"positions": range(1000, 1005), "gaps": range(1000, 1005)}
OTHERS = range(1000, 1003)
Grid = dict[str, tuple[Any, ...]]
GRID: Grid = {
    "noise": (0.3, 1.0, 2.0, 4.0, 8.0, 16.0),
    "noise_up": (0.1, 0.3, 1.0, 3.0),
    "gate": (3.0, 4.0, 5.0, 7.0),
    "gate_new": (2.0, 3.0, 4.0),
    "points": (2, 3, 4, 5, 6),
    "hold_s": (0.6, 1.1, 1.6, 2.6),
    "delete_s": (1.1, 2.1, 3.1, 4.6, 6.1, 8.1),
    "speed": (3.0, 5.0, 8.0, 12.0),
}
ANGLES = {"noise": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2), "speed": (0.02, 0.05, 0.1, 0.2)}
MAKES: dict[str, list[dict[str, Any]]] = {
    "bearings": [
        {"space": "ranged", "filter": name, "range_m": 200.0, "spread_m": spread_m, "noise": noise, "noise_up": noise / 4, "speed": 10.0}
        for name in ("extended", "unscented")
        for spread_m, noise in ((80.0, 4.0), (50.0, 8.0))
    ],
    "crossing": [{"filter": "unscented"}],
    "mixed": [{"filter": "unscented"}],
}
"""What else was tried, as changes of the best found so far."""
JPDA = {"association": "jpda", "detects": 0.9, "prob_gate": 0.999, "density": 1e-7}
JPDA_GRID: Grid = {
    "density": (1e-9, 1e-8, 1e-7, 1e-6, 1e-5),
    "prob_gate": (0.99, 0.999, 0.9999),
    "detects": (0.7, 0.8, 0.9, 0.97),
    "noise": GRID["noise"],
    "noise_up": GRID["noise_up"],
}


def tuned(name: str) -> dict[str, Any]:
    """The best settings found for scenes of a name."""
    best = stone_soup.CHOSEN[name]
    best, least = climb(name, best, mean(name, best), GRID | (ANGLES if best["space"] == "angles" else {}))
    for make in MAKES.get(name, []):
        best, least = better(name, best, least, make)
    guessing, guessed = climb(name, best | JPDA, mean(name, best | JPDA), JPDA_GRID)
    print(f"{name}: nearest neighbours {least:.3f}, JPDA {guessed:.3f} with {guessing}", flush=True)
    return guessing if guessed < least else best


def climb(name: str, best: dict[str, Any], least: float, grid: Grid) -> tuple[dict[str, Any], float]:
    """One setting after another, each with the best value of it that is reached."""
    for setting, values in grid.items():
        best, least = climbed(name, best, least, setting, values)
    return best, least


def climbed(name: str, best: dict[str, Any], least: float, setting: str, values: tuple[Any, ...]) -> tuple[dict[str, Any], float]:
    """With the best value of one setting that is reached from where it stands, upwards first."""
    stands = best.get(setting, best["gate"])
    for side in ([one for one in values if one > stands], [one for one in reversed(values) if one < stands]):
        before = least
        for value in side:
            after, now = better(name, best, least, {setting: value})
            if now >= least:
                break
            best, least = after, now
        if least < before:
            break
    return best, least


def better(name: str, best: dict[str, Any], least: float, change: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Whichever is, with or without a change."""
    if all(best.get(setting) == value for setting, value in change.items()):
        return best, least
    now = mean(name, best | change)
    print(f"{name}: {now:.3f} ({least:.3f}) with {change}", flush=True)
    return (best | change, now) if now < least else (best, least)


def mean(name: str, chosen: dict[str, Any]) -> float:
    """Mean GOSPA over the seeds to tune on; settings with which it fails or never ends are the worst."""
    try:
        scenes = [made(name, seed) for seed in SEEDS.get(name, OTHERS)]
        return float(np.mean([score(scene, theirs(scene, chosen)).gospa for scene in scenes]))
    except (stone_soup.PeerFailedError, subprocess.TimeoutExpired) as error:
        print(f"{name}: {error}", flush=True)
        return float("inf")


if __name__ == "__main__":
    for one in sys.argv[1:] or SCENES:
        print(one, tuned(one), flush=True)
