from __future__ import annotations

import io
import os
import shutil
from contextlib import nullcontext
from errno import ENOSPC
from pathlib import Path

import msgspec
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from msgspec.structs import replace

from drivers.blocks import AnyBlock
from drivers.mcap import messages
from drivers.recording import Recording
from edge_node.record import sealed
from edge_node.record.archive import Archive, NoRoom, name_of
from edge_node.record.closing import close_cut
from edge_node.record.folder import RecordedFolder
from edge_node.record.head import Head, Trigger
from edge_node.record.kept import kept
from edge_node.record.opening import open_to
from edge_node.record.part import PartFile, SensorPart, SpinePart, Target
from edge_node.record.session import Begun, Failed, Session
from edge_node.timebase import Timebase
from tests.edge_node.record import recordings as made
from tests.small_disk import fill, set_writable, small_disk

KILO, S = 1_000, 1_000_000_000


def head(number: int) -> Head:
    """Of a recording that was triggered so many seconds later."""
    trigger = Trigger(cause="command", t_mono_ns=number * S)
    return replace(made.head(()), id=f"{number:08x}", triggers=(trigger,), finished=False)


def stored(archive: Archive, number: int, size: int) -> Path:
    """A whole recording of that size."""
    target = archive.begin(head(number), None)
    (target.folder / "x.wav").write_bytes(bytes(size))
    archive.finish(target, replace(head(number), finished=True))
    return target.folder


def test_the_oldest_go_when_the_quota_is_full(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings", 100 * KILO, 0)
    paths = [stored(archive, number, 20 * KILO) for number in range(20)]
    archive.make_room(None)
    assert [one.path for one in archive.all()] == paths[-4:]
    assert sum(archive.size(one.path) for one in archive.all()) <= 100 * KILO
    assert not list((tmp_path / "recordings").glob(".*"))
    assert [(path.stat().st_mode & 0o777) for path in (tmp_path / "recordings", paths[-1], paths[-1] / "head.json")] == [
        0o700,
        0o700,
        0o600,
    ]


def test_the_one_that_is_written_stays_and_ends_when_it_alone_fills_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 100 * KILO, 0)
    stored(archive, 1, 20 * KILO)
    target = archive.begin(head(2), None)
    (target.folder / "x.wav").write_bytes(bytes(150 * KILO))
    archive.make_room(target.folder)
    assert [one.path for one in archive.all()] == [target.folder]
    assert "whole quota" in archive.full(archive.size(target.folder))


@given(st.lists(st.integers(0, 60_000), max_size=40))
@settings(max_examples=30, deadline=None)
def test_the_quota_holds_whatever_comes(sizes: list[int]) -> None:
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"quota-{os.getpid()}"
    archive = Archive(folder, 100 * KILO, 0)
    try:
        for number, size in enumerate(sizes):
            newest = stored(archive, number, size)
            archive.make_room(None)
            assert newest.exists()
            assert sum(archive.size(one.path) for one in archive.all()) <= 100 * KILO
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_what_is_too_old_goes_and_nothing_else_does(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 10**9, 0)
    old, new = stored(archive, 0, 10), stored(archive, 100, 10)
    (tmp_path / "detections.jsonl").touch()
    (tmp_path / "20200101T000000Z-notes").mkdir()
    (tmp_path / "photos").mkdir()
    day_s = 86_400
    gone = archive.expire(made.CLOCK.utc_ns(50 * S) / S + day_s, 1.0)
    assert gone == [old]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["20200101T000000Z-notes", "detections.jsonl", "photos", new.name])


def test_one_made_by_a_clock_that_nobody_vouched_for_counts_from_when_it_was_seen_by_one(tmp_path: Path) -> None:
    archive, days, day_s = Archive(tmp_path, 10**9, 0), 2.0, 86_400
    unsure = replace(head(0), clock=Timebase(0, "unknown", None))
    target = archive.begin(unsure, None)
    archive.finish(target, replace(unsure, finished=True))
    assert target.folder.name.startswith("1970")
    now_s = 1.8e9
    assert archive.expire(now_s, days) == []
    assert Archive(tmp_path, 10**9, 0).expire(now_s + 1.9 * day_s, days) == []
    assert Archive(tmp_path, 10**9, 0).expire(now_s + 2.1 * day_s, days) == [target.folder]


