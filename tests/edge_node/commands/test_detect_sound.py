"""`edge-node detect` and `replay` of sound, as a user calls them."""

from __future__ import annotations

import json
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.microphone_arrays import Mounting, mounted, read_array
from edge_node import cli
from edge_node.commands.detect import detect
from edge_node.commands.replay import replay
from tools.simulate.acoustics import hover, scene_sound
from tools.simulate.rotorcraft import PRESETS

RATE_HZ = 48_000
AZIMUTH_DEG, ELEVATION_DEG = 60.0, 30.0
ASKED = "azimuth_deg elevation_deg sigma_azimuth_deg sigma_elevation_deg probability label blade_pass_hz level_db snr_db"


def write_wav(path: Path, samples: np.ndarray) -> Path:
    """Sound (frames, channels) of full scale 1 as 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def four(tmp_path: Path) -> Path:
    """A second of noise in four channels."""
    return write_wav(tmp_path / "four.wav", np.random.default_rng(1).normal(0, 0.01, (RATE_HZ, 4)))


@pytest.fixture(scope="module")
def hovering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quadcopter that hovers near a square of four microphones, well above their noise."""
    rng = np.random.default_rng(5)
    array = mounted(read_array("square_4"), Mounting("square_4", None, 0.0, 0.0, 0.0))
    heard = scene_sound(array, [(PRESETS["mid_quad"], hover(AZIMUTH_DEG, ELEVATION_DEG, 25.0))], 6.0, rng, rate_hz=RATE_HZ).samples
    level = 0.05 / float(np.sqrt(np.mean(np.square(heard))))
    noise = rng.normal(0, 0.005, heard.shape)
    return write_wav(tmp_path_factory.mktemp("sound") / "hovering.wav", heard * level + noise)


@pytest.fixture(scope="module")
def single(hovering: Path) -> Path:
    """The same by one of the microphones."""
    with wave.open(str(hovering), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 4)[:, :1] / 32768
    return write_wav(hovering.parent / "single.wav", samples)


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """What `detect --json` prints."""
    assert detect(cli.parser().parse_args(["detect", "--json", *arguments])) == os.EX_OK
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_array_says_where_it_is_heard_and_what_it_is(hovering: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, str(hovering), "--array", "square_4", "--azimuth", "90", "--as", "acoustic")
    assert len(found) >= 4
    for row in found:
        assert set(ASKED.split()) | {"kind", "t_s"} <= row.keys()
        assert (row["kind"], row["label"], 0 < row["t_s"] < 6) == ("acoustic", "multirotor", True)
        assert row["azimuth_deg"] == pytest.approx(AZIMUTH_DEG + 90, abs=5)
        assert row["elevation_deg"] == pytest.approx(ELEVATION_DEG, abs=8)
        assert 0 < row["sigma_azimuth_deg"] < 10
        assert row["probability"] > 0.5


def test_a_single_microphone_says_what_it_is_and_nothing_of_where(single: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, str(single))
    assert len(found) >= 4
    for row in found:
        assert {row[name] for name in row if "azimuth" in name or "elevation" in name} == {None}
        assert (row["label"], row["probability"] > 0.5, row["blade_pass_hz"] is None) == ("multirotor", True, False)


def test_table_and_page_are_of_what_is_heard(hovering: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["detect", str(hovering), "--array", "square_4", "--plot", str(tmp_path / "page.png")]
    assert detect(cli.parser().parse_args(arguments)) == os.EX_OK
    heading, first, *_ = capsys.readouterr().out.splitlines()
    assert heading.split()[:5] == ["t_s", "track", "label", "probability", "azimuth_deg"]
    assert first.split()[2] == "multirotor"
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_a_replay_makes_one_track_of_it(hovering: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(cli.parser().parse_args(["replay", str(hovering), "--array", "square_4"])) == os.EX_OK
    new, confirmed, last = capsys.readouterr().out.splitlines()
    assert "track 1 new: heard a multirotor at " in new
    assert "track 1 confirmed: heard a multirotor at " in confirmed
    assert "track 1 is confirmed: heard a multirotor at " in last


@pytest.mark.parametrize("command", ["detect", "replay"])
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("--array uma-16", "there is no array 'uma-16': did you mean 'uma_16'?"),
        ("--array uma_16", "the recording has 4 channels, and uma_16 gives 16"),
        ("--array none.toml", "none.toml"),
        ("--array square_4 --azimuth 400", "azimuth_deg = 400.0: must be degrees from -360 to 360"),
        ("--calibration none.toml", "a calibration is of an array: say which"),
    ],
)
def test_what_does_not_fit_the_sound_is_said_with_what_would(
    four: Path, capsys: pytest.CaptureFixture[str], command: str, said: str, words: str
) -> None:
    arguments = cli.parser().parse_args([command, str(four), *said.split()])
    assert {"detect": detect, "replay": replay}[command](arguments) == os.EX_DATAERR
    out, error = capsys.readouterr()
    assert (out, words in error) == ("", True)
    assert error.startswith("edge-node: ")


def test_sound_is_not_looked_through_for_remote_id(four: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(cli.parser().parse_args(["detect", str(four), "--as", "remote_id"])) == os.EX_DATAERR
    assert "four.wav is no recording for --as remote_id; --as acoustic fits" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["nan", "inf", "warm"])
def test_what_is_no_number_is_no_temperature(four: Path, number: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args(["detect", str(four), "--temperature", number])
    assert ended.value.code == 2
