"""Pictures as MJPEG over HTTP on loopback, as cheap network cameras give them: whoever asks gets the newest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server, socket
from threading import Condition, Thread

import cv2

from tools.simulate.video import Grey

QUALITY = 92
WAIT_S = 0.5


class Broadcast:
    """A server from when it is made until `close`, on a socket that listens already, or on a port of its own."""

    def __init__(self, listening: socket | None = None) -> None:
        self._new = Condition()
        self._number, self._jpeg, self._over = 0, b"", False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers every path with the stream."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                with suppress(OSError):  # who looked has gone
                    outer.stream(self.wfile.write)

            def log_message(self, *_words: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listening or create_server(("127.0.0.1", 0))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}/video"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="mjpeg")
        self._thread.start()

    def show(self, picture: Grey) -> None:
        """Send one picture to all who look."""
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        with self._new:
            self._jpeg, self._number = packed.tobytes(), self._number + 1
            self._new.notify_all()

    def stream(self, write: Callable[[bytes], object]) -> None:
        """Write every new picture until the end; raises OSError of `write`."""
        seen = 0
        while not self._over:
            jpeg, number = self._after(seen)
            if number > seen:
                write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n")
            seen = number

    def _after(self, seen: int) -> tuple[bytes, int]:
        """A picture newer than the one seen, or the same when none came for a while."""
        with self._new:
            self._new.wait_for(lambda: self._over or self._number > seen, WAIT_S)
            return self._jpeg, self._number

    def close(self) -> None:
        """End it and its streams; may be called twice."""
        with self._new:
            self._over = True
            self._new.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
