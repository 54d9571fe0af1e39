"""Ways in which a network camera's pictures come: 16-bit counts, H.264 over RTSP, MJPEG over HTTP."""

from __future__ import annotations

import subprocess
from pathlib import Path
from socket import create_server
from typing import Protocol

import numpy as np

from tools.bench.served import free_ports
from tools.simulate.camera_servers import SYSTEM_PYTHON
from tools.simulate.mjpeg import Broadcast
from tools.simulate.pictures import video_of
from tools.simulate.sight import Picture, Pictures
from tools.virtual_devices.counts import CountsBroadcast

RELAY = Path(__file__).with_name("rtsp_relay.py")


class Server(Protocol):
    """Shows pictures at an address."""

    url: str

    def show(self, picture: Picture) -> None:
        """Send one picture to all who look."""

    def close(self) -> None:
        """End it and its streams."""


class Mjpeg:
    """8-bit pictures, as the camera's own video has them."""

    def __init__(self, shown: Pictures, port: int = 0) -> None:
        self._video = video_of(shown)
        self._broadcast = Broadcast(create_server(("127.0.0.1", port)))
        self.url = self._broadcast.url

    def show(self, picture: Picture) -> None:
        self._broadcast.show(self._video.grey(picture))

    def close(self) -> None:
        self._broadcast.close()


class Counts:
    """16-bit pictures."""

    def __init__(self, shown: Pictures, port: int = 0) -> None:
        eye = shown.eye
        self._broadcast = CountsBroadcast(eye.width, eye.height, eye.rate_hz, port)
        self.url = self._broadcast.url

    def show(self, picture: Picture) -> None:
        self._broadcast.show(np.asarray(picture, np.uint16))

    def close(self) -> None:
        self._broadcast.close()


class Rtsp:
    """8-bit pictures as H.264 by a process of Debian's GStreamer; raises OSError where that does not start."""

    def __init__(self, shown: Pictures, port: int = 0) -> None:
        eye = shown.eye
        self._video = video_of(shown)
        (at,) = (port,) if port else free_ports(1)
        command = [str(SYSTEM_PYTHON), "-P", str(RELAY), *map(str, (at, eye.width, eye.height, eye.rate_hz))]
        self._relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f"rtsp://127.0.0.1:{at}/video"
        if self._relay.stdout is None or self._relay.stdout.readline() != b"ready\n":
            self.close()
            raise OSError("the RTSP server does not start")

    def show(self, picture: Picture) -> None:
        """Hand over one picture; raises OSError where the server is gone."""
        if self._relay.stdin is not None:
            self._relay.stdin.write(self._video.grey(picture).tobytes())
            self._relay.stdin.flush()

    def close(self) -> None:
        """End it at once."""
        self._relay.kill()
        self._relay.communicate()
