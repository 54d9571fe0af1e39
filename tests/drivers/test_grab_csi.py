"""CSI pictures through a module that stands in for picamera2, which only a Raspberry Pi has."""

from __future__ import annotations

import importlib.util
from itertools import islice
from pathlib import Path

import pytest

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.source import SourceAbsent, SourceMisconfigured

LIBRARY = """
import time
import numpy as np


class Request:
    def make_array(self, name):
        time.sleep(0.02)
        rows = np.random.default_rng(time.monotonic_ns()).integers(0, 255, (864 * 3 // 2, 1600)).astype(np.uint8)
        rows[0, :3] = 11, 12, 13
        return rows

    def get_metadata(self):
        return {"SensorTimestamp": time.monotonic_ns() - 20_000_000}

    def release(self):
        pass


class Picamera2:
    camera_controls = {"AfMode": (0, 2, 0)}
    camera_properties = {"Model": "imx708"}

    def __init__(self, number):
        if number > 0:
            raise IndexError("list index out of range")

    def create_video_configuration(self, main, controls):
        assert main == {"size": (1536, 864), "format": "YUV420"} and controls == {"FrameDurationLimits": (33333, 33333)}

    def configure(self, wanted):
        pass

    def set_controls(self, controls):
        assert controls == {"AfMode": 0, "LensPosition": 0.0}

    def start(self):
        pass

    def capture_request(self):
        return Request()
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in, where the reader's process finds it."""
    (tmp_path / "picamera2.py").write_text(LIBRARY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("library")
def test_grey_is_the_first_plane_stamped_when_its_exposure_began() -> None:
    with VideoCamera("rpi_module_3") as camera:
        found = list(islice((frame for frame in camera.blocks() if isinstance(frame, Frame)), 3))
        assert camera.words() == "CSI camera 0 (imx708), 1536x864"
    assert found[-1].picture.shape == (864, 1536)
    assert found[-1].picture[0, :3].tolist() == [11, 12, 13]
    assert found[1].t_mono_ns > found[0].t_mono_ns


@pytest.mark.usefixtures("library")
def test_a_camera_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceAbsent, match="there is no CSI camera 1, or another program holds it"):
        VideoCamera("rpi_module_3", device="1").open()


@pytest.mark.skipif(importlib.util.find_spec("picamera2") is not None, reason="this machine has picamera2")
def test_without_the_library_it_says_what_to_install() -> None:
    with pytest.raises(SourceMisconfigured, match="a CSI camera needs picamera2: sudo apt-get install python3-picamera2"):
        VideoCamera("rpi_module_3").open()
