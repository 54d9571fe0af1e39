"""A camera recorded as the node sees it, and played again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.recording import Recording
from drivers.source import SourceLost
from tests.drivers.fake_cameras import OPENER, pictures_until
from tools.record_camera import record
from tools.simulate.numbered_pictures import number_of


def lepton(fate: str = "", after: int = 1 << 30) -> VideoCamera:
    """One that is none."""
    return VideoCamera("lepton_3_5", opener=OPENER, device=pictures_until(fate, after))


def test_what_was_recorded_is_what_was_seen(tmp_path: Path) -> None:
    with lepton() as camera:
        count = record(camera, tmp_path / "sky.mkv", 0.7, 25.0)
    with Recording(tmp_path / "sky.mkv", "fast", camera="lepton_3_5") as recording:
        found = [block for block in recording.blocks() if isinstance(block, Frame)]
    assert len(found) == count > 0
    numbers = [number_of((frame.picture - 28_000) >> 4) for frame in found]
    assert numbers == sorted(set(numbers))
    assert all(frame.picture.dtype == np.uint16 and frame.camera is not None for frame in found)


def test_a_camera_that_goes_leaves_what_came_before(tmp_path: Path) -> None:
    with lepton("ends", 5) as camera, pytest.raises(SourceLost):
        record(camera, tmp_path / "sky.mkv", 60.0, 25.0)
    with Recording(tmp_path / "sky.mkv", "fast") as recording:
        assert list(recording.blocks())
        assert recording.words() == "playing sky.mkv, 100%"
