"""The node's own detector as a contender, and how sure it was of what it told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct

from drivers.blocks import Camera, Frame
from edge_node.camera.detector import CameraDetector
from edge_node.camera.sight.judge import Judge
from edge_node.camera.sight.knowledge import Band, Knowledge
from edge_node.messages import CameraDetection
from tools.bench.camera_clips import TRUE_SHARE, Clip, Picture, Seen
from tools.sight_scenes import fold

BANDS: tuple[Band, ...] = ("thermal", "visible")
LEAST_S = 1.0
LAST = 24
"""How many of a track's last detections say together what it is."""
NS_PER_S = 1_000_000_000


class Detector(Protocol):
    """What `edge_node.camera.detector.CameraDetector` is to this bench."""

    def step(self, frame: Frame) -> Sequence[CameraDetection]:
        """What one picture shows."""


DetectorFor = Callable[[Clip], Detector]


def shipped(clip: Clip) -> Detector:
    """The detector with the weights of the package, which were trained on the clips of thermal and visible too."""
    del clip
    return CameraDetector()


def held_out(folder: Path) -> DetectorFor:
    """Detectors with weights that know nothing of a clip's fold, as `python -m tools.train_sight --folds` writes them to a folder."""

    @cache
    def knows(band: Band, number: int) -> Knowledge:
        with (folder / f"{band}_{number}.npz").open("rb") as file:
            return Knowledge.load(file)

    def detector(clip: Clip) -> Detector:
        band = next((band for band in BANDS if clip.path.parent.name == band), None)
        return shipped(clip) if band is None else CameraDetector(judge=partial(Judge, knows=knows(band, fold(band, clip.path.stem))))

    return detector


class Told(Seen, frozen=True):
    """What the node told of one object in one picture."""

    probability: float
    label: str


class Node:
    """A detector fed with pictures of one camera, whose lens nobody knows."""

    def __init__(self, detector: Detector, band: Literal["thermal", "visible"], rate_hz: float) -> None:
        self._detector, self._band, self._rate_hz = detector, band, rate_hz
        self._camera: Camera | None = None

    def step(self, frame: int, picture: Picture, *, shutter: bool = False) -> list[Told]:
        """The confirmed tracks in this picture; `shutter` as in Frame."""
        if self._camera is None:
            self._camera = Camera("bench", self._band, picture.shape[1], picture.shape[0])
        t_ns = round(frame / self._rate_hz * NS_PER_S)
        found = self._detector.step(Frame(t_ns, frame, 0, picture, camera=self._camera, shutter=shutter))
        return [Told(frame, one.track, one.box, probability=one.probability, label=one.label) for one in found]


class Verdict(Struct, frozen=True):
    """What a track of at least `LEAST_S` was told to be from then on, and whether it was one."""

    drone: bool
    hits: int
    probabilities: tuple[float, ...]

    @property
    def last(self) -> float:
        """The mean of the last `LAST`."""
        return float(np.mean(self.probabilities[-LAST:]))


def verdicts(clip: Clip, rate_hz: float, seen: Sequence[Told]) -> list[Verdict]:
    """Of every track that lasts `LEAST_S` and is no false one; it is what most of its labelled detections are."""
    tracks: dict[int, list[Told]] = defaultdict(list)
    for one in seen:
        tracks[one.track].append(one)
    judged = (_verdict(clip, rate_hz, track) for track in tracks.values())
    return [one for one in judged if one is not None]


def _verdict(clip: Clip, rate_hz: float, track: Sequence[Told]) -> Verdict | None:
    kinds = [label.kind for one in track for label in clip.labels.get(one.frame, ()) if label.holds(one.box)]
    least = round(LEAST_S * rate_hz)
    if len(track) < least or len(kinds) < TRUE_SHARE * len(track):
        return None
    drone = sum(kind == "drone" for kind in kinds) > len(kinds) / 2
    return Verdict(drone, len(kinds), tuple(one.probability for one in track[least - 1 :]))


def clip_verdict(clip: Clip, found: Sequence[Verdict]) -> float | None:
    """How likely its subject is a drone by the track that followed it longest; None where no track did."""
    subject = [one for one in found if one.drone == (clip.kind == "drone")]
    return max(subject, key=lambda one: one.hits).last if subject else None
