"""Video files as Frames: whatever OpenCV's FFMPEG decodes, grey, and 16-bit counts as they are where they are kept (FFV1, gray16le)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
from msgspec import Struct

from drivers import cameras
from drivers.blocks import Camera, Frame
from drivers.byte_stream import RecordingCut
from drivers.ffmpeg_pictures import as_grey, stop_converting
from drivers.grabbed import Picture
from drivers.picture_watch import PictureWatch
from drivers.source import SourceMisconfigured
from drivers.video_cut import is_cut

NS_PER_MS, NS_PER_S = 1_000_000, 1_000_000_000
USUAL_HZ = 25.0
"""Of a file that does not say."""

Stamp = Callable[[int], int]


class VideoSetting(Struct, frozen=True):
    """What its user says of a recorded video; `path` is the file, None of a pipe, and `progress` is told how much was read, 0 to 1."""

    path: Path | None
    camera: cameras.Setting | None = None
    progress: Callable[[float], None] = lambda _share: None


def frames(chunks: Iterator[bytes | None], stamp: Stamp, sequence: int, setting: VideoSetting) -> Iterator[Frame | None]:  # noqa: ARG001 -- every Reader takes them
    """Every picture, stamped by `stamp` of its time in ns in the file; raises RecordingCut where the file breaks off.

    FFMPEG reads the file by itself: it must seek in it, so `chunks` are left alone, and a pipe is refused with SourceMisconfigured.
    """
    if setting.path is None:
        raise SourceMisconfigured("a video is read from a file, for its index may stand at its end; of a pipe it cannot be read")
    first, watch, view = sequence, PictureWatch(0), _View(setting.camera)
    for t_ns, share, picture in _decoded(setting.path):
        setting.progress(share)
        t_mono_ns = stamp(t_ns)
        camera = view.of(picture)
        repeated = watch.see(picture, t_mono_ns)
        shutter = camera is not None and camera.band == "thermal" and watch.holds
        yield Frame(t_mono_ns, sequence, 0, picture, camera, repeated=repeated, shutter=shutter)
        sequence += 1
    setting.progress(1.0)
    if is_cut(setting.path):
        raise RecordingCut(f"cut short after {sequence - first} frames")


class _View:
    """The camera of a recording, once a picture tells its size; None where nobody said anything of it."""

    def __init__(self, setting: cameras.Setting | None) -> None:
        self._setting = setting
        self._camera: Camera | None = None

    def of(self, picture: Picture) -> Camera | None:
        """For this picture; raises SourceMisconfigured for one that the camera does not take."""
        if self._setting is not None and self._camera is None:
            height, width = picture.shape
            kind = cameras.read_camera(self._setting.camera)
            self._camera = cameras.as_counted(cameras.mounted(kind, self._setting, (width, height)), picture, None)
        return self._camera


def _decoded(path: Path) -> Iterator[tuple[int, float, Picture]]:
    """Time from the first picture in ns, how much of the file is read, and the picture; raises SourceMisconfigured."""
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    try:
        if not capture.isOpened():
            why = "it is cut off before its index" if is_cut(path) else "is it whole, and in a usual codec?"
            raise SourceMisconfigured(f"nothing in {path} can be decoded: {why}")
        stop_converting(capture)
        yield from _timed(capture)
    finally:
        capture.release()


def _timed(capture: cv2.VideoCapture) -> Iterator[tuple[int, float, Picture]]:
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    step_ns = round(NS_PER_S / (rate_hz if 0 < rate_hz <= 1_000 else USUAL_HZ))
    count = max(1.0, capture.get(cv2.CAP_PROP_FRAME_COUNT))
    first_ns: int | None = None
    last_ns, number = -step_ns, 0
    while True:
        good, raw = capture.read()
        if not good:
            return
        told_ns = round(capture.get(cv2.CAP_PROP_POS_MSEC) * NS_PER_MS)
        first_ns = told_ns if first_ns is None else first_ns
        t_ns = told_ns - first_ns
        last_ns = t_ns if t_ns > last_ns else last_ns + step_ns
        number += 1
        yield last_ns, min(1.0, number / count), as_grey(raw)
