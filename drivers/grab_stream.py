"""Pictures of a network camera (RTSP, RFC 2326; MJPEG over HTTP) through OpenCV's FFMPEG."""

from __future__ import annotations

import socket
import time

import cv2

from drivers.ffmpeg_pictures import as_grey, stop_converting
from drivers.grabbed import Grabbed, Request
from drivers.network_camera import PORTS, TIMED, parts, shown
from drivers.source import SourceAbsent, SourceLost

NS_PER_MS = 1_000_000
OPEN_WITHIN_MS, READ_WITHIN_MS = 5_000, 5_000
CONNECT_WITHIN_S = 2.0
USUAL_HZ = 25.0
WAITED_FRAMES = 0.5
MOST_GATHERED = 500


class StreamGrabber:
    """Opened at once. It has one decoding thread: each more would keep one picture back."""

    def __init__(self, request: Request) -> None:
        self._url: str = request["url"]
        self._name = shown(self._url)
        self._timed = parts(self._url).scheme in TIMED
        options = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: OPEN_WITHIN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: READ_WITHIN_MS,
            cv2.CAP_PROP_N_THREADS: 1,
        }
        self._capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, [number for pair in options.items() for number in pair])
        if not self._capture.isOpened():
            raise SourceAbsent(f"{self._name} gives no video: {self._why()}")
        stop_converting(self._capture)
        self._catch_up()

    def words(self) -> str:
        """The address without its secrets."""
        return self._name

    def grab(self) -> Grabbed | None:
        """The next picture, as the camera's own clock has it."""
        if not self._capture.grab():
            raise SourceLost(f"{self._name} gives no more pictures: the connection ended")
        arrival_ns = time.monotonic_ns()
        good, raw = self._capture.retrieve()
        if not good or raw is None:
            return None
        device_ns = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * NS_PER_MS) if self._timed else None
        return Grabbed(as_grey(raw), arrival_ns, device_ns)

    def _catch_up(self) -> None:
        """Drop what FFMPEG gathered while it looked what the stream is: it comes at once, and what is new has to be waited for."""
        rate_hz = self._capture.get(cv2.CAP_PROP_FPS)
        waited_s = WAITED_FRAMES / (rate_hz if 1 <= rate_hz <= 120 else USUAL_HZ)
        for _ in range(MOST_GATHERED):
            began_s = time.monotonic()
            if not self._capture.grab() or time.monotonic() - began_s > waited_s:
                return

    def _why(self) -> str:
        found = parts(self._url)
        try:
            socket.create_connection((found.hostname or "", found.port or PORTS[found.scheme]), CONNECT_WITHIN_S).close()
        except OSError as error:
            return error.strerror or str(error)
        return "something answers there, so look at the path, the user and the password"
