"""`edge-node detect` on video: what the command line says of the camera is checked before anything is looked for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from edge_node.cli import parser
from edge_node.commands.detect import detect
from tools.counts_video import CountsVideo


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four pictures of a Lepton."""
    path = tmp_path / "clip.mkv"
    with CountsVideo(path, 160, 120, 9.0) as video:
        for number in range(4):
            video.write(np.full((120, 160), 29_000 + number, np.uint16))
    return path


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--camera", "lepton_35"], "there is no camera 'lepton_35': did you mean 'lepton_3_5'?"),
        (["--camera", "mine.toml"], "mine.toml"),
        (["--camera", "boson_640_14mm"], "boson_640_14mm takes pictures of 640x512, and these are 160x120"),
        (["--fov", "200"], "horizontal_fov_deg = 200.0: must be degrees above 0 and at most 170"),
        (["--array", "uma_16"], "clip.mkv is matroska: it was not recorded with an array"),
        (["--array", "uma_16", "--camera", "lepton_3_5"], "a recording is of an array or of a camera, not of both"),
    ],
)
def test_says_what_cannot_be(clip: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    assert detect(parser().parse_args(["detect", str(clip), *options])) == os.EX_DATAERR
    assert words in capsys.readouterr().err
