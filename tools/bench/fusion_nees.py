"""Whether a track's covariance tells how wrong it is: normalised squared errors over 100 seeds beside the band that chance leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tools.bench.figure import Figure
from tools.bench.fusion_pointing import Camera, Microphones
from tools.bench.fusion_run import Made, apart, in_process
from tools.bench.fusion_scenes import Judged, Scene, told
from tools.bench.fusion_sensors import Radar
from tools.bench.fusion_truth import Array, wandering
from tools.bench.gospa import band, nees

SEEDS = 100
TO_S, SETTLED_S = 40.0, 10.0
PLACE_DOF, DIRECTION_DOF = 6, 2
Sensors = Sequence[Radar | Camera | Microphones]
CASES: dict[str, tuple[Judged, Callable[[], Sensors]]] = {
    "place": ("place", lambda: (Radar(),)),
    "mixed": ("place", lambda: (Radar(rate_hz=1.0), Camera())),
    "direction": ("direction", lambda: (Camera(numbered=True), Microphones())),
}
"""Plots alone; plots and bearings; numbered bearings alone."""


def figures() -> Iterator[Figure]:
    """The mean, divided by its degrees of freedom, and how many moments' means over all seeds lie in the 95 % band."""
    for name, (judged, sensors) in CASES.items():
        dof = PLACE_DOF if judged == "place" else DIRECTION_DOF
        at_moments = [_of(judged, sensors(), seed) for seed in range(1, SEEDS + 1)]
        low, high = band(dof, SEEDS)
        means = [
            float(np.mean(each)) for moment in zip(*at_moments, strict=True) if len(each := [one for one in moment if one is not None]) > 1
        ]
        inside = float(np.mean([low <= mean <= high for mean in means])) if means else 0.0
        against = f"band {low / dof:.3f} to {high / dof:.3f}"
        yield Figure(f"fusion.nees.{name}", float(np.mean(means)) / dof if means else float("nan"), "of 1", against=against)
        yield Figure(f"fusion.nees.{name}_moments", 100 * inside, "% in the band")


def _of(judged: Judged, sensors: Sensors, seed: int) -> list[float | None]:
    """Of one flight, moment by moment; None where it had no track as of that moment."""
    rng = np.random.default_rng([seed, 11])
    flights = [wandering(rng, 0.0, TO_S, 100.0, 500.0)]
    scene = told(Scene("nees", seed, judged, flights), sensors, rng, TO_S)
    made = in_process(scene)
    return [_at(scene, made, moment, float(t_s)) for moment, t_s in enumerate(scene.judged_s) if SETTLED_S <= t_s <= TO_S]


def _at(scene: Scene, made: Made, moment: int, t_s: float) -> float | None:
    rows = np.flatnonzero((made.moment == moment) & made.exact)
    if not len(rows):
        return None
    near = apart(scene, made, rows, [0], t_s)[0]
    if not np.nanmin(near, initial=np.inf) < scene.cutoff:
        return None
    row, truth = rows[int(np.nanargmin(near))], scene.flights[0].at(t_s)
    if scene.judged == "place":
        return float(nees((made.state[row] - truth)[None], made.covariance[row][None])[0])
    return _of_direction(made.direction[row], made.sigma_deg[row], truth[:3])


def _of_direction(said: Array, sigma_deg: Array, place: Array) -> float:
    ours, true = (np.array([np.arctan2(one[0], one[1]), np.arctan2(one[2], np.hypot(one[0], one[1]))]) for one in (said, place))
    off = np.degrees((ours - true + np.pi) % (2 * np.pi) - np.pi)
    return float(((off / sigma_deg) ** 2).sum())
