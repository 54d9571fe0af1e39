"""One scene through our tracker and through a peer, each in a process of its own, and what their tracks were worth."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.config import TrackingTable
from edge_node.messages import AcousticDetection, BearingDetection, CameraDetection, Detection, PositionDetection
from tools.bench import stone_soup
from tools.bench.fusion_scenes import Scene
from tools.bench.fusion_sensors import HERE, at_ns
from tools.bench.fusion_truth import Array
from tools.bench.fusion_worker import SIGMA_M, Place, Work, columns, run
from tools.bench.gospa import Gospa, angles_deg, gospa, metres, purity, switches

RUN_S = 900
Pointing = AcousticDetection | CameraDetection | BearingDetection


class Made(Struct, frozen=True):
    """Rows of tracks at moments, seconds of CPU time inside the tracker, and the peak of its process's memory.

    `plain_s` is what a peer takes that is built of its own parts alone, without what is added here to make it quicker.
    """

    moment: Array
    number: Array
    state: Array
    covariance: Array
    direction: Array
    sigma_deg: Array
    exact: Array
    took_s: float = nan
    plain_s: float = nan
    peak_mib: float = nan


class Score(Struct, frozen=True):
    """Means over the moments of a scene; `followed` are track numbers by flight, moment by moment."""

    gospa: float
    localisation: float
    missed: float
    false: float
    switches: int
    purity: float
    followed: list[dict[int, int]]


def ours(scene: Scene, settings: TrackingTable | None = None) -> Made:
    """By this node's tracker."""
    with TemporaryDirectory(prefix="edge-node-") as name:
        source, target = Path(name) / "scans.msgpack", Path(name) / "made.npz"
        source.write_bytes(msgspec.msgpack.encode(work(scene, settings)))
        command = [sys.executable, "-m", "tools.bench.fusion_worker", str(source), str(target)]
        subprocess.run(command, check=True, timeout=RUN_S, env=os.environ | stone_soup.ONE_THREAD)
        return read(target)


def in_process(scene: Scene, settings: TrackingTable | None = None) -> Made:
    """By this node's tracker within this process: for many small scenes of which neither time nor memory is asked."""
    return Made(**columns(run(work(scene, settings))))


def theirs(scene: Scene, chosen: dict[str, Any] | None = None) -> Made:
    """By Stone Soup, set as it is for scenes of that name."""
    with TemporaryDirectory(prefix="edge-node-") as name:
        source, target = Path(name) / "scans.npz", Path(name) / "made.npz"
        np.savez(source, **arrays(scene))
        stone_soup.track(source, target, chosen or stone_soup.CHOSEN[scene.name])
        return read(target)


def work(scene: Scene, settings: TrackingTable | None = None) -> Work:
    """A scene as our worker reads it."""
    place = Place(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m, SIGMA_M)
    scans: list[Any] = [(at_ns(scan.t_s), list(scan.detections)) for scan in scene.scans]
    return Work(place, [at_ns(t_s) for t_s in scene.judged_s], scans, settings or TrackingTable())


def arrays(scene: Scene) -> dict[str, Any]:
    """A scene as a peer reads it: east, north, up metres, or azimuth and elevation in radians, with their sigmas."""
    told = [_numbers(one) for scan in scene.scans for one in scan.detections]
    return {
        "scan_t_s": np.array([scan.t_s for scan in scene.scans]),
        "begins": np.cumsum([0, *(len(scan.detections) for scan in scene.scans)]),
        "kind": np.array([kind for kind, _, _ in told]),
        "value": np.array([value for _, value, _ in told]).reshape(-1, 3),
        "sigma": np.array([sigma for _, _, sigma in told]).reshape(-1, 3),
        "judged_s": scene.judged_s,
    }


def _numbers(one: Detection) -> tuple[int, Sequence[float], Sequence[float]]:
    if isinstance(one, PositionDetection):
        place = HERE.to_enu(one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m or 0.0)
        return 1, place, (one.sigma_horizontal_m, one.sigma_horizontal_m, one.sigma_vertical_m or 0.0)
    if not isinstance(one, Pointing):
        raise TypeError(f"no scene has detections of the kind {type(one).__name__}")
    angles = one.azimuth_deg, one.elevation_deg, one.sigma_azimuth_deg, one.sigma_elevation_deg
    azimuth, elevation, aside, above = (float(np.radians(angle)) for angle in angles if angle is not None)
    return 0, (azimuth, elevation, 0.0), (aside, above, 0.0)


def read(path: Path) -> Made:
    """What a worker wrote."""
    with np.load(path) as data:
        told: dict[str, Any] = {name: data[name] if data[name].ndim else float(data[name]) for name in Made.__struct_fields__}
    return Made(**told)


def score(scene: Scene, made: Made) -> Score:
    """Beside the truth; where places are judged, a track that claims no place is neither right nor wrong."""
    each: list[Gospa] = []
    followed: list[dict[int, int]] = []
    for moment, t_s in enumerate(scene.judged_s):
        alive = [k for k, flight in enumerate(scene.flights) if flight.lives(t_s)]
        rows = np.flatnonzero((made.moment == moment) & ((scene.judged == "direction") | ~np.isnan(made.state[:, 0])))
        one = gospa(apart(scene, made, rows, alive, float(t_s)), scene.cutoff)
        each.append(one)
        followed.append({alive[row]: int(made.number[rows[column]]) for row, column in one.pairs})
    total, localisation, missed, false = map(float, np.array([one[:4] for one in each]).mean(axis=0))
    return Score(total, localisation, missed, false, switches(followed), purity(followed), followed)


def apart(scene: Scene, made: Made, rows: NDArray[np.intp], alive: Sequence[int], t_s: float) -> Array:
    """Distances of flights and tracks, in metres or degrees as the scene is judged; of a track without a place none is known."""
    truth = np.array([scene.flights[k].at(t_s)[:3] for k in alive]).reshape(-1, 3)
    if scene.judged == "place":
        return metres(truth, made.state[rows, :3])
    return angles_deg(truth / np.linalg.norm(truth, axis=1, keepdims=True), made.direction[rows])
