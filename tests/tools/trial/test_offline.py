"""The same small scene from files: the same trial comes out, again and again, and its recordings can be played by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.trial.scenes import SERIAL, SMALL
from tools.trial import recorded
from tools.trial.__main__ import main
from tools.trial.outcome import Outcome, TrialError

SECONDS = 3.0


def test_a_scene_from_files_is_the_same_trial_again_and_as_a_recording(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    told = [str(tmp_path / "small.toml"), "--offline", "--keep", "--seconds", str(SECONDS), "--no-report", "--out"]
    for name in ("one", "two"):
        assert main([*told, str(tmp_path / name)]) == 0
    assert main(["--recording", str(tmp_path / "one" / "signals"), "--no-report", "--out", str(tmp_path / "three")]) == 0
    one, two, three = (Outcome(tmp_path / name) for name in ("one", "two", "three"))
    check_heard(one)
    check_signals(tmp_path / "one", tmp_path / "two")
    assert [one.head.mode, three.head.mode] == ["offline", "recording"]
    assert list(one.heard()) == list(two.heard()) == list(three.heard())
    assert list(one.detections("mast-one")) == list(three.detections("mast-one"))


def check_heard(outcome: Outcome) -> None:
    """C2 would have heard the drone by ear and by its serial."""
    heard = list(outcome.heard())
    assert [one.t_s for one in heard] == sorted(one.t_s for one in heard)
    tracks = [track for one in heard if one.event["kind"] == "tracks" for track in one.event["tracks"]]
    assert {uas_id["value"] for track in tracks if track["identity"] for uas_id in track["identity"]["ids"]} == {SERIAL}
    assert {name for track in tracks for name in track["sensors"]} >= {"wifi", "bluetooth", "microphones"}
    (first, *_) = [one.event for one in heard if one.event["kind"] == "status"]
    assert (first["node"], first["name"]) == ("mast-one", "mast-one")
    assert {one["kind"] for one in outcome.detections("mast-one")} >= {"remote_id", "acoustic", "position_fix", "sensor_report"}


def check_signals(one: Path, two: Path) -> None:
    """They are those of the seed to the last bit."""
    files = [sorted(path for path in (folder / "signals").rglob("*.*") if path.is_file()) for folder in (one, two)]
    assert {"wifi.pcap", "bluetooth.pcap", "sound.wav", "gnss.txt"} <= {path.name for path in files[0]}
    assert [path.name for path in files[0]] == [path.name for path in files[1]]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_a_folder_that_holds_no_recording_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--recording", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "recording.toml: [Errno 2] No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('name = "wifi"\npath = "wifi.pcap"', "mast has no "),
        ('name = "wifi"\npath = "recording.toml"\narray = "a b"', "mast, sensor 'wifi': Expected `str` matching regex"),
        ('name = "wifi"', "mast, sensor 'wifi': Object missing required field `path`"),
    ],
)
def test_what_is_wrong_with_a_recording_is_said(tmp_path: Path, table: str, words: str) -> None:
    head = (
        'scene = "x"\nseconds = 1\nbegun_utc_ms = 0\n[[node]]\nname = "mast"\nlatitude_deg = 0\nlongitude_deg = 0\naltitude_wgs84_m = 0\n'
    )
    (tmp_path / "recording.toml").write_text(f"{head}[[node.sensor]]\n{table}\n")
    (node,) = recorded.read(tmp_path).node
    with pytest.raises(TrialError, match=words):
        recorded.takes(tmp_path, node)


def test_a_scene_that_nobody_knows_is_named_with_those_that_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hovering", "--virtual", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "there is no scene 'hovering'; there are " in said
    assert "hover, " in said


def test_a_rack_without_labgrid_or_its_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    assert main([str(tmp_path / "small.toml"), "--rack", str(tmp_path / "env.yaml"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "--rack needs labgrid" in said or "there is no" in said
