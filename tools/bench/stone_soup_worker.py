"""Stone Soup alone in its process and its environment: the same detections in, its tracks at the same moments out, its time and its memory.

`python -m tools.bench.stone_soup_worker scans.npz result.npz '{"filter": ...}'`; it imports nothing of this node.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDA
from stonesoup.deleter.error import CovarianceBasedDeleter
from stonesoup.deleter.multi import CompositeDeleter
from stonesoup.deleter.time import UpdateTimeDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator, SimpleMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearing
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import ExtendedKalmanPredictor, KalmanPredictor
from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import ExtendedKalmanUpdater, KalmanUpdater, UnscentedKalmanUpdater

from tools.bench.stone_soup_parts import BEARING, PLACE, Angles, AtRange, GuessOf, NearestOf, OfPositions, Scans, unit

BEGUN = datetime(2026, 1, 1)  # noqa: DTZ001 - Stone Soup's own times are naive


def detections(data: Any, space: str) -> list[tuple[datetime, set[Any]]]:
    """Stone Soup's own detections, each with a measurement model of its own sigmas."""
    models: dict[tuple[float, ...], Any] = {}
    out = []
    for at, t_s in enumerate(data["scan_t_s"]):
        time = BEGUN + timedelta(seconds=float(t_s))
        rows = range(int(data["begins"][at]), int(data["begins"][at + 1]))
        out.append((time, {_detection(data, row, time, space, models) for row in rows}))
    return out


def _detection(data: Any, row: int, time: datetime, space: str, models: dict[tuple[float, ...], Any]) -> Any:
    kind, value, sigma = float(data["kind"][row]), data["value"][row], np.round(data["sigma"][row], 9)
    key = (kind, *map(float, sigma))
    if key not in models:
        models[key] = _model(kind, sigma, space)
    at = unit(*value[:2]) if kind == BEARING else value
    more = {"timestamp": time, "measurement_model": models[key], "metadata": {"at": (kind, *at, float(sigma.max()))}}
    if kind != BEARING:
        return Detection(value.reshape(3, 1), **more)
    azimuth, elevation = value[:2]
    if space == "angles":
        return Detection([[Bearing(azimuth)], [Elevation(elevation)]], **more)
    # Stone Soup's bearing counts from its first axis, which here is east.
    return Detection([[Elevation(elevation)], [Bearing(np.pi / 2 - azimuth)]], **more)


def _model(kind: float, sigma: Any, space: str) -> Any:
    if kind != BEARING:
        return LinearGaussian(6, PLACE, np.diag(sigma**2))
    if space == "angles":
        return Angles(4, (0, 2), np.diag(sigma[:2] ** 2))
    return CartesianToElevationBearing(6, np.array(PLACE), np.diag(sigma[1::-1] ** 2))


def tracker(data: Any, chosen: dict[str, Any]) -> Any:
    """A whole tracker as its documentation builds one."""
    space, axes = chosen["space"], 2 if chosen["space"] == "angles" else 3
    noises = [chosen["noise"]] * 2 + [chosen.get("noise_up", chosen["noise"])]
    moves = CombinedLinearGaussianTransitionModel([ConstantVelocity(noise) for noise in noises[:axes]])
    linear = space in ("angles", "positions")
    predictor = (KalmanPredictor if linear else ExtendedKalmanPredictor)(moves)
    updater = {"linear": KalmanUpdater, "extended": ExtendedKalmanUpdater, "unscented": UnscentedKalmanUpdater}[chosen["filter"]]()
    nearest_of, guess_of = (NearestOf, GuessOf) if chosen.get("looks_first", True) else (DistanceHypothesiser, PDAHypothesiser)
    nearest = GNNWith2DAssignment(nearest_of(predictor, updater, Mahalanobis(), missed_distance=chosen["gate"]))
    deleter = UpdateTimeDeleter(timedelta(seconds=chosen["delete_s"]))
    if chosen.get("trace"):
        deleter = CompositeDeleter([deleter, CovarianceBasedDeleter(chosen["trace"], mapping=[0, 2, 4][:axes])], intersect=False)
    held = nearest_of(predictor, updater, Mahalanobis(), missed_distance=chosen.get("gate_new", chosen["gate"]))
    initiator = MultiMeasurementInitiator(
        None,
        deleter=UpdateTimeDeleter(timedelta(seconds=chosen["hold_s"])),
        data_associator=GNNWith2DAssignment(held),
        updater=updater,
        min_points=chosen["points"],
        initiator=_begins(chosen, axes),
    )
    associator, kind = nearest, MultiTargetTracker
    if chosen.get("association") == "jpda":
        guess = guess_of(
            predictor, updater, clutter_spatial_density=chosen["density"], prob_detect=chosen["detects"], prob_gate=chosen["prob_gate"]
        )
        associator, kind = JPDA(guess), MultiTargetMixtureTracker
    return kind(initiator, deleter, Scans(detections(data, space)), associator, updater)


