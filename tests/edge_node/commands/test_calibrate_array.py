"""`edge-node calibrate-array` as a technician calls it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from drivers.microphone_arrays import read_calibration
from edge_node.cli import parser
from edge_node.commands.calibrate_array import calibrate_array
from tests.edge_node.acoustic.health.test_calibration import RATE_HZ, TRUE_M, walked


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("walk") / "walk.wav"
    sound: NDArray[np.float32] = walked(turns=1.1)
    soundfile.write(path, 0.2 * sound / np.abs(sound).max(), RATE_HZ, subtype="FLOAT")
    return path


def called(recording: Path, out: Path, *flags: str) -> argparse.Namespace:
    line = ["calibrate-array", str(recording), "--array", "square_4", "--temperature", "15", "--ahead", "3", "--out", str(out)]
    return parser().parse_args([*line, *flags])


def test_what_was_found_is_said_and_written(walk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "calibration.toml"
    assert calibrate_array(called(walk, out, "--clockwise")) == os.EX_OK
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said[:4]] == [f"microphone {number}" for number in (1, 2, 3, 4)]
    assert "clockwise" in said[4]
    found = read_calibration(out)
    off_m = np.array(found.positions_m) - TRUE_M
    assert found.array == "square_4"
    assert np.abs(off_m - off_m.mean(axis=0)).max() < 5e-4


def test_a_walk_the_other_way_writes_nothing(walk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "calibration.toml"
    assert calibrate_array(called(walk, out, "--counter-clockwise")) == 1
    assert "mirrored" in capsys.readouterr().err
    assert not out.exists()


def test_what_cannot_be_written_is_said(walk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate_array(called(walk, tmp_path / "nowhere" / "c.toml")) == os.EX_CANTCREAT
    assert "cannot be written" in capsys.readouterr().err


def test_a_recording_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate_array(called(tmp_path / "none.wav", tmp_path / "c.toml")) == os.EX_DATAERR
    assert "none.wav" in capsys.readouterr().err
