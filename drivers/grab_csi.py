"""Pictures of a Raspberry Pi's own camera (CSI) through libcamera, by picamera2 where the system has it."""

from __future__ import annotations

import time
from types import ModuleType

from drivers import picture_formats
from drivers.grabbed import Grabbed, Request
from drivers.source import LibraryMissing, SourceAbsent, SourceLost

US_PER_S = 1_000_000
CONTINUE_MANUAL_FOCUS, INFINITY_DIOPTRES = 0, 0.0


def picamera2() -> ModuleType:
    """The library; raises LibraryMissing where it is not installed."""
    try:
        import picamera2 as library  # type: ignore[import-not-found] # noqa: PLC0415 -- only a Raspberry Pi has it
    except (ImportError, OSError) as error:
        raise LibraryMissing(
            "a CSI camera needs picamera2: sudo apt-get install python3-picamera2, and a virtual environment made with "
            f"--system-site-packages ({error})"
        ) from error
    return library  # type: ignore[no-any-return]


class CsiGrabber:
    """Opened at once, by its number where `device` is one; grey is the first plane of YUV420."""

    def __init__(self, request: Request) -> None:
        library = picamera2()
        number = int(request["device"] or 0)
        try:
            self._camera = library.Picamera2(number)
        except (IndexError, RuntimeError) as error:
            raise SourceAbsent(f"there is no CSI camera {number}, or another program holds it: {error}") from error
        self._width, self._height = request["width"], request["height"]
        frame_us = round(US_PER_S / request["rate_hz"])
        wanted = self._camera.create_video_configuration(
            main={"size": (self._width, self._height), "format": "YUV420"}, controls={"FrameDurationLimits": (frame_us, frame_us)}
        )
        self._camera.configure(wanted)
        if "AfMode" in self._camera.camera_controls:
            self._camera.set_controls({"AfMode": CONTINUE_MANUAL_FOCUS, "LensPosition": INFINITY_DIOPTRES})
        self._camera.start()
        self._name = f"CSI camera {number} ({self._camera.camera_properties.get('Model', 'unknown')})"

    def words(self) -> str:
        """Such as "CSI camera 0 (imx708)"."""
        return self._name

    def grab(self) -> Grabbed | None:
        """The next picture, stamped when its exposure began."""
        try:
            request = self._camera.capture_request()
        except RuntimeError as error:
            raise SourceLost(f"{self._name} gives no more pictures: {error}") from error
        arrival_ns = time.monotonic_ns()
        try:
            raw, told = request.make_array("main"), request.get_metadata()
        finally:
            request.release()
        try:
            picture = picture_formats.grey(raw[:, : self._width], "I420", self._width, self._height)
        except picture_formats.WrongPicture:
            return None
        return Grabbed(picture, arrival_ns, told.get("SensorTimestamp"), by_our_clock=True)
