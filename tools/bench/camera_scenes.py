"""Made scenes that no clip shows: drones that hover for a minute, and hours of a fixed scene with the clutter that it learns.

`EDGE_NODE_CAMERA_HOUR_S` says how long an hour is (3600); its figures are told for an hour all the same.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import cos, pi, sin
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.detector import CameraDetector
from tools.bench.camera_clips import TRUE_SHARE, Clip, Grey, Label, Picture, Score, clips, score
from tools.bench.camera_node import Node
from tools.bench.camera_peers import PEERS, Peer
from tools.bench.camera_run import one_thread, run
from tools.bench.figure import Figure
from tools.simulate import fixed_scene

HOUR_S = float(os.environ.get("EDGE_NODE_CAMERA_HOUR_S", "3600"))
HOVER_S, HOVERING_CLIPS = 60, 4
NOISE_GREY = 2.0
# The picture sways as on a mast in still air: by so much to either side, at most 0.05 px from one picture to the next.
SWAY_PX, SWAY_FRAMES = 1.5, 190
LOOPED = {"leaves": "IR_BIRD_004", "clouds": "IR_BIRD_016"}
"""Clips with a bird that is labelled to its end, before trees and before clouds, a tree and a harbour."""
LABELLED = frozenset({"drone", "bird", "aeroplane", "airplane", "helicopter", "balloon"})
"""What a person who labels pictures would draw a box around; leaves, clouds, insects and rain are clutter."""


class Shown(Protocol):
    """One picture of a made scene (`tools.simulate.fixed_scene`)."""

    @property
    def picture(self) -> Picture:
        """As the camera shows it."""

    @property
    def t_s(self) -> float:
        """When it was exposed."""

    @property
    def labels(self) -> Sequence[Label]:
        """Everything in it."""

    @property
    def shutter(self) -> bool:
        """Whether the camera was correcting itself."""


def figures() -> Iterator[Figure]:
    """Hovering drones, and hours."""
    yield from _hovering()
    for name, stem in LOOPED.items():
        clip = next(clip for clip in clips("thermal") if clip.path.stem == stem)
        yield from hour(name, fixed_scene.looped(clip, HOUR_S))
    yield from hour("simulated", fixed_scene.simulated(HOUR_S))


def _hovering() -> Iterator[Figure]:
    totals = {name: Score() for name in ("node", "mog2")}
    last_there = [one for one in clips("thermal") if one.kind == "drone" and _last(one) >= 0]
    for clip in last_there[:: max(len(last_there) // HOVERING_CLIPS, 1)][:HOVERING_CLIPS]:
        rate_hz = clip.rate_hz
        still = hover(clip, rate_hz)
        made = run(hovering_pictures(clip, rate_hz), {"node": Node(CameraDetector(), "thermal", rate_hz), "mog2": Peer(PEERS["mog2"][1]())})
        for name, total in totals.items():
            total.add(score(still, made[name].frames, rate_hz, made[name].seen))
    ours, theirs = totals["node"], totals["mog2"]
    yield Figure("camera.hovering.coverage", ours.coverage, "of frames of a minute", theirs.coverage, "MOG2")
    yield Figure("camera.hovering.false_per_min", ours.false_a_minute, "a minute", theirs.false_a_minute, "MOG2")


def _last(clip: Clip) -> int:
    """The last frame that shows one drone whole and alone; -1 without one."""
    return max((frame for frame, labels in clip.labels.items() if [one.kind for one in labels] == ["drone"]), default=-1)


def hover(clip: Clip, rate_hz: float) -> Clip:
    """The truth of `hovering_pictures`: the clip as it flew in, then a minute in which nothing moves but the mast."""
    last = _last(clip)
    (drone,) = clip.labels[last]
    labels = {frame: found for frame, found in clip.labels.items() if frame <= last}
    for k in range(1, round(HOVER_S * rate_hz) + 1):
        across, down = _sway(k)
        box = (drone.box[0] + across, drone.box[1] + down, drone.box[2], drone.box[3])
        labels[last + k] = [Label("drone", box)]
    return Clip(clip.path, labels)


def hovering_pictures(clip: Clip, rate_hz: float, seed: int = 1) -> Iterator[Grey]:
    """The clip up to the frame that is frozen, then that frame under fresh noise, swaying."""
    rng = np.random.default_rng(seed)
    last, frozen = _last(clip), None
    for frame, picture in enumerate(clip.pictures()):
        yield picture
        if frame == last:
            frozen = picture.astype(np.float32)
            break
    if frozen is None:
        raise ValueError(f"{clip.path} ends before its labels")
    for k in range(1, round(HOVER_S * rate_hz) + 1):
        yield _swayed(frozen, k, rng)


def _swayed(frozen: NDArray[np.float32], k: int, rng: np.random.Generator) -> Grey:
    across, down = _sway(k)
    shift = np.array([[1, 0, across], [0, 1, down]], np.float32)
    moved = cv2.warpAffine(frozen, shift, frozen.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(moved + rng.normal(0, NOISE_GREY, moved.shape), 0, 255), np.uint8)


def _sway(k: int) -> tuple[float, float]:
    turn = 2 * pi * k / SWAY_FRAMES
    return SWAY_PX * sin(turn), SWAY_PX * (1 - cos(turn)) / 2


def hour(name: str, scene: Iterable[Shown]) -> Iterator[Figure]:
    """False tracks an hour of a scene, from its first picture on: what the node learns of its clutter it has to learn within it."""
    node = Node(CameraDetector(), "thermal", fixed_scene.RATE_HZ)
    tracks: dict[int, list[tuple[bool, bool]]] = defaultdict(list)
    seconds = 0.0
    with one_thread():
        for number, shown in enumerate(scene):
            seconds = shown.t_s + 1 / fixed_scene.RATE_HZ
            for one in node.step(number, shown.picture, shutter=shown.shutter):
                here = [label.kind for label in shown.labels if label.kind in LABELLED and label.holds(one.box)]
                tracks[one.track].append((bool(here), one.label == "drone" and "drone" not in here))
    an_hour = 3600 / max(seconds, 1e-9)
    false = sum(float(np.mean([held for held, _ in track])) < TRUE_SHARE for track in tracks.values())
    called = sum(float(np.mean([wrong for _, wrong in track])) > 0.5 for track in tracks.values())
    yield Figure(f"camera.{name}.false_per_hour", false * an_hour, "tracks an hour, of leaves, clouds, insects and rain")
    yield Figure(f"camera.{name}.false_drones_per_hour", called * an_hour, "tracks an hour that are called drones and are none")
