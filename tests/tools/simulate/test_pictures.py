from __future__ import annotations

import csv
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from drivers import video
from drivers.camera import VideoCamera
from drivers.cameras import Setting
from tools.simulate import pictures
from tools.simulate.mjpeg import Broadcast
from tools.simulate.pictures import of_world, play, write_video
from tools.simulate.scene import SceneError, load
from tools.simulate.world import World

ROOT = Path(__file__).parents[3]
SCENE = """
name = "small"
[node]
latitude_deg = 50.0
longitude_deg = 4.0
ground_wgs84_m = 50.0
mast_m = 8.0
[camera]
band = "{band}"
width = 160
height = 120
hfov_deg = 40.0
tilt_deg = 20.0
rate_hz = 20.0
ffc_every_s = 0.0
dead_share = 0.0
[ground]
trees = 4
[sky]
cover = 0.4
[[drone]]
name = "near"
span_m = 0.8
gust_m = 0.0
path = {{ kind = "hover", east_m = 1.0, north_m = 30.0, height_m = 20.0 }}
operator = {{ east_m = 0.0, north_m = 0.0 }}
"""


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "scene.toml"
    path.write_text(SCENE.format(band="thermal"))
    return path


def test_counts_come_back_from_the_file_as_they_were_seen(scene: Path, tmp_path: Path) -> None:
    shown = of_world(World.load(scene, 1))
    write_video(shown, tmp_path / "out.mkv", 0.5)
    setting = video.VideoSetting(tmp_path / "out.mkv", Setting("network_thermal", horizontal_fov_deg=40.0))
    frames = [frame for frame in video.frames(iter(()), lambda t_ns: t_ns, 0, setting) if frame is not None]
    assert len(frames) == 10
    assert all(np.array_equal(frame.picture, shown.frame(k)[0]) for k, frame in enumerate(frames))
    with (tmp_path / "out.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert {row["class"] for row in rows} == {"drone"}
    assert len(rows) == 10
    seen = shown.frame(4)[1].sighted[0]
    assert float(rows[4]["x"]) == pytest.approx(seen.box[0], abs=0.01)


@pytest.mark.parametrize("band", ["thermal", "visible"])
def test_a_lossy_video_shows_the_same(band: str, scene: Path, tmp_path: Path) -> None:
    scene.write_text(SCENE.format(band=band))
    shown = of_world(World.load(scene, 1))
    write_video(shown, tmp_path / "out.mp4", 0.4)
    frames = [frame for frame in video.frames(iter(()), lambda t_ns: t_ns, 0, video.VideoSetting(tmp_path / "out.mp4")) if frame]
    assert len(frames) == 8
    grey = pictures.video_of(shown)
    for k, frame in enumerate(frames):
        own = grey.grey(shown.frame(k)[0]).astype(float)
        assert frame.picture.shape == (120, 160)
        assert np.corrcoef(frame.picture.ravel(), own.ravel())[0, 1] > 0.98


def test_a_video_must_be_of_a_kind_that_is_known(scene: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"\.mkv or \.mp4"):
        write_video(of_world(World.load(scene, 1)), tmp_path / "out.gif", 0.1)


def test_a_scene_without_a_camera_has_no_pictures(scene: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = scene.read_text()
    scene.write_text(text[: text.index("[camera]")])
    with pytest.raises(SceneError, match=r"no \[camera\]"):
        of_world(World.load(scene, 1))
    assert pictures.main([str(scene), "--serve"]) == 1
    assert "no [camera]" in capsys.readouterr().err


def test_a_wrong_key_of_the_camera_is_named(scene: Path) -> None:
    scene.write_text(scene.read_text().replace("hfov_deg", "hfov"))
    with pytest.raises(SceneError, match="hfov"):
        load(scene)


def test_the_nodes_own_driver_sees_what_is_played(scene: Path) -> None:
    scene.write_text(scene.read_text().replace("cover = 0.4", "cover = 0.0").replace("trees = 4", "trees = 0"))
    shown, show, stop = of_world(World.load(scene, 1)), Broadcast(), Event()
    player = Thread(target=play, args=(shown, show, 60.0, stop, time.monotonic()))
    player.start()
    try:
        with VideoCamera("network_thermal", url=show.url, horizontal_fov_deg=40.0, azimuth_deg=0.0, tilt_deg=20.0) as camera:
            frames = []
            for frame in camera.blocks():
                if frame is not None:
                    frames.append(frame)
                if len(frames) == 3:
                    break
    finally:
        stop.set()
        player.join()
        show.close()
    (seen,) = shown.frame(0)[1].sighted
    x, y, w, h = seen.box
    for frame in frames:
        assert frame.picture.shape == (120, 160)
        row, column = np.unravel_index(int(frame.picture[:60].argmax()), (60, 160))
        assert x - 3 < column < x + w + 3
        assert y - 3 < row < y + h + 3
    focal_px = frames[0].camera.focal_px if frames[0].camera else None
    assert focal_px == pytest.approx(shown.camera.focal_px)


def test_the_command_is_a_camera_that_says_its_address(scene: Path) -> None:
    command = [sys.executable, "-m", "tools.simulate.pictures", str(scene), "--serve", "--seconds", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("http://127.0.0.1:")
        finally:
            process.terminate()
        assert process.wait(20) == 0
