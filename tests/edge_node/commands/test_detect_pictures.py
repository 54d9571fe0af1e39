"""`edge-node detect` and `replay` of pictures, as a user calls them, with a detector that sees one thing."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.blocks import Block, Camera, Frame
from drivers.recording import Recording
from drivers.source import SourceMisconfigured
from edge_node import cli
from edge_node.camera.lens import Lens
from edge_node.commands import detect as detecting
from edge_node.commands import replay as replaying
from edge_node.commands.recordings import said_of
from edge_node.messages import BusMessage, CameraDetection
from edge_node.node import pipeline

RATE_HZ = 25
PICTURES = 30
CAMERA = Camera(name="any", band="thermal", width=160, height=120, focal_px=(200, 200), centre_px=(79.5, 59.5), azimuth_deg=90, tilt_deg=10)
ASKED = "frame box azimuth_deg elevation_deg sigma_azimuth_deg sigma_elevation_deg label probabilities snr temperature_k track"


class Clip(Recording):
    """A bright dot that crosses thirty pictures, as a recording."""

    def open(self) -> None:
        self.t_mono_start_ns = 1_000_000_000

    def blocks(self) -> Iterator[Block | None]:
        for number in range(PICTURES):
            picture = np.full((120, 160), 30, np.uint8)
            picture[50:54, 20 + 3 * number : 26 + 3 * number] = 220
            yield Frame(1_000_000_000 + number * 1_000_000_000 // RATE_HZ, number, 0, picture, CAMERA)

    def words(self) -> str:
        return "played"


class Spotter:
    """Tells where a picture is bright."""

    def step(self, block: Block) -> Sequence[BusMessage]:
        assert isinstance(block, Frame)
        assert block.camera is not None
        rows, columns = np.nonzero(block.picture > 100)
        box = float(columns.min()), float(rows.min()), float(np.ptp(columns) + 1), float(np.ptp(rows) + 1)
        sighted = Lens(block.camera, block.picture.shape[1], block.picture.shape[0]).bearing_of(box)
        assert sighted is not None
        said = CameraDetection(
            t_mono_ns=block.t_mono_ns,
            frame=block.sequence,
            track=1,
            box=box,
            label="drone",
            probability=0.934,
            probabilities={"drone": 0.934, "bird": 0.05},
            snr=12.0,
            azimuth_deg=sighted.azimuth_deg,
            elevation_deg=sighted.elevation_deg,
            sigma_azimuth_deg=sighted.sigma_azimuth_deg,
            sigma_elevation_deg=sighted.sigma_elevation_deg,
            range_m=312.0,
            sigma_range_m=90.0,
        )
        return [said]

    def words(self) -> str:
        return "1 object"


@pytest.fixture
def clip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """What a user calls the recording; it opens as Clip, and its pictures go to Spotter."""
    monkeypatch.setitem(pipeline.DETECTORS, "Frame", f"{__name__}:Spotter")
    for module in (detecting, replaying):
        monkeypatch.setattr(module, "opened_by", lambda path, _: Clip(path))
    return str(tmp_path / "clip.avi")


@pytest.fixture
def video(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The same in a file, which the driver reads."""
    monkeypatch.setitem(pipeline.DETECTORS, "Frame", f"{__name__}:Spotter")
    path = str(tmp_path / "dot.mp4")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), RATE_HZ, (160, 120))
    for block in Clip(tmp_path).blocks():
        assert isinstance(block, Frame)
        writer.write(cv2.cvtColor(block.picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def detect(*arguments: str) -> int:
    return detecting.detect(cli.parser().parse_args(["detect", *arguments]))


def test_every_picture_says_where_it_is_and_what(clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(clip, "--as", "camera", "--json") == os.EX_OK
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == PICTURES
    for number, row in enumerate(rows):
        assert set(ASKED.split()) | {"kind", "t_s"} <= row.keys()
        assert (row["kind"], row["frame"], row["t_s"]) == ("camera", number, pytest.approx(number / RATE_HZ))
        assert row["box"] == [20 + 3 * number, 50, 6, 4]
    assert rows[19]["azimuth_deg"] == pytest.approx(90.1, abs=0.3)
    assert rows[19]["elevation_deg"] == pytest.approx(10 + np.degrees(8 / 200), abs=0.1)


def test_what_is_said_of_the_camera_makes_the_bearings_of_a_video(video: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(video, "--json", "--fov", "43.6", "--azimuth", "90", "--tilt", "10") == os.EX_OK
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == PICTURES
    assert rows[19]["azimuth_deg"] == pytest.approx(90.1, abs=0.6)
    assert rows[19]["elevation_deg"] == pytest.approx(10 + np.degrees(8 / 200), abs=0.6)


@pytest.mark.parametrize("command", ["detect", "replay"])
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("--camera boson_64_14mm", "did you mean 'boson_640_14mm'?"),
        ("--camera lepton_3_5 --array square_4", "of an array or of a camera"),
        ("--fov 400", "horizontal_fov_deg = 400.0"),
        ("--azimuth 400", "azimuth_deg = 400.0"),
    ],
)
def test_what_does_not_fit_the_pictures_is_said_with_what_would(
    video: str, capsys: pytest.CaptureFixture[str], command: str, said: str, words: str
) -> None:
    arguments = cli.parser().parse_args([command, video, *said.split()])
    assert {"detect": detecting.detect, "replay": replaying.replay}[command](arguments) == os.EX_DATAERR
    out, error = capsys.readouterr()
    assert (out, words in error) == ("", True), error


def test_the_table_has_its_columns(clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(clip) == os.EX_OK
    heading, first, *_ = capsys.readouterr().out.splitlines()
    named = "t_s frame track label probability box azimuth_deg sigma_azimuth_deg elevation_deg sigma_elevation_deg range_m snr"
    assert heading.split()[:12] == named.split()
    assert first.split()[:9] == ["0.000", "0", "1", "drone", "0.93", "20,", "50,", "6,", "4"]


@pytest.mark.parametrize(("name", "magic"), [("page.png", b"\x89PNG"), ("film.mp4", b"ftyp"), ("FILM.MP4", b"ftyp")])
def test_the_name_says_whether_it_is_drawn_on_a_page_or_as_a_film(
    clip: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, magic: bytes
) -> None:
    assert detect(clip, "--plot", str(tmp_path / name)) == os.EX_OK
    assert magic in (tmp_path / name).read_bytes()[:16]
    assert f"plot: {tmp_path / name}" in capsys.readouterr().err


def test_where_nothing_can_be_written_it_is_said_before_all_is_read(clip: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(clip, "--plot", str(tmp_path / "nowhere" / "film.mp4")) == os.EX_CANTCREAT
    out, error = capsys.readouterr()
    assert (out, "no folder that can be written to" in error) == ("", True)


def test_a_film_is_made_of_pictures_alone(shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = shared_data / "remote_id" / "odid_wifi_bcn_sample.pcap"
    assert detect(str(recording), "--plot", str(tmp_path / "film.mp4")) == os.EX_UNAVAILABLE
    assert "end it in .png" in capsys.readouterr().err


def test_what_is_looked_for_must_be_in_it(clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(clip, "--as", "acoustic") == os.EX_DATAERR
    assert "--as camera fits" in capsys.readouterr().err


def test_a_replay_makes_one_track_of_it(clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert replaying.replay(cli.parser().parse_args(["replay", clip])) == os.EX_OK
    new, confirmed, last = capsys.readouterr().out.splitlines()
    assert "track 1 new: seen a drone at " in new
    assert "track 1 confirmed: seen a drone at " in confirmed
    assert "track 1 is confirmed: seen a drone at " in last
    assert re.search(r"93 %, about 312 m  taken for a multirotor, \d+ %$", last)


@pytest.mark.parametrize("command", ["detect", "replay"])
def test_how_pictures_were_recorded_is_said_by_the_drivers_names(command: str, tmp_path: Path) -> None:
    (tmp_path / "mask.toml").write_text("masks = [[[0, 200], [319, 200], [319, 255]]]\nlowest_elevation_deg = 1.5\n")
    said = f"--camera boson_640 --azimuth 40 --tilt 5 --roll -1 --fov 24 --mask {tmp_path / 'mask.toml'}"
    assert said_of(cli.parser().parse_args([command, "x.avi", *said.split()])) == {
        "camera": "boson_640",
        "azimuth_deg": 40.0,
        "tilt_deg": 5.0,
        "roll_deg": -1.0,
        "horizontal_fov_deg": 24.0,
        "masks": [[[0, 200], [319, 200], [319, 255]]],
        "lowest_elevation_deg": 1.5,
    }
    own = said_of(cli.parser().parse_args([command, "x.avi", "--camera", "mine.toml"]))
    assert own == {"camera": str(Path.cwd() / "mine.toml")}


@pytest.mark.parametrize(
    ("text", "words"),
    [("mask = []", "mask: did you mean 'masks'?"), ("masks = [", "mask.toml: "), (None, "No such file")],
    ids=["unknown", "broken", "missing"],
)
def test_a_file_of_masks_that_is_wrong_is_said(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "mask.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SourceMisconfigured, match="--mask") as wrong:
        said_of(cli.parser().parse_args(["detect", "x.avi", "--mask", str(path)]))
    assert words in str(wrong.value)