def test_a_disk_that_is_nearly_full_is_left_to_others(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings", 10**9, 1 << 60)
    with pytest.raises(NoRoom, match="less than"):
        archive.begin(head(1), None)
    assert archive.all() == []


def test_a_removal_that_was_cut_is_ended(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 10**9, 0)
    path = stored(archive, 1, 10)
    path.rename(tmp_path / f".gone-{path.name}")
    archive.sweep()
    assert list(tmp_path.iterdir()) == []


def left(folder: Path, key: str | None = None) -> dict[str, list[AnyBlock]]:
    """What a node that died leaves in a folder, and what it had heard."""
    blocks: dict[str, list[AnyBlock]] = {
        "sound": [*made.sound()],
        "cu8": [*made.iq("cu8")],
        "radio": [*made.radio()],
        "imu": [*made.attitudes()],
    }
    made.record(folder, blocks, (), key)
    head = msgspec.json.decode((folder / "head.json").read_bytes(), type=dict)
    (folder / "head.json").write_bytes(msgspec.json.encode(head | {"finished": False}))
    return blocks


def test_what_a_dead_node_left_is_closed_once(tmp_path: Path) -> None:
    path = tmp_path / name_of(made.head(()))
    blocks = left(path)
    archive = Archive(tmp_path, 10**9, 0)
    assert (archive.close_unfinished(path), archive.close_unfinished(None), archive.close_unfinished(None)) == (0, 1, 0)
    folder = RecordedFolder(path)
    assert folder.cut == "the node ended while it was written"
    assert all(all(map(made.same, folder.blocks(name), some)) for name, some in blocks.items())
    assert sorted(one.name for one in path.iterdir()) == sorted(
        ["cu8.sigmf-data", "cu8.sigmf-meta", "head.json", "radio.pcapng", "sound.wav", "spine.mcap"]
    )


def test_the_spine_of_a_closed_recording_is_one_and_others_open_its_files(tmp_path: Path) -> None:
    path = tmp_path / "one"
    blocks = left(path)
    assert close_cut(path, "why not")
    messages = list(make_reader(io.BytesIO((path / "spine.mcap").read_bytes())).iter_messages())
    topics = {f"/sensor/{name}/blocks": len(some) for name, some in blocks.items()}
    found = [channel.topic for _, channel, _ in messages]
    assert {topic: found.count(topic) for topic in topics} == {**topics, "/sensor/sound/blocks": 21}
    samples, rate_hz = soundfile.read(path / "sound.wav", dtype="float32")
    assert (samples.shape, rate_hz) == ((20 * 480, 2), 9_600)
    for name in ("cu8.sigmf-meta", "sound.wav"):
        with Recording(path / name, "fast") as recording:
            assert sum(block is not None for block in recording.blocks()) > 0


@settings(max_examples=40, deadline=None)
@given(where=st.tuples(st.integers(0, 99), st.floats(0, 1)), locked=st.booleans())
def test_closing_what_was_cut_at_any_byte_loses_nothing_more(
    tmp_path_factory: pytest.TempPathFactory, where: tuple[int, float], locked: bool
) -> None:
    secret, public = sealed.make_pair()
    path = tmp_path_factory.mktemp("cut") / "one"
    blocks = left(path, public if locked else None)
    files = sorted(one for one in path.iterdir() if not one.name.startswith("head"))
    cut = files[where[0] % len(files)]
    os.truncate(cut, round(where[1] * cut.stat().st_size))
    key = sealed.private_key(secret) if locked else None
    before = {name: list(RecordedFolder(path, key).blocks(name)) for name in blocks}
    assert close_cut(path, "the power went")
    assert {name: len(list(RecordedFolder(path, key).blocks(name))) for name in blocks} == {
        name: len(some) for name, some in before.items()
    }
    assert RecordedFolder(path, key).cut == "the power went"
    assert not close_cut(path, "again")


def test_a_sealed_recording_is_opened_to_a_plain_one(tmp_path: Path) -> None:
    secret, public = sealed.make_pair()
    blocks = left(tmp_path / "one", public)
    close_cut(tmp_path / "one", "the power went")
    assert open_to(tmp_path / "one", sealed.private_key(secret), tmp_path / "two") == "the power went"
    plain = RecordedFolder(tmp_path / "two")
    assert plain.head.sealed_to is None
    assert all(all(map(made.same, plain.blocks(name), some)) for name, some in blocks.items())
    assert soundfile.info(tmp_path / "two" / "sound.wav").frames == 20 * 480
    assert (tmp_path / "two" / "spine.mcap").exists()
    with pytest.raises(FileExistsError):
        open_to(tmp_path / "one", sealed.private_key(secret), tmp_path / "two")


def test_a_full_disk_and_one_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        archive = Archive(disk / "recordings", 10**9, 0)
        path = stored(archive, 1, 10)
        ballast = fill(disk)
        with pytest.raises(OSError, match="No space left"):
            archive.begin(head(2), None)
        ballast.unlink()
        set_writable(disk, False)
        with pytest.raises(OSError, match="Read-only"):
            archive.begin(head(3), None)
        assert RecordedFolder(path).cut is None


def test_a_file_that_goes_while_sizes_are_added_up_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that another process lays there under a name for the moment does."""
    (tmp_path / "one").write_bytes(bytes(10))
    (tmp_path / ".new-1").write_bytes(bytes(10))
    listed = list(os.scandir(tmp_path))
    (tmp_path / ".new-1").unlink()
    monkeypatch.setattr(os, "scandir", lambda _: nullcontext(listed))
    assert Archive(tmp_path, 10**9, 0).size(tmp_path) == 10


def test_a_sealed_file_that_somebody_cut_is_named_when_it_is_opened(tmp_path: Path) -> None:
    """At the end of a piece, so that what is left is in order."""
    secret, public = sealed.make_pair()
    made.record(tmp_path / "one", {"sound": [*made.sound()]}, (), public)
    spine = tmp_path / "one" / "spine-sound.mcap.enc"
    last = 4 + sealed.MORE_BYTES
    os.truncate(spine, spine.stat().st_size - last)
    said = open_to(tmp_path / "one", sealed.private_key(secret), tmp_path / "two")
    assert said == "spine-sound.mcap: cut short or changed, and opened up to there"
    assert RecordedFolder(tmp_path / "two").cut == said


def test_what_cannot_be_sealed_leaves_no_file_open(tmp_path: Path) -> None:
    opened = Path("/proc/self/fd")
    before = len([*opened.iterdir()])
    with pytest.raises(sealed.KeyUnusable):
        PartFile(Target(tmp_path, "abcd", 0, "no key"), "one")
    assert len([*opened.iterdir()]) == before


def test_a_spine_begins_with_its_first_block_whatever_the_clock_says(tmp_path: Path) -> None:
    """What is said of an array has the time of its first block, and a clock of before 1970 that of 1970."""
    target = made.record(tmp_path / "one", {"sound": made.sound()[5:]})
    times = [one.log_ns for one in messages(io.BytesIO((target.folder / "spine-sound.mcap").read_bytes()))]
    assert times[0] == times[1] == made.CLOCK.offset_ns + 5 * made.STEP_NS
    part = SensorPart(replace(target, folder=tmp_path, offset_ns=-(10**15)), "sound", 1)
    part.write(kept(made.sound()[0]))
    part.close()
    assert {one.log_ns for one in messages(io.BytesIO((tmp_path / "spine-sound.mcap").read_bytes()))} == {0}


def test_a_disk_that_fails_at_begin_or_end_leaves_no_file_open_and_no_recording_unclosed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    opened = Path("/proc/self/fd")
    session = Session(Archive(tmp_path, 10**9, 0))
    before = len([*opened.iterdir()])
    with monkeypatch.context() as full:
        full.setattr("edge_node.record.session.SpinePart", fail)
        assert isinstance(session.begin(head(1), None), Failed)
    assert isinstance(session.begin(head(2), None), Begun)
    with monkeypatch.context() as full:
        full.setattr(SpinePart, "flush", fail)
        assert isinstance(session.finish(head(2)), Failed)
    assert len([*opened.iterdir()]) == before
    with monkeypatch.context() as full:
        full.setattr("edge_node.record.session.SpinePart", fail)
        assert isinstance(session.begin(head(3), None), Failed)
    assert session.keep_house(None, 30) is None
    folders = [RecordedFolder(path).head for path in sorted(tmp_path.iterdir())]
    assert [(one.finished, one.cut) for one in folders] == [(True, "the node ended while it was written")] * 3
