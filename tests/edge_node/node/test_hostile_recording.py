"""Recordings that somebody made up: links out of the folder, pipes, times without end, blocks of no device, signs that a terminal obeys."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.blocks import AnyBlock, AudioBlock
from drivers.source import SourceError
from edge_node import cli
from edge_node.commands.export import export
from edge_node.commands.replay import replay
from edge_node.commands.shown import show_json, show_text
from edge_node.incident.redaction import Redaction
from edge_node.messages import Identity, Track, TrackEvent, UasId
from edge_node.node.histories import MOST_EVENTS, Histories
from edge_node.node.incidents import LIVE, Account, incident_of
from edge_node.node.pipeline import Pipeline
from edge_node.node.replaying import Replay
from edge_node.node.saying import Passed, lasts_ns, said
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.spine import Told
from tests.edge_node.record import recordings as made

SECRET = b"a key of this computer" * 100


def folder(at: Path, **head: Any) -> Path:
    """A recording of sound, with what its head shall say."""
    made.record(at / "r", {"sound": made.sound()})
    path = at / "r" / "head.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | head))
    return at / "r"


def linked(path: Path, to: Path) -> None:
    path.unlink()
    path.symlink_to(to)


def piped(path: Path, _: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("instead", [linked, piped])
@pytest.mark.parametrize("name", ["sound.wav", "spine-sound.mcap", "head.json"])
def test_what_is_no_file_of_the_folder_is_not_read(tmp_path: Path, instead: Callable[[Path, Path], None], name: str) -> None:
    recording = folder(tmp_path)
    real = Path(shutil.copy(recording / name, tmp_path / "elsewhere"))
    instead(recording / name, real)
    if name == "head.json":
        with pytest.raises(RecordingUnreadable):
            RecordedFolder(recording)
        return
    had: list[AnyBlock] = []
    with suppress(RecordingUnreadable, OSError):
        had += RecordedFolder(recording).blocks("sound")
    assert had == []


def test_nothing_outside_is_hashed(tmp_path: Path) -> None:
    recording = folder(tmp_path)
    (tmp_path / "secret").write_bytes(SECRET)
    (recording / "more.wav").symlink_to(tmp_path / "secret")
    opened = RecordedFolder(recording)
    told = incident_of(opened, Replay(opened), Account(LIVE), Redaction("investigator", b"k"), "1")
    assert "sound.wav" in {one.name for one in told.files}
    assert "more.wav" not in {one.name for one in told.files}


@pytest.mark.parametrize("name", ["../../etc", "x/../y", "a\0b"])
def test_a_sensor_whose_name_is_a_way_leads_nowhere(tmp_path: Path, name: str) -> None:
    recording = folder(tmp_path, sensors=[{"name": name, "driver": "recording"}])
    (recording / "spine-..").mkdir()
    (recording / "spine-x").mkdir()
    opened = RecordedFolder(recording)
    assert [one.kind for one in opened.sensors] == [None]
    with pytest.raises(RecordingUnreadable, match="names no file"):
        opened.open("../head.json")


def test_a_recording_of_years_is_not_played(tmp_path: Path) -> None:
    recording = RecordedFolder(folder(tmp_path, until_mono_ns=2**62))
    with pytest.raises(ValueError, match="no recording does"):
        Replay(recording)


def test_a_place_that_is_none_is_not_known(tmp_path: Path) -> None:
    opened = RecordedFolder(folder(tmp_path, place={"source": "fixed", "latitude_deg": 1e300, "longitude_deg": 4.0}))
    assert incident_of(opened, Replay(opened), Account(LIVE), Redaction("public", b"k"), "1").here is None


def slow(rate_hz: Any) -> AudioBlock:
    return replace(made.sound()[0], sample_rate_hz=rate_hz)


@pytest.mark.parametrize("rate_hz", [0, -16_000, 1e-300])
def test_a_block_without_rate_is_none(rate_hz: float) -> None:
    with pytest.raises(SourceError, match="none of a device"):
        lasts_ns(slow(rate_hz))


class OfOneBlock:
    """Holds a block that says that it lasts for minutes, in a recording of ten seconds."""

    cut = None

    def __init__(self, block: AudioBlock) -> None:
        self._block = block

    def blocks(self, _: str) -> list[AudioBlock]:
        return [self._block]


def test_a_block_does_not_last_longer_than_the_recording(tmp_path: Path) -> None:
    recording: Any = OfOneBlock(slow(16))
    *spoken, _ = said(recording, RecordedFolder(folder(tmp_path)).sensors[0], 0, 10**10)
    assert max((one.t_mono_ns for one in spoken if isinstance(one, Passed)), default=0) <= 10**10


def test_a_block_that_its_pipeline_cannot_take_ends_the_replay_with_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def divides(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(Pipeline, "step", divides)
    recording: Any = OfOneBlock(slow(16))
    with pytest.raises(SourceError, match="sound: a block that no device gives"):
        list(said(recording, RecordedFolder(folder(tmp_path)).sensors[0], 0, 10**10))


def test_events_of_one_track_are_bounded() -> None:
    track = Track(number=1, state="confirmed", t_mono_ns=1, first_seen_mono_ns=0, last_seen_mono_ns=1)
    known = Histories(Told(n, TrackEvent(kind="identified", track=track)) for n in range(MOST_EVENTS + 10))
    assert len(known.of[1].events) == MOST_EVENTS


def test_a_terminal_obeys_no_recording(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b]0;evil\x07\u202e"
    identity = Identity(ids=(UasId("serial_number", evil),))
    track = Track(number=1, state="confirmed", t_mono_ns=1, first_seen_mono_ns=0, last_seen_mono_ns=1, identity=identity)
    recording = folder(tmp_path, cut=evil, finished=False)
    show_text(1.0, track)
    show_json(1.0, replace(track, number=2))
    assert replay(cli.parser().parse_args(["replay", str(recording)])) == os.EX_OK
    assert export(cli.parser().parse_args(["export", str(recording), "--sensor", evil, "-o", str(tmp_path / "x")])) == os.EX_DATAERR
    out, err = capfd.readouterr()
    for text in (out, err):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "cut: ?]0;evil" in err
