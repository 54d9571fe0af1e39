"""Pictures of a V4L2 device (UVC) through OpenCV, without its conversions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol, cast

import cv2
import numpy as np

from drivers import lepton, picture_formats
from drivers.grabbed import Grabbed, Picture, Raw, Request
from drivers.picture_formats import WrongPicture
from drivers.source import SourceAbsent, SourceLost
from drivers.usb import VideoNode, video_nodes
from drivers.video_devices import WantedCamera, choose, require_access

NS_PER_MS = 1_000_000
FIRST_TRIES = 10
"""Pictures that a device may spoil while it starts."""

MOST_FAILURES = 3
AFTER_FAILURE_S = 0.1
"""A dead device fails at once, and its node goes a little later."""


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def grab(self) -> bool:
        """Wait for a picture."""

    def retrieve(self) -> tuple[bool, Raw | None]:
        """The one that was waited for."""

    def get(self, name: int) -> float:
        """A setting, 0 where there is none."""

    def set(self, name: int, value: float) -> bool:
        """Ask for a setting; what comes back says little."""


def open_camera(request: Request) -> V4l2Grabber:
    """Find the node that is meant and open it; raises SourceAbsent."""
    node = choose(video_nodes(), WantedCamera(request["device"], request["serial"], request["port_path"], tuple(request["usb"])))
    require_access(node)
    return V4l2Grabber(request, node, cast("Capture", cv2.VideoCapture(node.path, cv2.CAP_V4L2)))


class V4l2Grabber:
    """A capture that is open, with its first picture checked: that it is open, and settings that it accepted, say nothing."""

    def __init__(self, request: Request, node: VideoNode, capture: Capture) -> None:
        self._node, self._capture = node, capture
        self._format: str = request["pixel_format"]
        self._stacked: bool = request["stacked_counts"]
        self._height: int = request["height"]
        self._rows: int = request["telemetry_rows"]
        self._set(request)
        self._size = self._told_size()
        self._note = ""
        self._failures = 0
        self._settle()

    def words(self) -> str:
        """Such as "PureThermal 2 (video0, 1e4e:0100, serial 8003, port 1-1.2)"."""
        return "; ".join(filter(None, (self._node.words(), self._note)))

    def grab(self) -> Grabbed | None:
        """The next picture with what its telemetry says."""
        if not self._capture.grab():
            self._fail()
            return None
        arrival_ns = time.monotonic_ns()
        good, raw = self._capture.retrieve()
        device_ns = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * NS_PER_MS) or None
        try:
            picture = self._picture(raw if good else None)
        except WrongPicture:
            return None
        self._failures = 0
        return self._told(picture, arrival_ns, device_ns)

    def _set(self, request: Request) -> None:
        height = request["height"] * (2 if self._stacked else 1) + self._rows
        settings = {
            cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*f"{self._format:4}"),
            cv2.CAP_PROP_FRAME_WIDTH: request["width"],
            cv2.CAP_PROP_FRAME_HEIGHT: height,
            cv2.CAP_PROP_FPS: request["rate_hz"],
            cv2.CAP_PROP_CONVERT_RGB: 0,
        }
        for name, value in settings.items():
            self._capture.set(name, value)

    def _told_size(self) -> tuple[int, int]:
        return int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))

    def _settle(self) -> None:
        """Take the first good picture; raises SourceAbsent that says what came instead."""
        said = "no picture"
        for _ in range(FIRST_TRIES):
            good, raw = self._capture.retrieve() if self._capture.grab() else (False, None)
            try:
                self._picture(raw if good else None)
            except WrongPicture as wrong:
                said = str(wrong)
                continue
            if self._format == "Y16" and raw is not None and picture_formats.is_flat(raw, *self._size):
                self._note = f"OpenCV {cv2.__version__} gives its 16-bit pictures as bytes, which is put right"
            return
        raise SourceAbsent(f"{self._node.words()} gives {said}: does it do {self._format}, and does another program hold it?")

    def _picture(self, raw: Raw | None) -> Picture:
        if raw is None:
            raise WrongPicture("no picture")
        return picture_formats.grey(raw, self._format, *self._size, stacked_counts=self._stacked)

    def _told(self, picture: Picture, arrival_ns: int, device_ns: int | None) -> Grabbed:
        if not self._rows or len(picture) != self._height + self._rows:
            return Grabbed(picture, arrival_ns, device_ns, by_our_clock=True)
        told = lepton.read(picture[self._height :].astype(np.uint16, copy=False))
        picture = picture[: self._height]
        if told is None:
            return Grabbed(picture, arrival_ns, device_ns, by_our_clock=True)
        return Grabbed(picture, arrival_ns, told.t_device_ns, told.frame_counter, told.shutter, told.kelvin_per_count)

    def _fail(self) -> None:
        self._failures += 1
        time.sleep(AFTER_FAILURE_S)
        if not Path(self._node.path).exists():
            raise SourceLost(f"{self._node.words()} is unplugged")
        if self._failures >= MOST_FAILURES:
            raise SourceLost(f"{self._node.words()} gives no more pictures")
