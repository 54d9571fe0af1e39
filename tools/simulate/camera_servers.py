"""Network cameras on loopback: RTSP by a process of Debian's GStreamer, MJPEG over HTTP by a few lines of our own."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import cv2

from tools.simulate.numbered_pictures import BITS, numbered

RTSP_SERVER = Path(__file__).with_name("rtsp_server.py")
SYSTEM_PYTHON = Path("/usr/bin/python3")
PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly"
CHECK = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; Gst.init(None)"
CHECK += "; import sys; sys.exit(not all(Gst.ElementFactory.find(name) for name in ('x264enc', 'rtph264pay', 'appsrc')))"


def why_no_rtsp() -> str:
    """What is missing for an RTSP server, in words; empty where nothing is."""
    if not SYSTEM_PYTHON.exists():
        return f"needs {SYSTEM_PYTHON}"
    if subprocess.run([SYSTEM_PYTHON, "-P", "-c", CHECK], capture_output=True, check=False).returncode:
        return f"needs an RTSP server: sudo apt-get install {PACKAGES}"
    return ""


class RtspServer:
    """A server process of pictures of so many pixels at so many a second; it may be stopped, continued, killed and started again."""

    def __init__(self, port: int, width: int = 320, height: int = 240, rate_hz: int = 10) -> None:
        self.rate_hz = rate_hz
        self.url = f"rtsp://camera:secret@127.0.0.1:{port}/video"
        self._command = [str(SYSTEM_PYTHON), "-P", str(RTSP_SERVER), *map(str, (port, width, height, rate_hz))]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it listens; raises OSError."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        if self._process.stdout is None or self._process.stdout.readline() != "ready\n":
            raise OSError("the RTSP server does not start")

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP stalls it, SIGCONT goes on."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once; may be called twice."""
        if self._process is not None:
            with self._process as process:
                process.kill()
            self._process = None

    def age_frames(self, number: int) -> float:
        """How many pictures it has made since this one."""
        return time.monotonic() * self.rate_hz % (1 << BITS) - number


class MjpegServer:
    """Numbered pictures as multipart JPEG at `rate_hz`, over HTTP on a port of its own; `hold` makes it fall silent."""

    def __init__(self, width: int = 320, height: int = 240, rate_hz: int = 10) -> None:
        self.rate_hz = rate_hz
        self.hold = Event()
        self._over = Event()
        pictures = self._pictures

        class Handler(BaseHTTPRequestHandler):
            """Answers every path with the stream."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                with suppress(OSError):
                    for jpeg in pictures(width, height):
                        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                        self.wfile.write(head.encode() + jpeg + b"\r\n")

            def log_message(self, *_words: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://camera:secret@127.0.0.1:{self._server.server_port}/video?token=secret"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """End it and its streams."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def age_frames(self, number: int) -> float:
        """How many pictures it has made since this one."""
        return time.monotonic() * self.rate_hz % (1 << BITS) - number

    def _pictures(self, width: int, height: int) -> Iterator[bytes]:
        while not self._over.is_set():
            number = int(time.monotonic() * self.rate_hz)
            if not self.hold.is_set():
                yield bytes(cv2.imencode(".jpg", numbered(number % (1 << BITS), width, height))[1])
            self._over.wait(max(0.0, (number + 1) / self.rate_hz - time.monotonic()))


@contextmanager
def running(server: RtspServer) -> Iterator[RtspServer]:
    """The server, started, and killed at the end."""
    server.start()
    try:
        yield server
    finally:
        server.kill()
