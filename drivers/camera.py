"""A camera as a source: USB (V4L2), network (RTSP, MJPEG) or CSI, read by a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator

from drivers.blocks import Camera, Frame
from drivers.camera_process import CameraProcess
from drivers.cameras import Masks, Setting, as_counted, mounted, read_camera
from drivers.grabbed import Picture, Request
from drivers.network_camera import environment, shown
from drivers.picture_line import Handed
from drivers.picture_watch import PictureWatch
from drivers.source import Source, SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled

NS_PER_S = 1_000_000_000
OPEN_WITHIN_S = 12.0
QUIET_S = 0.5
OPENERS = {
    "usb": "drivers.grab_v4l2:open_camera",
    "network": "drivers.grab_stream:StreamGrabber",
    "csi": "drivers.grab_csi:CsiGrabber",
}


class VideoCamera(Source):
    """A camera that hw/cameras or a TOML file describes; found by `url`, `serial`, `port_path`, `device` (its node) or its kind.

    A picture that is asked for is the newest that there is; those that nobody asked for in time count as lost. `opener` is
    "module:callable" of another Grabber, for a camera that none of these reads.
    """

    def __init__(
        self,
        camera: str,
        *,
        device: str | None = None,
        serial: str | None = None,
        port_path: str | None = None,
        url: str | None = None,
        transport: str = "tcp",
        width: int | None = None,
        height: int | None = None,
        rate_hz: float | None = None,
        azimuth_deg: float | None = None,
        tilt_deg: float = 0.0,
        roll_deg: float = 0.0,
        sigma_pose_deg: float = 1.0,
        horizontal_fov_deg: float | None = None,
        masks: Masks = (),
        lowest_elevation_deg: float | None = None,
        silent_after_s: float = 4.0,
        frozen_after_s: float = 10.0,
        opener: str | None = None,
    ) -> None:
        self._kind = read_camera(camera)
        pose = (azimuth_deg, tilt_deg, roll_deg, sigma_pose_deg, horizontal_fov_deg)
        self._setting = Setting(camera, width, height, *pose, masks, lowest_elevation_deg)
        mounted(self._kind, self._setting)
        interface = "network" if url is not None else self._kind.interface
        self._check_place(interface, url, device, serial, port_path)
        self._name = self._kind.name if url is None else shown(url)
        self._environment = {} if url is None else environment(url, transport)
        self._request: Request = {
            "opener": opener or OPENERS[interface],
            "url": url,
            "device": device,
            "serial": serial,
            "port_path": port_path,
            "usb": self._kind.usb,
            "pixel_format": self._kind.pixel_format,
            "width": width or self._kind.width,
            "height": height or self._kind.height,
            "rate_hz": rate_hz or self._kind.rates_hz[0],
            "stacked_counts": self._kind.stacked_counts,
            "telemetry_rows": self._kind.telemetry_rows,
        }
        self._silent_after_ns = round(silent_after_s * NS_PER_S)
        self._frozen_after_ns = round(frozen_after_s * NS_PER_S)
        self._process: CameraProcess | None = None
        self._camera: Camera | None = None
        self._watch = PictureWatch(0)
        self._next = self._lost = self._damaged = 0
        self._words, self._note = "", ""

    def open(self) -> None:
        """Start the reader and wait until the device is open."""
        self._process = process = CameraProcess(self._request, self._environment)
        self._camera, self._next, self._lost, self._damaged, self._note = None, 0, 0, 0, ""
        try:
            words = process.opened(OPEN_WITHIN_S)
        except SourceError as error:
            self.close()
            raise self._with_name(error) from None
        if words is None:
            self.close()
            raise SourceAbsent(f"{self._name} did not open within {OPEN_WITHIN_S:.0f} s: its driver or its server hangs")
        self._words = words

    def blocks(self) -> Iterator[Frame | None]:
        """The newest picture each time; raises SourceStalled for a camera that hangs, is frozen or black, SourceLost for one that went."""
        heard_ns = time.monotonic_ns()
        self._watch = PictureWatch(heard_ns)
        while (process := self._process) is not None:
            try:
                found = process.newest(QUIET_S)
            except SourceLost as error:
                if self._process is None:
                    return
                raise self._with_name(error) from None
            now_ns = time.monotonic_ns()
            if found is None:
                self._check_silence(now_ns - heard_ns)
                yield None
                continue
            heard_ns = now_ns
            yield self._frame(*found, now_ns)

    def close(self) -> None:
        """Kill the reader; may be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    @property
    def declared_hz(self) -> float:
        """As it was asked for."""
        return float(self._request["rate_hz"])

    @property
    def reader_pid(self) -> int | None:
        """Of the process that holds the device; None while it is closed."""
        return None if self._process is None else self._process.pid

    def words(self) -> str:
        """Say the device, its pictures, what was lost or broken, and what troubles it."""
        if self._camera is None:
            return self._words
        lens = "" if self._camera.focal_px else "its field of view is not known, so there are no bearings (horizontal_fov_deg)"
        lost = f", {self._lost} lost" if self._lost else ""
        damaged = f", {self._damaged} damaged" if self._damaged else ""
        seen = f"{self._camera.width}x{self._camera.height}{lost}{damaged}"
        return "; ".join(filter(None, (f"{self._words}, {seen}", self._note, lens)))

    def _check_place(self, interface: str, url: str | None, device: str | None, serial: str | None, port_path: str | None) -> None:
        named = (device, serial, port_path)
        if url is not None and any(named):
            raise SourceMisconfigured("give either url, or device, serial or port_path")
        if interface == "network" and url is None:
            raise SourceMisconfigured(f"{self._kind.name} needs the url of its video, such as rtsp://user:password@camera/path")
        if interface == "usb" and not any((*named, self._kind.usb)):
            raise SourceMisconfigured(f"{self._kind.name} has no USB ids of its own: say device, serial or port_path")

    def _with_name(self, error: SourceError) -> SourceError:
        return error if self._name in str(error) else type(error)(f"{self._name}: {error}")

    def _check_silence(self, silent_ns: int) -> None:
        if silent_ns > self._silent_after_ns:
            seconds = self._silent_after_ns / NS_PER_S
            raise SourceStalled(f"{self._name} gave no picture for {seconds:.0f} s: its driver, its server or the line hangs")

    def _frame(self, told: Handed, picture: Picture, now_ns: int) -> Frame:
        if self._camera is None:
            self._camera = self._as_it_sees(told, picture)
        repeated = self._watch.see(picture, now_ns)
        if trouble := self._watch.trouble(now_ns, self._frozen_after_ns):
            raise SourceStalled(f"{self._name} {trouble}")
        lost, self._next = told.sequence - self._next, told.sequence + 1
        self._lost += lost
        self._damaged = told.damaged
        return Frame(
            t_mono_ns=told.t_mono_ns,
            sequence=told.sequence,
            lost=lost,
            picture=picture,
            camera=self._camera,
            repeated=repeated,
            shutter=told.shutter or (self._camera.band == "thermal" and self._watch.holds),
        )

    def _as_it_sees(self, told: Handed, picture: Picture) -> Camera:
        """The camera of the pictures that come: their size, and whether their counts are temperatures; raises SourceLost."""
        try:
            camera = mounted(self._kind, self._setting, (told.width, told.height))
        except SourceMisconfigured as error:
            raise SourceLost(f"{self._name}: {error}") from None
        counted = as_counted(camera, picture, told.kelvin_per_count)
        if camera.kelvin_per_count and not counted.kelvin_per_count:
            self._note = "its counts are no temperatures: is its radiometry (TLinear) off?"
        return counted
