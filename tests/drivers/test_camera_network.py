"""Network cameras on real servers: RTSP of Debian's GStreamer, MJPEG over HTTP; slow readers, stalls, kills and restarts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.network_camera import environment, shown
from drivers.source import SourceAbsent, SourceLost, SourceStalled
from tools.simulate.camera_servers import MjpegServer, RtspServer, running, why_no_rtsp
from tools.simulate.numbered_pictures import number_of

ROOT = Path(__file__).parents[2]
PR_SET_MDWE = 65
SLOW_S = 0.7
NAMED_WITHIN_S = 5.0


@pytest.fixture(scope="session")
def rtsp_needed() -> None:
    """Skips where the system has no RTSP server, and fails where it must have."""
    if reason := why_no_rtsp():
        pytest.fail(reason) if os.environ.get("EDGE_NODE_REQUIRE_RTSP") else pytest.skip(reason)


@pytest.fixture
def rtsp(rtsp_needed: None) -> Iterator[RtspServer]:
    """A server that serves."""
    with running(RtspServer(free_port())) as server:
        yield server


@pytest.fixture
def mjpeg() -> Iterator[MjpegServer]:
    """A server that serves."""
    server = MjpegServer()
    yield server
    server.close()


def free_port() -> int:
    """One that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def camera_at(url: str, **options: Any) -> VideoCamera:
    """A network camera there."""
    return VideoCamera("network_camera", url=url, **options)


def pictures(camera: VideoCamera, most: int | None = None) -> Iterator[Frame]:
    """What an open camera gives, without its silences."""
    return islice((frame for frame in camera.blocks() if frame is not None), most)


def ages_of_a_slow_reader(camera: VideoCamera, server: RtspServer | MjpegServer) -> list[float]:
    """How old, in frames, each picture is when a consumer that needs several frames for each takes it up."""
    frames, ages = pictures(camera), []
    before = next(frames)
    for _ in range(6):
        time.sleep(SLOW_S)
        frame = next(frames)
        ages.append(server.age_frames(number_of(frame.picture)))
        assert number_of(frame.picture) > number_of(before.picture)
        assert frame.lost >= 3
        before = frame
    return ages


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_rtsp_a_slow_reader_gets_no_picture_older_than_two_frames(rtsp: RtspServer, transport: str) -> None:
    with camera_at(rtsp.url, transport=transport) as camera:
        assert median(ages_of_a_slow_reader(camera, rtsp)) <= 2.0
        assert "secret" not in camera.words()


def test_rtsp_pictures_are_stamped_by_the_cameras_clock(rtsp: RtspServer) -> None:
    with camera_at(rtsp.url) as camera:
        found = list(pictures(camera, 15))
    for earlier, later in pairwise(found):
        between = (later.t_mono_ns - earlier.t_mono_ns) / 1e9 * rtsp.rate_hz
        assert between == pytest.approx(number_of(later.picture) - number_of(earlier.picture), abs=0.7)


def test_rtsp_killed_is_named_and_comes_back_with_the_server(rtsp: RtspServer) -> None:
    camera = camera_at(rtsp.url)
    with camera:
        frames = pictures(camera)
        next(frames)
        rtsp.kill()
        with pytest.raises(SourceLost, match=r"^rtsp://127\.0\.0\.1:\d+/video gives no more pictures: the connection ended$"):
            list(frames)
    with pytest.raises(SourceAbsent, match=r"^rtsp://127\.0\.0\.1:\d+/video gives no video: Connection refused$"):
        camera.open()
    rtsp.start()
    with camera:
        assert next(pictures(camera)).sequence >= 0


def test_rtsp_stalled_is_named_within_five_seconds(rtsp: RtspServer) -> None:
    with camera_at(rtsp.url) as camera:
        frames = pictures(camera)
        next(frames)
        rtsp.signal(signal.SIGSTOP)
        began_s = time.monotonic()
        with pytest.raises(SourceStalled, match=r"gave no picture for 4 s: its driver, its server or the line hangs$"):
            list(frames)
        named_after_s = time.monotonic() - began_s
    rtsp.signal(signal.SIGCONT)
    assert named_after_s < NAMED_WITHIN_S
    with camera:
        assert next(pictures(camera)).picture.shape == (240, 320)


def test_mjpeg_a_slow_reader_gets_no_picture_older_than_two_frames(mjpeg: MjpegServer) -> None:
    with camera_at(mjpeg.url, horizontal_fov_deg=60.0) as camera:
        assert median(ages_of_a_slow_reader(camera, mjpeg)) <= 2.0
        assert camera.words().startswith("http://127.0.0.1:")
        assert "secret" not in camera.words()


def test_mjpeg_that_falls_silent_is_named(mjpeg: MjpegServer) -> None:
    with camera_at(mjpeg.url, silent_after_s=1.0) as camera:
        frames = pictures(camera)
        next(frames)
        mjpeg.hold.set()
        with pytest.raises(SourceStalled, match=r"^http://127\.0\.0\.1:\d+/video gave no picture for 1 s"):
            list(frames)


def test_mjpeg_comes_where_memory_is_never_both_written_and_run(mjpeg: MjpegServer) -> None:
    code = (
        "import ctypes, sys\n"
        f"if ctypes.CDLL(None).prctl({PR_SET_MDWE}, 1, 0, 0, 0): sys.exit(77)\n"
        "from tests.drivers.test_camera_network import camera_at, pictures\n"
        "with camera_at(sys.argv[1]) as camera: print(next(pictures(camera)).picture.shape)"
    )
    ended = subprocess.run([sys.executable, "-c", code, mjpeg.url], cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode == 77:
        pytest.skip("needs a kernel that can deny such memory (6.3)")
    assert (ended.stdout, ended.stderr) == ("(240, 320)\n", "")


def test_what_answers_and_is_no_camera_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.listen(8)
        url = f"http://admin:secret@127.0.0.1:{server.getsockname()[1]}/x"
        camera = camera_at(url)
        with pytest.raises(SourceAbsent, match=r"^http://127\.0\.0\.1:\d+/x gives no video: something answers there, so look at the path"):
            camera.open()


def test_an_address_is_shown_without_its_secrets() -> None:
    assert shown("rtsp://user:pass@camera.example:8554/live?token=secret#x") == "rtsp://camera.example:8554/live"
    assert shown("rtsp://user:pass@[fd00::7]:554/live") == "rtsp://[fd00::7]:554/live"
    assert "rtsp_transport;udp" in environment("rtsp://camera/x", "udp")["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
    assert "rtsp_transport" not in environment("http://camera/x", "tcp")["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
