"""`edge-node detect` and `replay` of sound, as a user calls them."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest

from edge_node import cli
from edge_node.node.detect import detect
from edge_node.node.replay import replay

RATE_HZ = 16_000


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
