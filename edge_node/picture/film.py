"""A recording of pictures as a film, with boxes, trails and labels on it."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from drivers.blocks import Block, Frame
from edge_node.messages import CameraDetection, Detection
from edge_node.picture.lettering import Coloured
from edge_node.picture.page import PlotUnavailable
from edge_node.picture.sight_brush import Brush

CODEC = "mp4v"
"""In every OpenCV's own FFMPEG."""
USUAL_HZ, LEAST_HZ, MOST_HZ = 25.0, 1.0, 120.0
FIRST_PICTURES = 5
"""So many tell the rate, which a film must know before its first picture."""
MOST_OBJECTS = 256
"""Drawn in one picture."""


class Film:
    """Written as the recording passes, so that its length does not matter."""

    def __init__(self, path: Path) -> None:
        if not os.access(path.parent, os.W_OK):
            raise OSError(f"--plot {path}: {path.parent} is no folder that can be written to")
        self._path = path
        self._brush = Brush()
        self._begin_ns: int | None = None
        self._frame: Frame | None = None
        self._said: list[CameraDetection] = []
        self._first: list[tuple[int, Coloured]] = []
        self._writer: cv2.VideoWriter | None = None
        self._size = 0, 0

    def see(self, block: Block) -> None:
        """Note one picture; what was detected in the one before is complete now."""
        if not isinstance(block, Frame):
            raise PlotUnavailable(f"--plot {self._path}: a film is made of pictures, which this recording does not hold; end it in .png")
        self._finish()
        self._begin_ns = block.t_mono_ns if self._begin_ns is None else self._begin_ns
        self._frame, self._said = block, []

    def take(self, said: Detection, t_s: float) -> None:  # noqa: ARG002 -- a film has its time from its pictures
        """Note what was detected in the picture that came last."""
        if isinstance(said, CameraDetection) and len(self._said) < MOST_OBJECTS:
            self._said.append(said)

    def save(self, title: str) -> None:
        """End the film; raises OSError where it has no picture."""
        self._finish()
        if self._writer is None:
            self._begin()
        if self._writer is None:
            raise OSError(f"--plot {self._path}: {title} holds no picture")
        self._writer.release()
        self._writer = None

    def _finish(self) -> None:
        """Paint the picture that is complete, and write it once the rate is known."""
        frame, self._frame = self._frame, None
        if frame is None:
            return
        painted = self._brush.paint(frame, self._said, (frame.t_mono_ns - (self._begin_ns or 0)) / 1e9)
        if self._writer is not None:
            self._write(painted)
            return
        self._first.append((frame.t_mono_ns, painted))
        if len(self._first) >= FIRST_PICTURES:
            self._begin()

    def _begin(self) -> None:
        if not self._first:
            return
        height, width = self._first[0][1].shape[:2]
        self._size = width, height
        self._writer = cv2.VideoWriter(str(self._path), cv2.VideoWriter.fourcc(*CODEC), self._rate_hz(), self._size)
        if not self._writer.isOpened():
            raise PlotUnavailable(f"--plot {self._path}: this OpenCV cannot write {CODEC}; end it in .png")
        for _, painted in self._first:
            self._write(painted)
        self._first.clear()

    def _rate_hz(self) -> float:
        steps_ns = np.diff([t_ns for t_ns, _ in self._first])
        steps_ns = steps_ns[steps_ns > 0]
        return float(np.clip(1e9 / np.median(steps_ns), LEAST_HZ, MOST_HZ)) if len(steps_ns) else USUAL_HZ

    def _write(self, painted: Coloured) -> None:
        """A picture of another size than the first is brought to its size: a film has one."""
        if self._writer is not None:
            same = painted.shape[1::-1] == self._size
            self._writer.write(painted if same else cv2.resize(painted, self._size))
