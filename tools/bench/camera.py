"""Cameras: drones covered, false tracks, what is told of them and what it costs, beside other people's detectors on the same pictures.

A drone is covered in a frame where the middle of a confirmed track's box lies in its label, 5 px around it allowed; a track is false where
less than 30 % of it lies in any label. The weights of the package were trained on the clips of `thermal` and `visible`, so that their
figures flatter it, unless `EDGE_NODE_CAMERA_FOLDS` names a folder of weights that never saw a clip's fold (`tools.train_sight --folds`).
`EDGE_NODE_CAMERA_EVERY` takes every so many clips (1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct, field

from tools.bench import camera_cost, camera_scenes
from tools.bench.camera_clips import DATA, Clip, Score, clips, score
from tools.bench.camera_node import DetectorFor, Node, Told, Verdict, clip_verdict, held_out, shipped, verdicts
from tools.bench.camera_peers import PEERS, Peer
from tools.bench.camera_run import Run, run
from tools.bench.figure import Figure
from tools.rotor_score import auc, calibration_error

FOLDERS: tuple[tuple[str, str, Literal["thermal", "visible"]], ...] = (
    ("thermal", "thermal", "thermal"),
    ("visible", "visible", "visible"),
    ("panning", "thermal640", "thermal"),
)
FOLDS = os.environ.get("EDGE_NODE_CAMERA_FOLDS")
EVERY = int(os.environ.get("EDGE_NODE_CAMERA_EVERY", "1"))
# A label wider than this is wider than every kernel that looks for small targets.
NEAR_PX = 40.0
OURS = "node"


class Total(Struct):
    """One contender over many clips."""

    all: Score = field(default_factory=Score)
    near: Score = field(default_factory=Score)
    ms: list[float] = field(default_factory=list)

    def add(self, clip: Clip, rate_hz: float, made: Run) -> None:
        """Take one clip in."""
        self.all.add(score(clip, made.frames, rate_hz, made.seen))
        self.near.add(score(clip, made.frames, rate_hz, made.seen, NEAR_PX))
        self.ms += made.ms


def figures() -> Iterator[Figure]:
    """All rows; none where the clips are not."""
    if not DATA.is_dir():
        return
    detector_for = held_out(Path(FOLDS)) if FOLDS else shipped
    for name, where, band in FOLDERS:
        yield from folder(name, where, band, detector_for)
    yield from camera_scenes.figures()
    yield from camera_cost.figures()


def folder(name: str, where: str, band: Literal["thermal", "visible"], detector_for: DetectorFor) -> Iterator[Figure]:
    """One folder of data/camera through the node and all peers."""
    totals: dict[str, Total] = {contender: Total() for contender in (OURS, *PEERS)}
    judged: list[tuple[Clip, list[Verdict]]] = []
    for clip in clips(where)[::EVERY]:
        rate_hz = clip.rate_hz
        peers = {peer: Peer(make()) for peer, (_, make) in PEERS.items()}
        made = run(clip.pictures(), {OURS: Node(detector_for(clip), band, rate_hz), **peers})
        for contender, total in totals.items():
            total.add(clip, rate_hz, made[contender])
        judged.append((clip, verdicts(clip, rate_hz, [one for one in made[OURS].seen if isinstance(one, Told)])))
    yield from _found(f"camera.{name}", totals)
    if name != "panning":
        yield from _told(f"camera.{name}", judged)


def _found(name: str, totals: Mapping[str, Total]) -> Iterator[Figure]:
    ours = totals[OURS]
    for peer, (words, _) in PEERS.items():
        suffix = "" if peer == "nvr" else f"_{peer}"
        theirs = totals[peer].all
        yield Figure(f"{name}.coverage{suffix}", ours.all.coverage, "of drone frames", theirs.coverage, words)
        yield Figure(f"{name}.false_per_min{suffix}", ours.all.false_a_minute, "a minute", theirs.false_a_minute, words)
    yield Figure(f"{name}.ms_frame", float(np.median(ours.ms)), "ms", float(np.median(totals["mog2"].ms)), "MOG2 and a tracker")
    if ours.near.drone_frames and name == "camera.visible":
        beside = totals["cfar"].near.coverage
        yield Figure(f"{name}.near_coverage", ours.near.coverage, "of frames with a drone over 40 px", beside, PEERS["cfar"][0])


def _told(name: str, judged: list[tuple[Clip, list[Verdict]]]) -> Iterator[Figure]:
    """Drone or not, clip by clip, and whether the probability is one, over every detection after a track's first second."""
    said = [(clip.kind == "drone", clip_verdict(clip, found)) for clip, found in judged]
    told = [(drone, probability) for drone, probability in said if probability is not None]
    yield Figure(f"{name}.told", len(told) / max(len(said), 1), "of clips have a track of 1 s of their subject")
    drone = np.array([one for one, _ in told], np.bool_)
    both = drone.any() and not drone.all()
    yield Figure(f"{name}.auc", auc(np.array([one for _, one in told]), drone) if both else np.nan, "drone or not, a clip")
    every = [one for _, found in judged for one in found]
    probabilities = np.array([one for verdict in every for one in verdict.probabilities])
    true = np.array([verdict.drone for verdict in every for _ in verdict.probabilities], np.bool_)
    yield Figure(f"{name}.calibration_error", calibration_error(probabilities, true) if len(true) else np.nan, "")
    yield Figure(f"{name}.calibration_error_by_chance", by_chance(every), "that a judge shows on so few tracks who errs as often as said")


def by_chance(every: list[Verdict], draws: int = 200) -> float:
    """The median calibration error where each track truly is a drone as probably as it was told to be in the end."""
    if not every:
        return float(np.nan)
    rng = np.random.default_rng(0)
    counts, last = [len(one.probabilities) for one in every], np.array([one.last for one in every])
    probabilities = np.array([said for one in every for said in one.probabilities])
    drawn = (np.repeat(rng.random(len(every)) < last, counts) for _ in range(draws))
    return float(np.median([calibration_error(probabilities, true) for true in drawn]))