def _begins(chosen: dict[str, Any], axes: int) -> Any:
    speeds = chosen["speed"]
    variances = [1.0, speeds**2] * axes
    prior = GaussianState(np.zeros((2 * axes, 1)), np.diag(variances))
    if chosen["space"] == "ranged":
        return AtRange(prior, range_m=chosen["range_m"], spread_m=chosen["spread_m"], speed_mps=speeds)
    if chosen["space"] == "mixed":
        return OfPositions(prior)
    return SimpleMeasurementInitiator(prior)


def run(data: Any, chosen: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of tracks at the moments asked for, carried on from the last scan where one falls between two."""
    steps = iter(tracker(data, chosen))
    times, moments = data["scan_t_s"], list(enumerate(data["judged_s"]))
    numbers: dict[str, int] = {}
    rows: list[tuple[Any, ...]] = []
    for at, t_s in enumerate(times):
        _, tracks = next(steps)
        after_s = times[at + 1] if at + 1 < len(times) else np.inf
        while moments and moments[0][1] < after_s - 1e-9:
            moment, judged_s = moments.pop(0)
            for one in tracks:
                number = numbers.setdefault(one.id, len(numbers) + 1)
                rows.append((moment, number, *_carried(one.state, judged_s - t_s)))
    return rows


def timed_s(data: Any, chosen: dict[str, Any]) -> float:
    """Seconds of CPU time for all scans with nothing else between."""
    steps = iter(tracker(data, chosen))
    begun_s = thread_time()
    for _ in data["scan_t_s"]:
        next(steps)
    return thread_time() - begun_s


def _carried(state: Any, ahead_s: float) -> tuple[Any, Any, Any, Any]:
    """Place and velocity (6), covariance, direction and its sigmas in degrees."""
    mean, cov = np.asarray(state.state_vector, float).ravel(), np.asarray(state.covar, float)
    size = len(mean)
    order = [*range(0, size, 2), *range(1, size, 2)]
    move = np.eye(size) + np.eye(size, k=size // 2) * ahead_s
    mean, cov = move @ mean[order], move @ cov[np.ix_(order, order)] @ move.T
    if size == len(PLACE) * 2:
        return mean, cov, mean[:3] / np.linalg.norm(mean[:3]), np.full(2, np.nan)
    azimuth, elevation = mean[:2]
    return np.full(6, np.nan), np.full((6, 6), np.nan), unit(azimuth, elevation), np.degrees(np.sqrt(np.diag(cov)[:2]))


def peak_mib() -> float:
    """The most memory that this process has held (proc(5): VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main() -> None:
    """Read, run, write."""
    source, target = sys.argv[1:3]
    chosen, data = json.loads(sys.argv[3]), dict(np.load(source))
    rows = run(data, chosen)
    held_mib = peak_mib()
    times = [timed_s(data, chosen | {"looks_first": first}) if chosen.get("timed") else np.nan for first in (True, False)]
    np.savez(
        target,
        moment=np.array([row[0] for row in rows], np.int64),
        number=np.array([row[1] for row in rows], np.int64),
        state=np.array([row[2] for row in rows]).reshape(-1, 6),
        covariance=np.array([row[3] for row in rows]).reshape(-1, 6, 6),
        direction=np.array([row[4] for row in rows]).reshape(-1, 3),
        sigma_deg=np.array([row[5] for row in rows]).reshape(-1, 2),
        exact=np.ones(len(rows), bool),
        took_s=times[0],
        plain_s=times[1],
        peak_mib=held_mib,
    )


if __name__ == "__main__":
    main()
