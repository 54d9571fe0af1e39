from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.blocks import AnyBlock
from edge_node.messages import RemoteIdDetection, Track, TrackEvent
from edge_node.record import sealed
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.part import SpinePart
from edge_node.record.spine import Spoken, Told
from tests.edge_node.record import recordings as made

HEARD = RemoteIdDetection(t_mono_ns=5, sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01")
TRACK = Track(number=3, state="confirmed", t_mono_ns=7, first_seen_mono_ns=1, last_seen_mono_ns=6)
TOLD: list[tuple[int, Spoken]] = [(6, HEARD), (7, TrackEvent(kind="confirmed", track=TRACK)), (8, TRACK)]


def all_kinds() -> dict[str, list[AnyBlock]]:
    return {
        "sound": [*made.sound()],
        "sound24": [*made.sound(bits=32)],
        "thermal": [*made.pictures()],
        "visible": [*made.pictures(bits=8)],
        **{form: [*made.iq(form)] for form in ("cu8", "cs8", "cs16", "cf32")},
        "radio": [*made.radio()],
        "gnss": [*made.fixes()],
        "imu": [*made.attitudes()],
    }


def test_every_block_comes_back_bit_by_bit_and_so_does_what_was_told(tmp_path: Path) -> None:
    blocks = all_kinds()
    made.record(tmp_path / "one", blocks, TOLD)
    folder = RecordedFolder(tmp_path / "one")
    for name, some in blocks.items():
        back = list(folder.blocks(name))
        assert len(back) == len(some)
        assert all(map(made.same, back, some)), name
    assert list(folder.told()) == [Told(*one) for one in TOLD]
    assert folder.cut is None
    assert {sensor.name: sensor.kind for sensor in folder.sensors} == {name: type(some[0]).__name__ for name, some in blocks.items()}


def test_the_device_s_own_depth_is_kept_where_it_is_exact(tmp_path: Path) -> None:
    made.record(tmp_path / "one", all_kinds())
    sizes = {path.name: path.stat().st_size for path in RecordedFolder(tmp_path / "one").media()}
    assert 0 < sizes["sound.wav"] - 20 * 480 * 2 * 2 < 200
    assert 0 < sizes["sound24.wav"] - 20 * 480 * 2 * 4 < 200
    assert [sizes[f"{form}.sigmf-data"] for form in ("cu8", "cs8", "cs16", "cf32")] == [20_000, 20_000, 40_000, 80_000]


def test_an_encrypted_recording_opens_with_its_key_alone(tmp_path: Path) -> None:
    secret, public = sealed.make_pair()
    blocks = all_kinds()
    made.record(tmp_path / "one", blocks, TOLD, public)
    folder = RecordedFolder(tmp_path / "one", sealed.private_key(secret))
    assert all(all(map(made.same, folder.blocks(name), some)) for name, some in blocks.items())
    assert list(folder.told()) == [Told(*one) for one in TOLD]
    assert folder.cut is None
    for key in (None, sealed.private_key(sealed.make_pair()[0])):
        with pytest.raises(RecordingUnreadable):
            RecordedFolder(tmp_path / "one", key)
    plain = b"".join(path.read_bytes() for path in (tmp_path / "one").iterdir())
    assert b"thermal" not in plain
    assert b"here" not in plain
    assert b"020000000001" not in plain


def test_sealed_files_that_change_places_are_noticed(tmp_path: Path) -> None:
    secret, public = sealed.make_pair()
    blocks: dict[str, list[AnyBlock]] = {"one": [*made.sound()], "two": [*made.sound()]}
    made.record(tmp_path / "one", blocks, (), public)
    shutil.copy(tmp_path / "one" / "one.wav.enc", tmp_path / "one" / "two.wav.enc")
    folder = RecordedFolder(tmp_path / "one", sealed.private_key(secret))
    assert list(folder.blocks("two")) == []
    assert folder.cut is not None


class Whole:
    """A plain and a sealed recording of the same, and the key."""

    def __init__(self, folder: Path) -> None:
        secret, public = sealed.make_pair()
        self.key = sealed.private_key(secret)
        self.blocks: dict[str, list[AnyBlock]] = {"sound": [*made.sound(4)], "thermal": [*made.pictures(6)], "radio": [*made.radio()]}
        self.blocks |= {"cu8": [*made.iq("cu8")], "gnss": [*made.fixes()]}
        made.record(folder / "plain", self.blocks, TOLD)
        made.record(folder / "sealed", self.blocks, TOLD, public)
        self._folder = folder

    def cut(self, folder: Path, seal: str, where: tuple[int, float], fill: int | None) -> str:
        """A copy of which one file is cut, and the name of that."""
        shutil.copytree(self._folder / seal, folder)
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("head"))
        path = folder / names[where[0] % len(names)]
        size = path.stat().st_size
        at = min(round(where[1] * size), size - 1)
        path.write_bytes(path.read_bytes()[:at] + (b"" if fill is None else bytes([fill]) * (size - at)))
        return path.name


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("cut"))


