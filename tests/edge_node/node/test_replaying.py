"""A recording through pipelines and tracking again: the same tracks as live, twice the same, and any part of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from edge_node.messages import Detection, TrackEvent
from edge_node.node.histories import Histories
from edge_node.node.likeness import Likeness, compare
from edge_node.node.replaying import Replay
from edge_node.node.saying import Ended, Passed, lasts_ns, said
from edge_node.record.folder import RecordedFolder
from edge_node.record.sealed import make_pair, private_key
from edge_node.record.spine import Told
from tests.edge_node.node.kept_scene import ADDRESS, DRIVEN, GNSS, SECONDS, SERIAL, KeptScene, signals

MOST_APART_M, MOST_APART_DEG = 1.0, 1.0
"""What the order costs in which words of sensors that think for long reached the hub."""


def likeness(recording: RecordedFolder, replay: Replay, told: Iterable[Told]) -> Likeness:
    live = (one for one in recording.told() if replay.from_ns <= one.t_mono_ns < replay.to_ns)
    return compare(Histories(live), Histories(told), replay.from_ns)


def require_alike(found: Likeness, tracks: int) -> None:
    assert (len(found.found), found.missing, found.added) == (tracks, (), ())
    for one in found.found:
        assert one.identity
        assert (one.first_seen_s, one.confirmed_s) == (0.0, 0.0)
        assert (one.place_m or 0.0) <= MOST_APART_M
        assert (one.azimuth_deg or 0.0) <= MOST_APART_DEG


def replayed(folder: Path, *options: str, seed: str = "random") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "edge_node", "replay", "--json", str(folder), *options]
    return subprocess.run(command, check=False, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed})


def test_replay_finds_the_tracks_that_were_told_live(kept: Path) -> None:
    recording = RecordedFolder(kept)
    replay = Replay(recording)
    found = likeness(recording, replay, replay.told())
    require_alike(found, 5)
    assert found.words().startswith("5 of 5 tracks that were told live are found again, identities alike, at most 0.000 s")


def test_two_processes_say_the_same_bit_by_bit(kept: Path) -> None:
    first, second = replayed(kept, seed="1"), replayed(kept, seed="2")
    assert first.returncode == second.returncode == 0, first.stderr.decode()
    assert SERIAL.encode() in first.stdout
    assert first.stdout == second.stdout


def test_words_of_a_sensor_whose_blocks_were_not_kept_are_heard_again(kept: Path, tmp_path: Path) -> None:
    scene = KeptScene(kept.parent / "signals")
    told = [(one.t_mono_ns, one.message) for one in RecordedFolder(kept).told()]
    recording = RecordedFolder(scene.keep(tmp_path / "quiet", told, ("microphones", "camera")))
    replay = Replay(recording)
    states = Histories(replay.told())
    require_alike(likeness(recording, replay, replay.told()), 5)
    assert "microphones" not in {one.name for one in replay.played}
    assert any("microphones" in one.last.sensors for one in states.of.values())


@pytest.mark.parametrize("unkept", [(), ("microphones",)], ids=["blocks", "words alone"])
def test_position_and_attitude_of_a_car_turn_its_bearings_as_they_did(tmp_path: Path, unkept: tuple[str, ...]) -> None:
    scene = KeptScene(signals(tmp_path, DRIVEN, 5.0))
    recording = RecordedFolder(scene.keep(tmp_path / "driven", scene.lived(), unkept))
    assert {type(block).__name__ for block in recording.blocks(GNSS)} == {"GnssFix", "Attitude"}
    replay = Replay(recording)
    require_alike(likeness(recording, replay, replay.told()), 1)
    heard = [one.last for one in Histories(replay.told()).of.values() if one.last.bearing]
    assert {one.bearing.reference for one in heard if one.bearing} == {"true_north"}


def test_an_encrypted_recording_is_replayed_with_its_key_alone(kept: Path, tmp_path: Path) -> None:
    text, public = make_pair()
    scene = KeptScene(kept.parent / "signals")
    folder = scene.keep(tmp_path / "sealed", [(one.t_mono_ns, one.message) for one in RecordedFolder(kept).told()], key=public)
    (tmp_path / "key").write_text(text)
    shut = replayed(folder)
    assert shut.returncode == os.EX_DATAERR
    assert b"encrypted" in shut.stderr
    opened = replayed(folder, "--key", str(tmp_path / "key"))
    assert opened.returncode == 0, opened.stderr.decode()
    assert opened.stdout == replayed(kept).stdout
    assert RecordedFolder(folder, private_key(text)).head.node == "mast-one"


def test_a_part_of_it_is_that_part(kept: Path) -> None:
    recording = RecordedFolder(kept)
    replay = Replay(recording, ["wifi"], 1.0, 3.0)
    passed: list[Passed] = []
    told = list(replay.told(passed.append))
    assert {one.name for one in replay.played} == {"wifi", GNSS}
    assert {one.sensor for one in passed} == {"wifi", GNSS}
    heard = [message for one in passed for message in one.messages if isinstance(message, Detection)]
    assert all(replay.from_ns <= one.t_mono_ns < replay.to_ns for one in heard)
    assert replay.to_ns - replay.from_ns == 2_000_000_000
    assert any(isinstance(one.message, TrackEvent) and one.message.kind == "confirmed" for one in told)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sensor", "sonar"), "there is no sensor 'sonar' in it; there are wifi, bluetooth, microphones, camera, links, gnss"),
        (("--from", "noon"), "'noon' is neither seconds from the begin nor a UTC time such as 2026-11-28T18:15:02Z"),
        (("--from", "1e999"), "'1e999' is no number of seconds"),
        (("--from", "3", "--to", "2"), "there is nothing between: it lasts 4.0 s"),
        (("--plot", "page.gif"), "--plot page.gif: end it in .png, .svg, .pdf"),
    ],
    ids=["no such sensor", "no time", "endless", "no time between", "no such picture"],
)
def test_what_cannot_be_done_is_said(kept: Path, options: tuple[str, ...], words: str) -> None:
    done = replayed(kept, *options)
    assert (done.returncode, done.stderr.decode()) == (os.EX_DATAERR, f"edge-node: {words}\n")


def test_a_utc_time_is_a_time(kept: Path) -> None:
    by_number = replayed(kept, "--sensor", "wifi", "--from", "1", "--to", "2.5")
    by_clock = replayed(kept, "--sensor", "wifi", "--from", "2026-06-21T12:00:01Z", "--to", "2026-06-21T12:00:02.5+00:00")
    assert by_number.stdout
    assert by_clock.stdout == by_number.stdout


def test_a_cut_recording_is_replayed_up_to_its_cut(kept: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(kept, tmp_path / "cut"))
    with (folder / "links.sigmf-data").open("r+b") as file:
        file.truncate(2_000_000)
    done = replayed(folder)
    assert done.returncode == 0
    assert b"cut: links: links.sigmf-data is cut or damaged at byte" in done.stderr
    assert SERIAL.encode() in done.stdout


def test_a_sensor_speaks_when_its_blocks_are_whole_and_never_before_its_own_past(kept: Path) -> None:
    recording = RecordedFolder(kept)
    for sensor in recording.sensors:
        ends = [block.t_mono_ns + lasts_ns(block) for block in recording.blocks(sensor.name)]
        *spoken, ended = said(recording, sensor, recording.head.from_mono_ns, recording.head.until_mono_ns)
        times = [one.t_mono_ns for one in spoken if isinstance(one, Passed)]
        assert isinstance(ended, Ended)
        assert times == sorted(times)
        assert max(ends) <= recording.head.from_mono_ns + round(SECONDS * 1e9)
        assert all(message.t_mono_ns <= one.t_mono_ns for one in spoken if isinstance(one, Passed) for message in one.messages)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_page_shows_every_sensor_and_all_tracks(kept: Path, tmp_path: Path, suffix: str) -> None:
    page = tmp_path / f"page{suffix}"
    done = replayed(kept, "--plot", str(page))
    assert done.returncode == 0, done.stderr.decode()
    assert page.stat().st_mode & 0o777 == 0o600
    assert page.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" if suffix == ".png" else b"<svg" in page.read_bytes()


def test_transmitters_name_a_track_that_says_no_id(kept: Path) -> None:
    recording = RecordedFolder(kept)
    live = Histories(recording.told())
    named = [one for one in live.of.values() if one.last.identity and ADDRESS in one.last.identity.transmitters]
    assert [one.was_confirmed for one in named if one.when("merged") is None] == [True]
