"""The camera driver with its real reader process, on cameras that behave and that do not."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.source import SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.fake_cameras import OPENER, RATE_HZ, pictures_until
from tools.simulate.numbered_pictures import number_of

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30.0
SLOW_S = 0.3
SIZE = {"width": 240, "height": 192}
NUMBERS = 1 << 24


def fake(fate: str = "", after: int = 3, camera: str = "uvc_720p", **options: Any) -> VideoCamera:
    """A camera with this fate after so many pictures."""
    return VideoCamera(camera, opener=OPENER, device=pictures_until(fate, after), **({"silent_after_s": 1.0} | SIZE | options))


def pictures(camera: VideoCamera, most: int | None = None) -> Iterator[Frame]:
    """What an open camera gives, without its silences."""
    return islice((frame for frame in camera.blocks() if frame is not None), most)


def age_frames(frame: Frame) -> float:
    """How many pictures the camera has taken since this one."""
    return time.monotonic() * RATE_HZ % NUMBERS - number_of(frame.picture)


def pid_of(camera: VideoCamera) -> int:
    """Of the reader of an open camera."""
    assert camera.reader_pid is not None
    return camera.reader_pid


def is_running(pid: int) -> bool:
    """Whether there is such a process that is not just waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    """Fails where a process stays."""
    until_s = time.monotonic() + DEADLINE_S
    while is_running(pid):
        assert time.monotonic() < until_s, "the reader outlived who started it"
        time.sleep(0.01)


def numbers(found: list[Frame]) -> list[int]:
    """Their sequence numbers."""
    return [frame.sequence for frame in found]


def test_pictures_come_whole_numbered_and_stamped() -> None:
    with fake(horizontal_fov_deg=40.0, azimuth_deg=90.0) as camera:
        found = list(pictures(camera, 10))
        words = camera.words()
    assert [frame.lost for frame in found] == [later - earlier - 1 for earlier, later in pairwise([-1, *numbers(found)])]
    assert all(later.t_mono_ns > earlier.t_mono_ns for earlier, later in pairwise(found))
    assert all(frame.picture.shape == (192, 240) and frame.picture.dtype == "uint8" for frame in found)
    assert found[0].camera is not None
    assert (found[0].camera.azimuth_deg, found[0].camera.lowest_elevation_deg) == (90.0, -2.0)
    assert words.startswith("a fake camera, 240x192")