@settings(max_examples=60, deadline=None)
@given(
    where=st.tuples(st.integers(0, 99), st.floats(0, 1)), seal=st.sampled_from(("plain", "sealed")), fill=st.sampled_from((None, 0, 255))
)
def test_cut_at_any_byte_it_opens_up_to_the_cut(
    whole: Whole, tmp_path_factory: pytest.TempPathFactory, where: tuple[int, float], seal: str, fill: int | None
) -> None:
    """Any of its files, at any byte, and what a file system leaves behind it."""
    folder = tmp_path_factory.mktemp("again") / "one"
    cut = whole.cut(folder, seal, where, fill)
    opened = RecordedFolder(folder, whole.key if seal == "sealed" else None)
    for name, some in whole.blocks.items():
        back = list(opened.blocks(name))
        assert all(map(made.same, back, some))
        if not cut.startswith((name, f"spine-{name}")):
            assert len(back) == len(some)
    assert [*opened.told()] == [Told(*one) for one in TOLD][: len([*opened.told()])]


def test_what_is_no_recording_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable, match="cannot be read: No such file"):
        RecordedFolder(tmp_path)
    (tmp_path / "head.json").write_text("[]")
    with pytest.raises(RecordingUnreadable, match="no head of a recording"):
        RecordedFolder(tmp_path)
    made.record(tmp_path / "one", {"sound": [*made.sound(1)]})
    head = json.loads((tmp_path / "one" / "head.json").read_bytes())
    (tmp_path / "one" / "head.json").write_text(json.dumps(head | {"format": 99}))
    with pytest.raises(RecordingUnreadable, match="of format 99"):
        RecordedFolder(tmp_path / "one")


def test_one_that_was_not_finished_says_so(tmp_path: Path) -> None:
    made.record(tmp_path / "one", {"sound": [*made.sound(1)]})
    head = json.loads((tmp_path / "one" / "head.json").read_bytes())
    (tmp_path / "one" / "head.json").write_text(json.dumps(head | {"finished": False}))
    assert RecordedFolder(tmp_path / "one").cut == "the node ended while it was written"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"sensors": [{"name": "x", "driver": "y", "options": {"a": "DEEP"}}]}, "no head of a recording"),
        ({"setting": {"trusted_keys": {"zz": "00"}}}, "not in hex"),
    ],
)
def test_a_head_made_by_somebody_hostile_is_refused_in_words(tmp_path: Path, said: dict[str, object], words: str) -> None:
    made.record(tmp_path / "one", {"sound": [*made.sound(1)]})
    head = json.loads((tmp_path / "one" / "head.json").read_bytes())
    text = json.dumps(head | said).replace('"DEEP"', "[" * 100_000 + "]" * 100_000)
    (tmp_path / "one" / "head.json").write_text(text)
    with pytest.raises(RecordingUnreadable, match=words):
        RecordedFolder(tmp_path / "one")


@pytest.mark.parametrize("change", [{"offset": 2**70}, {"offset": 2**43}, {"rows": 2**70}, {"rows": 2**43}, {"file": "folder"}])
def test_a_spine_made_by_somebody_hostile_ends_the_blocks_in_words(tmp_path: Path, change: dict[str, object]) -> None:
    target = made.record(tmp_path / "one", {"cam": []})
    (target.folder / "folder").mkdir()
    (target.folder / "spine-cam.mcap").unlink()
    said = {"kind": "Frame", "t_mono_ns": 0, "sequence": 0, "lost": 0, "file": "head.json", "offset": 0, "size": 4}
    said["crc"] = zlib.crc32((target.folder / "head.json").read_bytes()[:4])
    part = SpinePart(target, "cam", 1)
    part.say("/sensor/cam/blocks", 0, json.dumps(said | {"form": "u8", "rows": 2, "columns": 2} | change).encode())
    part.close()
    folder = RecordedFolder(target.folder)
    assert list(folder.blocks("cam")) == []
    assert folder.cut is not None
