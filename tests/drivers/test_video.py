"""Video files as recordings: what is in them comes out, with its times and its counts, and a cut one says so."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.blocks import Frame
from drivers.recording import Recording
from drivers.source import SourceMisconfigured
from drivers.video_cut import is_cut
from tools.counts_video import CountsVideo
from tools.simulate.numbered_pictures import number_of, numbered

WIDTH, HEIGHT, COUNT = 240, 192, 30
CODECS = {"mp4": "mp4v", "avi": "MJPG", "mkv": "mp4v", "ts": "mp4v", "mov": "mp4v", "mjpeg": "MJPG"}
WRITTEN = [name for name in CODECS if name != "mjpeg"]
INDEX_LAST = ("mp4", "mov")


def write_video(folder: Path, kind: str, rate_hz: float = 20.0) -> Path:
    """Numbered pictures in this kind of file."""
    path = folder / f"clip.{kind}"
    if kind == "mjpeg":
        path.write_bytes(b"".join(bytes(cv2.imencode(".jpg", numbered(number, WIDTH, HEIGHT))[1]) for number in range(COUNT)))
        return path
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*CODECS[kind]), rate_hz, (WIDTH, HEIGHT))
    for number in range(COUNT):
        writer.write(cv2.cvtColor(numbered(number, WIDTH, HEIGHT), cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def counts() -> list[NDArray[np.uint16]]:
    """Pictures that use all 16 bits."""
    rng = np.random.default_rng(5)
    return [rng.integers(0, 65_536, (60, 80)).astype(np.uint16) for _ in range(12)]


def write_counts(path: Path) -> Path:
    """The same path, with them in it."""
    with CountsVideo(path, 80, 60, 9.0) as video:
        for picture in counts():
            video.write(picture)
    return path


def frames(recording: Recording, most: int | None = None) -> list[Frame]:
    """All pictures of an open recording, or the first few."""
    return list(islice((block for block in recording.blocks() if isinstance(block, Frame)), most))


@pytest.mark.parametrize("kind", CODECS)
def test_every_picture_comes_in_its_order_and_time(tmp_path: Path, kind: str) -> None:
    with Recording(write_video(tmp_path, kind), "fast") as recording:
        found = frames(recording)
        assert (recording.progress, recording.words(), recording.t_utc_start_ns) == (1.0, f"playing clip.{kind}, 100%", None)
    rate_hz = 25.0 if kind == "mjpeg" else 20.0
    assert [number_of(frame.picture) for frame in found] == list(range(COUNT))
    assert [(frame.sequence, frame.lost, frame.repeated) for frame in found] == [(number, 0, False) for number in range(COUNT)]
    assert all(frame.picture.shape == (HEIGHT, WIDTH) and frame.picture.dtype == np.uint8 for frame in found)
    steps_s = [(later.t_mono_ns - earlier.t_mono_ns) / 1e9 for earlier, later in pairwise(found)]
    assert steps_s == pytest.approx([1 / rate_hz] * (COUNT - 1), abs=0.002)


def test_counts_of_16_bits_come_back_bit_for_bit(tmp_path: Path) -> None:
    with Recording(write_counts(tmp_path / "counts.mkv"), "fast", camera="network_thermal") as recording:
        found = frames(recording)
    assert len(found) == 12
    assert all(np.array_equal(frame.picture, picture) for frame, picture in zip(found, counts(), strict=True))
    assert all(frame.picture.dtype == np.uint16 for frame in found)


def test_a_lepton_recorded_keeps_its_temperatures_and_its_lens(tmp_path: Path) -> None:
    with CountsVideo(tmp_path / "lepton.mkv", 160, 120, 9.0) as video:
        for number in range(4):
            video.write(np.full((120, 160), 29_000 + number, np.uint16))
    with Recording(tmp_path / "lepton.mkv", "fast", camera="lepton_3_5", azimuth_deg=45.0, tilt_deg=10.0) as recording:
        found = frames(recording)
    camera = found[0].camera
    assert camera is not None
    assert (camera.name, camera.band, camera.kelvin_per_count, camera.azimuth_deg) == ("lepton_3_5", "thermal", 0.01, 45.0)
    assert camera.focal_px is not None


def test_only_a_field_of_view_is_enough_for_bearings(tmp_path: Path) -> None:
    with Recording(write_video(tmp_path, "mp4"), "fast", horizontal_fov_deg=90.0) as recording:
        (frame,) = frames(recording, 1)
    assert frame.camera is not None
    assert frame.camera.focal_px == (pytest.approx(120.0), pytest.approx(120.0))
    with Recording(write_video(tmp_path, "mp4"), "fast") as recording:
        assert frames(recording, 1)[0].camera is None


def test_loops_with_time_and_count_going_on_and_at_its_pace(tmp_path: Path) -> None:
    path = write_video(tmp_path, "avi", rate_hz=100.0)
    with Recording(path, "recorded", loop=True) as recording:
        found = frames(recording, COUNT + 5)
    assert [frame.sequence for frame in found] == list(range(COUNT + 5))
    assert [number_of(frame.picture) for frame in found] == [*range(COUNT), *range(5)]
    stamps = [frame.t_mono_ns for frame in found]
    assert stamps == sorted(set(stamps))


def test_pictures_that_stand_still_are_marked(tmp_path: Path) -> None:
    with CountsVideo(tmp_path / "still.mkv", 64, 48, 9.0) as video:
        for level in (100, 200, 200, 200, 200, 300):
            video.write(np.full((48, 64), level, np.uint16))
    with Recording(tmp_path / "still.mkv", "fast", camera="network_thermal", horizontal_fov_deg=50.0) as recording:
        found = frames(recording)
    assert [frame.repeated for frame in found] == [False, False, True, True, True, False]
    assert [frame.shutter for frame in found] == [False, False, False, False, True, False]


@pytest.mark.parametrize("kind", [name for name in CODECS if name not in INDEX_LAST])
def test_a_cut_file_gives_what_it_has_and_says_so(tmp_path: Path, kind: str) -> None:
    path = write_video(tmp_path, kind)
    data = path.read_bytes()
    assert not is_cut(path)
    path.write_bytes(data[: len(data) * 2 // 3 + 5])
    assert is_cut(path)
    with Recording(path, "fast") as recording:
        found = frames(recording)
        assert len(found) >= COUNT // 3
        assert recording.words() == f"clip.{kind}: cut short after {len(found)} frames"
    assert [number_of(frame.picture) for frame in found[:-1]] == list(range(len(found) - 1))


def test_cut_counts_lose_nothing_before_the_cut(tmp_path: Path) -> None:
    path = write_counts(tmp_path / "counts.mkv")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Recording(path, "fast") as recording:
        found = frames(recording)
        assert "cut short after" in recording.words()
    assert len(found) >= 4
    assert all(np.array_equal(frame.picture, picture) for frame, picture in zip(found[:-1], counts(), strict=False))


@pytest.mark.parametrize("kind", INDEX_LAST)
def test_a_file_without_its_index_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    path = write_video(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceMisconfigured, match=rf"nothing in .*clip\.{kind} can be decoded: it is cut off before its index"):
        Recording(path, "fast").open()


def test_noise_behind_a_right_start_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "noise.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + np.random.default_rng(1).bytes(4_000))
    with pytest.raises(SourceMisconfigured, match=r"nothing in .*noise\.mkv can be decoded"):
        Recording(path, "fast").open()


def test_says_what_does_not_go_together(tmp_path: Path) -> None:
    path = write_video(tmp_path, "mp4")
    with pytest.raises(SourceMisconfigured, match="is mp4: it was not recorded with an array"):
        Recording(path, array="uma_16").open()
    with pytest.raises(SourceMisconfigured, match="of an array or of a camera, not of both"):
        Recording(path, array="uma_16", camera="lepton_3_5")
    with pytest.raises(SourceMisconfigured, match="lepton_3_5 takes pictures of 160x120, and these are 240x192"):
        Recording(path, camera="lepton_3_5").open()
    with pytest.raises(SourceMisconfigured, match=r"there is no camera 'lepton_35'"):
        Recording(path, camera="lepton_35").open()


@pytest.mark.parametrize("bits", [8, 16])
def test_a_counts_video_takes_only_its_own_pictures(tmp_path: Path, bits: int) -> None:
    with CountsVideo(tmp_path / "x.mkv", 8, 6, 9.0, bits=bits) as video, pytest.raises(ValueError, match="pictures of this video are"):
        video.write(np.zeros((6, 8), np.uint32))
    with pytest.raises(OSError, match=r"its name must end with \.mkv"):
        CountsVideo(tmp_path / "x.avi", 8, 6, 9.0)


def test_real_clips_come_whole(shared_data: Path) -> None:
    for folder, shape, rate_hz in (("thermal", (256, 320), 30.0), ("visible", (512, 640), 30.0), ("thermal640", (512, 640), 25.0)):
        path = next(path for path in sorted((shared_data / "camera" / folder).iterdir()) if path.suffix in (".mp4", ".avi"))
        with Recording(path, "fast") as recording:
            found = frames(recording, 20)
        assert {frame.picture.shape for frame in found} == {shape}
        steps_s = [(later.t_mono_ns - earlier.t_mono_ns) / 1e9 for earlier, later in pairwise(found)]
        assert sum(steps_s) / len(steps_s) == pytest.approx(1 / rate_hz, rel=0.05)
