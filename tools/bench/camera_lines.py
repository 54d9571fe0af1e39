"""Cameras' real lines: how old a slow reader's picture is, how soon a dead server is named, what the reader's process costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.recording import Recording
from drivers.source import SourceError
from tools.bench.figure import Figure
from tools.bench.node import pss_mib
from tools.counts_video import CountsVideo
from tools.simulate.camera_servers import MjpegServer, RtspServer, running, why_no_rtsp
from tools.simulate.numbered_pictures import number_of

PORT = 28_554
LOOKS, THINKING_S = 12, 0.7
SILENT_AFTER_S = 4.0
WIDTH, HEIGHT, RATE_HZ = 640, 512, 25
DECODED = 150
COUNTS = 100
PLAIN = (
    "import sys, time, cv2; from tools.simulate.numbered_pictures import number_of\n"
    "capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)\n"
    "capture.read(); ages = []\n"
    f"for _ in range({LOOKS}):\n"
    f"    time.sleep({THINKING_S}); picture = cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2GRAY)\n"
    "    ages.append(time.monotonic() * float(sys.argv[2]) % (1 << 24) - number_of(picture))\n"
    "print(max(ages))"
)
"""A reader without a process that drains, as most programs have it."""

COLOUR = (
    "import sys, time, cv2; cv2.setNumThreads(1)\n"
    "capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])\n"
    "capture.read(); spent = time.process_time()\n"
    f"for _ in range({DECODED}): cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2GRAY)\n"
    f"print((time.process_time() - spent) * 1e3 / {DECODED})"
)


def figures() -> Iterator[Figure]:
    """All figures of this bench; without an RTSP server those of RTSP are missed."""
    yield _counts_kept()
    server = MjpegServer()
    yield Figure(
        "camera_lines.mjpeg_age_frames", _age(server), "frames", _told(PLAIN, server.url, server.rate_hz), "cv2.VideoCapture alone"
    )
    server.close()
    if reason := why_no_rtsp():
        sys.stderr.write(f"{reason}\n")
        return
    with running(RtspServer(PORT)) as rtsp:
        alone = _told(PLAIN, rtsp.url, rtsp.rate_hz)
        yield Figure("camera_lines.rtsp_age_frames", _age(rtsp), "frames", alone, "cv2.VideoCapture alone")
        stall_s = _until_named(rtsp, lambda: rtsp.signal(signal.SIGSTOP))
        rtsp.signal(signal.SIGCONT)
        yield Figure("camera_lines.rtsp_stall_named_s", stall_s, "s", SILENT_AFTER_S, "silent_after_s")
        yield Figure("camera_lines.rtsp_kill_named_s", _until_named(rtsp, rtsp.kill), "s")
    with running(RtspServer(PORT + 1, WIDTH, HEIGHT, RATE_HZ)) as rtsp:
        yield from _cost(rtsp)


def _pictures(camera: VideoCamera | Recording, most: int | None = None) -> Iterator[Frame]:
    return islice((frame for frame in camera.blocks() if isinstance(frame, Frame)), most)


def _age(server: RtspServer | MjpegServer) -> float:
    """The oldest picture that a consumer gets which thinks for several frames about each, in frames."""
    with VideoCamera("network_camera", url=server.url) as camera:
        frames, ages = _pictures(camera), []
        next(frames)
        for _ in range(LOOKS):
            time.sleep(THINKING_S)
            ages.append(server.age_frames(number_of(next(frames).picture)))
    return max(ages)


def _told(code: str, url: str, rate_hz: float) -> float:
    """What a program of our own that knows nothing of drivers.camera says."""
    environment = {**os.environ, "OPENCV_LOG_LEVEL": "OFF", "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp"}
    command = [sys.executable, "-c", code, url, str(rate_hz)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout)


def _until_named(server: RtspServer, fate: Callable[[], None]) -> float:
    with VideoCamera("network_camera", url=server.url, silent_after_s=SILENT_AFTER_S) as camera:
        frames = _pictures(camera)
        next(frames)
        fate()
        began_s = time.monotonic()
        try:
            for _ in frames:
                pass
        except SourceError:
            return time.monotonic() - began_s
    return inf


def _cost(server: RtspServer) -> Iterator[Figure]:
    """The reader's process at 640x512, H.264."""
    with VideoCamera("network_thermal", url=server.url) as camera:
        frames = _pictures(camera)
        first = next(frames)
        pid = camera.reader_pid or 0
        before_s = _cpu_s(pid)
        last = list(islice(frames, DECODED))[-1]
        taken = last.sequence - first.sequence
        spent_ms = (_cpu_s(pid) - before_s) * 1e3 / taken
        memory_mib = pss_mib(pid)
    colour_ms = _told(COLOUR, server.url, server.rate_hz)
    yield Figure("camera_lines.reader_pss_mib", memory_mib, "MiB")
    yield Figure("camera_lines.reader_cpu_ms", spent_ms, "ms a picture", colour_ms, "cv2.VideoCapture and cvtColor to grey")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _counts_kept() -> Figure:
    rng = np.random.default_rng(6)
    written = [rng.integers(0, 65_536, (120, 160)).astype(np.uint16) for _ in range(COUNTS)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "counts.mkv"
        with CountsVideo(path, 160, 120, 9.0) as video:
            for picture in written:
                video.write(picture)
        with Recording(path, "fast") as recording:
            read = list(_pictures(recording))
    same = sum(np.array_equal(one, frame.picture) for one, frame in zip(written, read, strict=False))
    return Figure("camera_lines.counts_pictures", same, "of 100 pictures of 16 bits bit for bit", COUNTS, "written")
