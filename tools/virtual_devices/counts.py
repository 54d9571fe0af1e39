"""16-bit pictures over HTTP on loopback without loss: FFV1 (RFC 9043) of gray16le in NUT, which FFMPEG reads as counts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import read
from queue import Empty, Full, Queue
from shutil import which
from threading import Lock, Thread

import numpy as np

from tools.simulate.thermal import Counts

PIECE_BYTES = 65_536
WAIT_S = 0.3
KEPT = 2
"""Pictures that wait for a viewer; older ones are never sent."""


class CountsBroadcast:
    """A server from when it is made until `close`, at `port` (0: any); every viewer has a stream of its own, from the newest picture on."""

    def __init__(self, width: int, height: int, rate_hz: float, port: int = 0) -> None:
        self._command = _encoder(width, height, rate_hz)
        self._lock, self._over = Lock(), False
        self._viewers: list[Queue[bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers every path with the stream."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream")
                self.end_headers()
                with suppress(OSError):  # who looked has gone
                    outer.stream(self.wfile.write)

            def log_message(self, *_words: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/counts.nut"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="counts")
        self._thread.start()

    def show(self, picture: Counts) -> None:
        """Send one picture to all who look."""
        data = np.ascontiguousarray(picture, "<u2").tobytes()
        with self._lock:
            viewers = list(self._viewers)
        for viewer in viewers:
            with suppress(Full):
                viewer.put_nowait(data)

    def stream(self, write: Callable[[bytes], object]) -> None:
        """Write every new picture until the end; raises OSError of `write`."""
        pictures: Queue[bytes] = Queue(KEPT)
        with self._lock:
            self._viewers.append(pictures)
        with subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as encoder:
            feeder = Thread(target=self._feed, args=(encoder, pictures), name="counts encoder", daemon=True)
            feeder.start()
            try:
                while encoder.stdout is not None and (data := read(encoder.stdout.fileno(), PIECE_BYTES)):
                    write(data)
            finally:
                with self._lock:
                    self._viewers.remove(pictures)
                encoder.kill()
                feeder.join()

    def _feed(self, encoder: subprocess.Popen[bytes], pictures: Queue[bytes]) -> None:
        while encoder.poll() is None and encoder.stdin is not None and not self._over:
            try:
                encoder.stdin.write(pictures.get(timeout=WAIT_S))
                encoder.stdin.flush()
            except Empty:
                continue
            except OSError:  # the encoder has ended, for its viewer is gone
                return
        encoder.kill()

    def close(self) -> None:
        """End it and its streams; may be called twice."""
        self._over = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def why_no_counts() -> str:
    """What is missing to send 16-bit pictures, in words; empty where nothing is."""
    return "" if which("ffmpeg") else "no ffmpeg"


def _encoder(width: int, height: int, rate_hz: float) -> list[str]:
    """Every picture stands for itself and leaves at once: of Matroska a reader has each only when the next one begins."""
    pictures = ["-f", "rawvideo", "-pix_fmt", "gray16le", "-s", f"{width}x{height}", "-r", f"{rate_hz:g}", "-i", "-"]
    coded = ["-threads", "1", "-c:v", "ffv1", "-g", "1", "-f", "nut", "-flush_packets", "1", "-"]
    return ["ffmpeg", "-nostdin", "-loglevel", "quiet", *pictures, *coded]
