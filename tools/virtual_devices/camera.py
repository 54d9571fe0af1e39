"""A network camera that sees a scene: 16-bit counts without loss where its core has some, else H.264 or MJPEG."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from math import ceil
from pathlib import Path
from threading import Event, Lock, Thread

import cv2
import numpy as np

from tools.simulate.camera_servers import why_no_rtsp
from tools.simulate.outdoors import KELVIN_PER_COUNT, Eye
from tools.simulate.pictures import NICE, of_world
from tools.simulate.scene import SceneError
from tools.simulate.sight import Picture
from tools.virtual_devices.counts import why_no_counts
from tools.virtual_devices.device import Begun, Device, Said, Setting, table
from tools.virtual_devices.picture_servers import Counts, Mjpeg, Rtsp, Server

NAME = "camera"
COVERED = 0
CORE = """name = "simulated_core"
maker = "simulated"
band = "thermal"
interface = "network"
width = {eye.width}
height = {eye.height}
pixel_format = "Y16"
rates_hz = [{eye.rate_hz}]
kelvin_per_count = {scale}
sources = ["tools/simulate/thermal.py"]
"""


class Camera(Device):
    """Until the scene begins it shows its first picture, which a camera is not blamed for within ten seconds."""

    def __init__(self, setting: Setting) -> None:
        eye = setting.world.scene.camera
        if eye is None:
            raise SceneError(f"{setting.world.scene.name}: has no [camera]")
        cv2.setNumThreads(1)
        self._eye, self._shown, self._setting = eye, of_world(setting.world), setting
        self._kind, note = _way(eye, plain=setting.plain)
        self._server: Server | None = self._kind(self._shown)
        self._url = self._server.url
        self._port = int(self._url.split(":")[2].split("/")[0])
        self.said = Said(NAME, "camera", "camera", table(NAME, "camera", self._options()), note=note)
        self._begun = Begun(float("inf"), 0)
        self._stalled, self._stop, self._begins, self._lock = False, Event(), Event(), Lock()
        self._thread = Thread(target=self._play, name=NAME, daemon=True)
        self._thread.start()

    def _options(self) -> dict[str, str | float]:
        mounting = mounting_of(self._setting)
        if self._kind is not Counts:
            camera = "network_thermal" if self._eye.band == "thermal" else "network_camera"
            return {"camera": camera, "url": self._url} | mounting
        return {"camera": str(core_file(self._eye, self._setting.folder)), "url": self._url} | mounting

    def begin(self, begun: Begun) -> None:
        self._begun = begun
        self._begins.set()

    def _play(self) -> None:
        os.nice(NICE)  # on Linux that is of this thread alone
        rate_hz, last, took_s = self._eye.rate_hz, -1, 0.0
        first = self._shown.frame(0)[0]
        while not self._begins.wait(1 / rate_hz) or time.monotonic() < self._begun.mono_s:
            self._show(first)
            if self._stop.wait(1 / rate_hz if self._begins.is_set() else 0.0):
                return
        while not self._stop.is_set():
            began_s = time.monotonic()
            k = max(ceil((began_s + took_s - self._begun.mono_s) * rate_hz), last + 1)  # those that cannot be made in time are left out
            picture = self._shown.frame(k)[0]
            took_s = time.monotonic() - began_s
            if self._stop.wait(max(0.0, self._begun.mono_s + k / rate_hz - time.monotonic())):
                return
            self._show(picture)
            last = k

    def _show(self, picture: Picture) -> None:
        with self._lock:
            if self._server is not None and not self._stalled:
                with suppress(OSError):  # a server that died shows nothing, which its viewers see
                    self._server.show(np.full_like(picture, COVERED) if self.ailment == "covered" else picture)

    def unplug(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.close()

    def replug(self) -> None:
        if self._server is None:
            self._server = self._kind(self._shown, self._port)

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.unplug()


def _way(eye: Eye, *, plain: bool) -> tuple[type[Counts | Rtsp | Mjpeg], str]:
    """How its pictures come, and why not in a better way."""
    if plain:
        return Mjpeg, ""
    if eye.band == "thermal":
        missing = why_no_counts()
        return (Mjpeg, f"the thermal camera sends 8 bits, for there is {missing}") if missing else (Counts, "")
    missing = why_no_rtsp()
    return (Mjpeg, f"the camera sends MJPEG, for RTSP {missing}") if missing else (Rtsp, "")


def mounting_of(setting: Setting) -> dict[str, str | float]:
    """How the camera is mounted, as the node's configuration has it."""
    eye = setting.world.scene.configured().camera or Eye()
    return {"horizontal_fov_deg": eye.hfov_deg, "azimuth_deg": eye.azimuth_deg, "tilt_deg": eye.tilt_deg, "roll_deg": eye.roll_deg}


def core_file(eye: Eye, folder: Path) -> Path:
    """What is known of a thermal core, for a node to read."""
    path = (folder / "simulated_core.toml").absolute()
    path.write_text(CORE.format(eye=eye, scale=KELVIN_PER_COUNT))
    return path
