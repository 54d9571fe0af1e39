"""The black box of one sensor, its thread and its file, and who may wish for it on the spot."""

from __future__ import annotations

import os
from errno import ENOSPC
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from drivers.blocks import AnyBlock, Frame
from edge_node.config import BlackBoxTable, Config, NodeTable
from edge_node.config_file import ConfigError, load
from edge_node.field.doctor import black_box as before
from edge_node.node.black_box import LOOK_EVERY_NS, BlackBox
from edge_node.node.freeze_order import ASKED, FILE, FreezeAsked, FreezeOrder, put
from edge_node.node.freeze_wishes import EVENT, AskedFreeze, Button
from edge_node.record.folder import RecordedFolder
from edge_node.record.part import SensorPart, Target
from edge_node.record.ring import Held, Ring
from tests.edge_node.record import recordings as made
from tests.running import wait_for

S = 1_000_000_000
ON = BlackBoxTable(on=("command",), seconds_before=1, memory_mb=1, sound=True, video=True)


class Sensor:
    """Hands over blocks at made times."""

    def __init__(self, folder: Path, table: BlackBoxTable = ON) -> None:
        self.folder = folder / "one"
        self.run_dir = folder / "run"
        self.run_dir.mkdir()
        self.box = BlackBox(Config(node=NodeTable(run_dir=self.run_dir, state_dir=folder), black_box=table), "mic")
        self.now_ns = 0

    def give(self, blocks: list[AnyBlock]) -> None:
        for block in blocks:
            self.box.take(block)
            self.now_ns = block.t_mono_ns
            self.look()

    def look(self) -> None:
        self.now_ns += LOOK_EVERY_NS
        self.box.look(self.now_ns)

    def order(self, from_ns: int, until_ns: int, name: str = "abcd") -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "head.json").write_bytes(made.head_text(["mic"]))
        put(self.run_dir / FILE, FreezeOrder(Target(self.folder, name, made.CLOCK.offset_ns), from_ns, until_ns, {"mic": 1}))

    def done(self) -> bool:
        self.look()
        return (self.folder / ".done-mic").exists()


def test_blocks_of_before_and_after_are_written_once(tmp_path: Path) -> None:
    sensor, blocks = Sensor(tmp_path), [*made.sound(60)]
    sensor.give([*blocks[:30]])
    sensor.order(blocks[15].t_mono_ns, blocks[45].t_mono_ns)
    sensor.give([*blocks[30:]])
    wait_for(sensor.done, 10, "it is written")
    back = list(RecordedFolder(sensor.folder).blocks("mic"))
    assert [block.sequence for block in back] == [block.sequence for block in blocks[15:46]]
    assert all(map(made.same, back, blocks[15:46]))
    assert sensor.box.findings(sensor.now_ns) == []
    sensor.box.close()