def test_a_slow_consumer_never_gets_a_picture_older_than_two_frames_and_the_rest_counts_as_lost() -> None:
    with fake() as camera:
        frames = pictures(camera)
        first = next(frames)
        ages, last = [], first
        for _ in range(8):
            time.sleep(SLOW_S)
            last = next(frames)
            ages.append(age_frames(last))
            assert last.lost >= 3
    assert sorted(ages)[len(ages) // 2] <= 2.0
    assert number_of(last.picture) - number_of(first.picture) == pytest.approx(last.sequence - first.sequence, abs=3)


@pytest.mark.parametrize(
    ("fate", "kind", "words"),
    [
        ("hangs", SourceStalled, "uvc_720p gave no picture for 1 s: its driver, its server or the line hangs"),
        ("ends", SourceLost, "uvc_720p: it is unplugged"),
        ("dies", SourceLost, "uvc_720p: its reader ended by itself, killed by SIGABRT"),
        ("freezes", SourceStalled, "uvc_720p gives the very same picture again and again: it is frozen"),
        ("blackens", SourceStalled, "uvc_720p gives pictures of one single value: is its cap on, or its sensor dead?"),
        ("shrinks", SourceLost, "uvc_720p: its pictures were 240x192 and are now 120x192"),
        ("spoils", SourceLost, "uvc_720p: its last 10 pictures are damaged, or have another size or format than it was asked for"),
    ],
)
def test_a_camera_that_fails_is_named_and_one_that_is_opened_again_goes_on(fate: str, kind: type[SourceError], words: str) -> None:
    camera = fake(fate, frozen_after_s=1.0)
    for _ in range(2):
        with camera:
            pid = pid_of(camera)
            with pytest.raises(kind) as error:
                list(pictures(camera))
        assert str(error.value) == words
        assert not is_running(pid)


@pytest.mark.parametrize(
    ("fate", "kind", "words"),
    [
        ("absent", SourceAbsent, "uvc_720p: there is no such camera"),
        ("fail", SourceLost, "uvc_720p: its reader failed: ValueError"),
    ],
)
def test_a_camera_that_does_not_open_is_named_without_its_secrets(fate: str, kind: type[SourceError], words: str) -> None:
    camera = fake(fate)
    with pytest.raises(kind) as error:
        camera.open()
    assert str(error.value) == words
    assert camera.reader_pid is None


def test_repeats_are_marked_and_a_thermal_camera_that_holds_its_picture_has_its_shutter_closed() -> None:
    with fake("freezes", after=5, camera="boson_320_9_1mm") as camera:
        found = list(pictures(camera, 12))
    marked = [(frame.repeated, frame.shutter) for frame in found[-3:]]
    assert (found[0].repeated, found[0].shutter) == (False, False)
    assert marked == [(True, True)] * 3
    with fake("freezes", after=5) as camera:
        assert [frame.shutter for frame in pictures(camera, 12)] == [False] * 12


def test_a_shutter_that_the_camera_tells_of_is_marked() -> None:
    with fake("shutter", after=0, camera="lepton_3_5", height=120, width=160) as camera:
        found = list(pictures(camera, 3))
    assert all(frame.shutter and frame.picture.dtype == "uint16" for frame in found)


def test_counts_are_temperatures_unless_the_camera_says_no() -> None:
    with fake(camera="lepton_3_5", height=120, width=160) as camera:
        (frame,) = pictures(camera, 1)
    assert frame.camera is not None
    assert frame.camera.kelvin_per_count == 0.01
    with fake("no_t_linear", after=0, camera="lepton_3_5", height=120, width=160) as camera:
        (frame,) = pictures(camera, 1)
        assert "its counts are no temperatures: is its radiometry (TLinear) off?" in camera.words()
    assert frame.camera is not None
    assert frame.camera.kelvin_per_count is None


def test_a_few_damaged_pictures_are_counted() -> None:
    with fake("stutters", after=0) as camera:
        found = list(pictures(camera, 25))
        words = camera.words()
    assert sum(frame.lost for frame in found) >= 2
    assert re.search(r", \d+ lost, \d+ damaged", words)


def test_silence_is_told_while_the_camera_may_still_come() -> None:
    with fake("hangs", silent_after_s=60.0) as camera:
        blocks = camera.blocks()
        found = [next(blocks) for _ in range(5)]
    assert found[-1] is None


def test_closing_twice_and_opening_again() -> None:
    camera = fake()
    for _ in range(2):
        with camera:
            assert next(pictures(camera)) is not None
        camera.close()
        assert list(camera.blocks()) == []


@pytest.mark.parametrize("fate", ["", "hangs"])
def test_the_reader_goes_with_its_parent_and_leaves_nothing_behind(fate: str) -> None:
    code = (
        "import sys; from tests.drivers.test_camera import fake, pictures; camera = fake(sys.argv[1]); camera.open()\n"
        "next(pictures(camera)); print(camera.reader_pid, flush=True); sys.stdin.read()"
    )
    before = set(Path("/dev/shm").iterdir())
    parent = subprocess.Popen([sys.executable, "-c", code, fate], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        reader = int(parent.stdout.readline())
        assert is_running(reader)
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(reader)
    assert not [path for path in set(Path("/dev/shm").iterdir()) - before if str(reader) in path.name or str(parent.pid) in path.name]


def test_a_reader_that_is_stopped_is_killed() -> None:
    with fake() as camera:
        pid = pid_of(camera)
        frames = pictures(camera)
        next(frames)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(SourceStalled, match="gave no picture for 1 s"):
            list(frames)
    wait_until_gone(pid)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"camera": "lepton_35"}, "there is no camera 'lepton_35': did you mean 'lepton_3_5'?"),
        ({"camera": "uvc_720p"}, "uvc_720p has no USB ids of its own: say device, serial or port_path"),
        ({"camera": "network_camera"}, "network_camera needs the url of its video, such as rtsp://user:password@camera/path"),
        (
            {"camera": "network_camera", "url": "rtsp://camera/x", "device": "/dev/video0"},
            "give either url, or device, serial or port_path",
        ),
        ({"camera": "network_camera", "url": "file:///etc/passwd"}, "url must begin with rtsp://, rtsps://, http://, https://"),
        ({"camera": "network_camera", "url": "rtsp://u:p@camera:port/"}, "url is no address"),
        ({"camera": "lepton_3_5", "horizontal_fov_deg": 180.0}, "horizontal_fov_deg = 180 must be above 0 and at most 170"),
        ({"camera": "lepton_3_5", "masks": (((0, 0), (1, 1)),)}, "each of masks is a list of 3 or more [x, y] in pixels"),
        ({"camera": "lepton_3_5", "width": 320}, "lepton_3_5 takes pictures of 160x120, and these are 320x120"),
    ],
)
def test_says_what_cannot_work_and_repeats_no_password(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceMisconfigured, match=re.escape(words)) as error:
        VideoCamera(**options)
    assert "u:p" not in str(error.value)
