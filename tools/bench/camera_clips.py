"""Labelled clips of data/camera, and what a detector's tracks are worth on them."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import Frame
from drivers.recording import Recording

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "camera"
WARM_UP_FRAMES = 15
MARGIN_PX = 5.0
TRUE_SHARE = 0.3
Box = tuple[float, float, float, float]
Grey = NDArray[np.uint8]
Picture = NDArray[np.uint8] | NDArray[np.uint16]


class Label(Struct, frozen=True):
    """What somebody drew in one frame."""

    kind: str
    box: Box

    def holds(self, box: Box) -> bool:
        """Whether the middle of another box is within it, `MARGIN_PX` around it allowed."""
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        left, top, width, height = self.box
        return left - MARGIN_PX <= x <= left + width + MARGIN_PX and top - MARGIN_PX <= y <= top + height + MARGIN_PX


class Seen(Struct, frozen=True):
    """One detection of a confirmed track."""

    frame: int
    track: int
    box: Box


class Score(Struct):
    """Counts over clips: labelled drone frames after the warm-up, those that a confirmed track covers, false tracks, and time."""

    drone_frames: int = 0
    covered: int = 0
    tracks: int = 0
    false_tracks: int = 0
    frames: int = 0
    seconds: float = 0.0

    def add(self, other: Score) -> None:
        """Take another clip's counts in."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def coverage(self) -> float:
        """Of the labelled drone frames."""
        return self.covered / max(self.drone_frames, 1)

    @property
    def false_a_minute(self) -> float:
        """Tracks of which less than `TRUE_SHARE` lies in any labelled box."""
        return self.false_tracks / max(self.seconds / 60, 1e-9)


class Clip(Struct, frozen=True):
    """One recording with its labels by frame."""

    path: Path
    labels: Mapping[int, Sequence[Label]]

    @property
    def kind(self) -> str:
        """What it was filmed for: drone, bird, airplane or helicopter."""
        name = self.path.stem.split("_")
        return "drone" if name[0] == "AU" else name[1].lower()

    def pictures(self) -> Iterator[Grey]:
        """Every frame as the node has it of a recording."""
        with Recording(self.path, "fast") as recording:
            for block in recording.blocks():
                if isinstance(block, Frame):
                    yield block.picture.astype(np.uint8, copy=False)

    @property
    def rate_hz(self) -> float:
        """Frames a second."""
        capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        try:
            return float(capture.get(cv2.CAP_PROP_FPS))
        finally:
            capture.release()


def clips(folder: str) -> list[Clip]:
    """All of one folder of data/camera: thermal, visible or thermal640."""
    found = sorted(path for path in (DATA / folder).iterdir() if path.suffix in (".mp4", ".avi"))
    return [Clip(path, _labels(path.with_suffix(".csv"))) for path in found]


def score(clip: Clip, frames: int, rate_hz: float, seen: Sequence[Seen], least_side_px: float = 0.0) -> Score:
    """Coverage and false tracks of one clip's confirmed tracks (every detection told counts, predicted ones too).

    Drones whose larger side is below `least_side_px` are not asked for.
    """
    by_track: dict[int, list[bool]] = defaultdict(list)
    covered: set[tuple[int, int]] = set()
    for one in seen:
        labels = clip.labels.get(one.frame, ())
        hits = [number for number, label in enumerate(labels) if label.holds(one.box)]
        by_track[one.track].append(bool(hits))
        covered |= {(one.frame, number) for number in hits if labels[number].kind == "drone"}
    drones = [
        (frame, number)
        for frame, labels in clip.labels.items()
        for number, label in enumerate(labels)
        if label.kind == "drone" and frame >= WARM_UP_FRAMES and max(label.box[2:]) >= least_side_px
    ]
    false_tracks = sum(np.mean(hits) < TRUE_SHARE for hits in by_track.values())
    return Score(len(drones), len(covered & set(drones)), len(by_track), int(false_tracks), frames, frames / rate_hz)


def _labels(path: Path) -> dict[int, list[Label]]:
    labels: dict[int, list[Label]] = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            box = (float(row["x"]), float(row["y"]), float(row["w"]), float(row["h"]))
            labels[int(row["frame"])].append(Label(row["class"], box))
    return dict(labels)