def test_a_disk_that_takes_nothing_costs_blocks_and_never_the_sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It hangs at its first block; what then finds no room in memory is counted, and the rest is whole."""
    answers, told = Event(), Ring.unpin

    def unpin(ring: Ring, held: Held) -> None:
        answers.wait()
        told(ring, held)

    monkeypatch.setattr(Ring, "unpin", unpin)
    sensor = Sensor(tmp_path)
    blocks = [Frame(n * made.STEP_NS, n, 0, np.full((100, 1_000), n, np.uint8)) for n in range(30)]
    sensor.order(0, blocks[25].t_mono_ns)
    sensor.look()
    sensor.give([*blocks[:20]])
    answers.set()
    wait_for(lambda: len(sensor.box._ring._written) == 10, 5, "the disk goes on")
    sensor.give([*blocks[20:]])
    wait_for(sensor.done, 10, "it is written")
    folder = RecordedFolder(sensor.folder)
    back = [block.sequence for block in folder.blocks("mic")]
    assert back[:10] == list(range(10))
    assert back[-1] == 25
    missed = folder.missed("mic")
    assert sum(one.blocks for one in missed) == 26 - len(back) > 0
    assert "memory_mb is full" in missed[0].words
    assert "blocks were not kept" in sensor.box.findings(sensor.now_ns)[0].words
    sensor.box.close()


def test_one_that_was_started_anew_in_between_leaves_what_stands_there(tmp_path: Path) -> None:
    sensor = Sensor(tmp_path)
    sensor.order(0, 10**12)
    (sensor.folder / "spine-mic.mcap").write_bytes(b"of its life before")
    sensor.give([*made.sound(10)])

    def found() -> str:
        sensor.look()
        return "".join(one.words for one in sensor.box.findings(sensor.now_ns))

    assert "File exists" in wait_for(found, 5, "it is told")
    assert (sensor.folder / "spine-mic.mcap").read_bytes() == b"of its life before"
    sensor.box.close()


def test_a_stop_in_between_writes_what_it_has(tmp_path: Path) -> None:
    sensor, blocks = Sensor(tmp_path), [*made.sound(20)]
    sensor.give([*blocks[:10]])
    sensor.order(0, 10**12)
    sensor.give([*blocks[10:]])
    sensor.box.close()
    assert (sensor.folder / ".done-mic").exists()
    assert len(list(RecordedFolder(sensor.folder).blocks("mic"))) == 20


def test_sound_is_not_held_unless_somebody_says_so(tmp_path: Path) -> None:
    sensor = Sensor(tmp_path, BlackBoxTable(on=("command",)))
    sensor.give([*made.sound(20)])
    assert sensor.box.words() == ""
    sensor.order(0, 10**12)
    sensor.give([*made.sound(20)])
    sensor.box.close()
    assert not list(sensor.folder.glob("*.wav"))


def test_a_wish_is_told_once_and_an_old_or_broken_one_never(tmp_path: Path) -> None:
    asks = AskedFreeze(tmp_path)
    assert asks.look(0) is None
    asked = FreezeAsked("a", 5 * S, 3.0, "why")
    put(tmp_path / ASKED, asked)
    assert (asks.look(6 * S), asks.look(6 * S)) == (asked, None)
    put(tmp_path / ASKED, asked)
    assert asks.look(60 * S) is None
    (tmp_path / ASKED).write_bytes(b"\xff{")
    assert asks.look(0) is None
    assert not (tmp_path / ASKED).exists()


def test_a_button_counts_when_it_is_pressed_and_is_found_again(tmp_path: Path) -> None:
    pipe = tmp_path / "event0"
    button = Button(pipe)
    assert not button.pressed(0)
    assert "No such file" in button.problem
    os.mkfifo(pipe)
    assert not button.pressed(S)
    assert not button.pressed(6 * S)
    assert button.problem == ""
    with pipe.open("wb", buffering=0) as device:
        device.write(EVENT.pack(0, 0, 1, 148, 0) + EVENT.pack(0, 0, 0, 0, 0))
        assert not button.pressed(7 * S)
        device.write(EVENT.pack(0, 0, 1, 148, 1) + EVENT.pack(0, 0, 0, 0, 0))
        assert button.pressed(8 * S)
        assert not button.pressed(9 * S)
    button.close()
    assert not Button(None).pressed(0)


def test_check_config_says_what_memory_it_takes_beside_that_of_the_unit(tmp_path: Path) -> None:
    unit = (Path(__file__).parents[3] / "systemd" / "edge-node.service").read_text()
    assert f"MemoryMax={before.UNIT_MEMORY_MB}M" in unit
    sensors = "".join(f'[[sensor]]\nname = "s{number}"\ndriver = "gnss"\nport = "/dev/x"\n' for number in range(4))
    (tmp_path / "node.toml").write_text(
        f'node.state_dir = "."\n[black_box]\non = ["track", "button"]\nbutton = "b"\nmemory_mb = 150\n{sensors}'
    )
    config = load(tmp_path / "node.toml")
    found = {one.name: one.words for one in before.of_config(config)}
    assert "620 MB beside the 200 MB of the node" in found["black_box_memory"]
    assert "there is no button" in found["black_box_button"]
    assert "10 s of 4 sensors, without sound and pictures, at most 150 MB each (620 MB)" in before.words(config)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ('on = ["music"]', "black_box.on"),
        ('on = ["button"]', "say black_box.button"),
        ("second_before = 3", "did you mean 'seconds_before'?"),
        ("memory_mb = 0", "a whole number from 1 to 4096"),
        ("seconds_after = 200", "is more than black_box.longest_s"),
        ('public_key = "abc"', "an X25519 public key"),
    ],
)
def test_what_is_wrong_in_its_table_is_named(tmp_path: Path, said: str, wrong: str) -> None:
    (tmp_path / "node.toml").write_text(f"[black_box]\n{said}\n")
    with pytest.raises(ConfigError, match=r"line 2: ") as caught:
        load(tmp_path / "node.toml")
    assert wrong in str(caught.value)


@pytest.mark.parametrize("name", ["write", "close"])
def test_a_disk_that_failed_once_is_written_again_by_the_next_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whether it fails at a block or only when all were taken: nothing stays held for it, and its thread ends."""

    def fail(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    sensor, blocks = Sensor(tmp_path), [*made.sound(40)]
    with monkeypatch.context() as full:
        full.setattr(SensorPart, name, fail)
        sensor.order(0, blocks[10].t_mono_ns)
        sensor.give([*blocks[:20]])
        wait_for(lambda: [sensor.look(), sensor.box._writing][1] is None, 10, "it has given up")
    assert "No space left" in sensor.box.findings(sensor.now_ns)[0].words
    sensor.folder = tmp_path / "two"
    sensor.order(blocks[20].t_mono_ns, blocks[30].t_mono_ns, "efgh")
    sensor.give([*blocks[20:]])
    wait_for(sensor.done, 10, "it is written")
    assert len(list(RecordedFolder(sensor.folder).blocks("mic"))) == 11
    sensor.give([*made.sound(1)])
    assert sum(slab.unwritten for slab in sensor.box._ring._slabs) == 0
    sensor.box.close()
