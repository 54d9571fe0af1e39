"""A real node with a black box: what it keeps is what its sensors gave, whatever kills it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import soundfile

from drivers.blocks import AnyBlock, AudioBlock, IqBlock, RadioFrame
from drivers.iq_formats import unpack
from drivers.pcm import full_scale
from edge_node.messages import PositionFix, RemoteIdDetection, TrackEvent
from edge_node.publish.keys import load_or_make
from edge_node.record import sealed
from edge_node.record.folder import RecordedFolder
from tests.running import RunningNode, running_node, wait_for
from tools.simulate import scene as scenes
from tools.simulate.remote_id import write_pcap
from tools.simulate.world import World

RATE_HZ, IQ_HZ = 16_000, 250_000
SENSORS = """
[[sensor]]
name = "mic"
driver = "recording"
path = "s.wav"
loop = true
[[sensor]]
name = "iq"
driver = "recording"
path = "i.cu8"
format = "cu8"
rate_hz = 250000
center_hz = 868e6
loop = true
[[sensor]]
name = "wifi"
driver = "recording"
path = "r.pcap"
"""
BOX = """
[black_box]
on = ["track", "command"]
sound = true
seconds_before = 2
seconds_after = 3
longest_s = 8
free_mb = 0
"""
DEMO = Path(__file__).parents[3] / "tools/simulate/scenes/demo.toml"


class Air:
    """What the sensors of a node hear, in files."""

    def __init__(self, folder: Path) -> None:
        rng = np.random.default_rng(1)
        self.sound = rng.integers(-(2**15), 2**15, (RATE_HZ * 4, 2)).astype(np.int16)
        soundfile.write(folder / "s.wav", self.sound, RATE_HZ, "PCM_16")
        self.iq = rng.integers(0, 256, 2 * IQ_HZ * 4).astype(np.uint8)
        (folder / "i.cu8").write_bytes(self.iq.tobytes())
        scene = scenes.load(DEMO)
        write_pcap(World(scene, 7), folder / "r.pcap", 0.0, 60.0, 1_773_483_072 * 10**9)

    def holds(self, block: AnyBlock) -> bool:
        """Whether this block is what stands at its place in the files, bit by bit."""
        if isinstance(block, AudioBlock):
            start = block.sequence % len(self.sound)
            return block.samples.tobytes() == full_scale(self.sound[start : start + len(block.samples)]).tobytes()
        assert isinstance(block, IqBlock)
        start = 2 * (block.sequence % (IQ_HZ * 4))
        return block.samples.tobytes() == unpack(self.iq[start : start + 2 * len(block.samples)].tobytes(), "cu8").samples.tobytes()


@pytest.fixture
def air(tmp_path: Path) -> Air:
    return Air(tmp_path)


def recordings(node: RunningNode) -> list[Path]:
    return sorted(path.parent for path in (node.state_dir / "recordings").glob("*/head.json"))


def whole(node: RunningNode) -> list[Path]:
    return [path for path in recordings(node) if b'"finished": true' in (path / "head.json").read_bytes()]


def freeze(node: RunningNode, *options: str) -> str:
    command = [sys.executable, "-m", "edge_node", "freeze", "-c", str(node.config), *options]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def in_a_row(blocks: list[AnyBlock]) -> bool:
    """Whether none is missing between."""
    sizes = [len(block.samples) for block in blocks if isinstance(block, AudioBlock | IqBlock)]
    return all(later.sequence - earlier.sequence == size for earlier, later, size in zip(blocks, blocks[1:], sizes, strict=False))


def check(folder: RecordedFolder, air: Air) -> None:
    """All that it gives back is what the sensors gave."""
    for name in ("mic", "iq"):
        blocks = list(folder.blocks(name))
        assert blocks
        assert all(map(air.holds, blocks))
        assert in_a_row(blocks)


@pytest.fixture
def box(tmp_path: Path, air: Air) -> Iterator[RunningNode]:
    with running_node(tmp_path, BOX + SENSORS) as node:
        node.wait_running("mic", "iq", "wifi")
        yield node


def test_a_confirmed_track_and_a_command_keep_what_all_sensors_gave(box: RunningNode, air: Air) -> None:
    wait_for(lambda: recordings(box), 20, "a track is confirmed and kept")
    freeze(box, "--seconds", "2", "--words", "look at that")
    path = wait_for(lambda: whole(box), 30, f"it is finished; {box.log.read_text()}")[0]
    folder = RecordedFolder(path)
    assert folder.cut is None
    assert folder.head.triggers[0].cause == "track"
    assert ("command", "look at that") in [(trigger.cause, trigger.words) for trigger in folder.head.triggers]
    check(folder, air)
    heard = list(folder.blocks("wifi"))
    assert all(isinstance(block, RadioFrame) for block in heard)
    assert [block.sequence for block in heard] == list(range(heard[0].sequence, heard[0].sequence + len(heard)))
    told = [one.message for one in folder.told()]
    assert any(isinstance(message, RemoteIdDetection) for message in told)
    assert any(isinstance(message, TrackEvent) and message.kind == "confirmed" for message in told)
    assert not any(isinstance(message, PositionFix) for message in told)
    modes = {one.stat().st_mode & 0o777 for one in path.iterdir()}
    assert (modes, path.stat().st_mode & 0o777) == ({0o600}, 0o700)


def grown(node: RunningNode) -> Path | None:
    """A recording that is being written, once each sensor's spine goes on beyond its trigger."""
    for path in recordings(node):
        folder = RecordedFolder(path)
        last_ns = min(max((block.t_mono_ns for block in folder.blocks(name)), default=0) for name in ("mic", "iq"))
        if not folder.head.finished and last_ns > folder.head.triggers[0].t_mono_ns:
            return path
    return None


def test_what_was_frozen_is_there_after_a_kill_of_everything(box: RunningNode, air: Air, tmp_path: Path) -> None:
    path = wait_for(lambda: grown(box), 30, "it is written")
    status = box.status()
    assert status is not None
    for pid in (box.process.pid, *(part.pid for part in (*status.sensors, status.hub))):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    box.process.wait()
    folder = RecordedFolder(path)
    assert folder.cut == "the node ended while it was written"
    check(folder, air)
    with running_node(tmp_path, BOX.replace('on = ["track", "command"]', 'on = ["button"]\nbutton = "/dev/null"')) as again:
        wait_for(lambda: path in whole(again), 30, "the next start closes it")
    folder = RecordedFolder(path)
    assert folder.cut == "the node ended while it was written"
    check(folder, air)
    heard = sum(len(block.samples) for block in folder.blocks("mic") if isinstance(block, AudioBlock))
    assert soundfile.info(path / "mic.wav").frames >= heard > 0
    assert (path / "spine.mcap").exists()


def test_a_sensor_that_is_killed_while_it_is_kept_takes_nothing_else_with_it(box: RunningNode, air: Air) -> None:
    path = wait_for(lambda: grown(box), 30, "it is written")
    box.kill("iq", signal.SIGKILL)
    wait_for(lambda: path in whole(box), 40, "it is finished all the same")
    folder = RecordedFolder(path)
    assert folder.cut == "what iq gave was not written to its end"
    check(folder, air)
    mic = list(folder.blocks("mic"))
    assert mic[-1].t_mono_ns > folder.head.until_mono_ns - 200_000_000
    box.wait_running("iq")


def test_a_stop_finishes_what_is_being_kept(box: RunningNode, air: Air) -> None:
    path = wait_for(lambda: grown(box), 30, "it is written")
    assert box.stop(15) == 0
    folder = RecordedFolder(path)
    assert folder.head.finished
    check(folder, air)


def test_sound_and_pictures_are_not_kept_unless_somebody_says_so_and_a_seal_needs_its_key(tmp_path: Path, air: Air) -> None:
    secret, public = sealed.make_pair()
    box = BOX.replace("sound = true", f'public_key = "{public}"').replace('"track", ', "")
    with running_node(tmp_path, box + SENSORS) as node:
        node.wait_running("mic", "iq", "wifi")
        freeze(node, "--seconds", "1")
        path = wait_for(lambda: whole(node), 30, "it is finished")[0]
    assert not list(path.glob("*.wav*"))
    told = [sys.executable, "-m", "edge_node", "open-recording", str(path), "--key", str(tmp_path / "key"), "--to", str(tmp_path / "plain")]
    (tmp_path / "key").write_text(sealed.make_pair()[0])
    assert "sealed to another key" in subprocess.run(told, capture_output=True, text=True, check=False).stderr
    (tmp_path / "key").write_text(secret)
    assert subprocess.run(told, check=False).returncode == 0
    folder = RecordedFolder(tmp_path / "plain")
    blocks = list(folder.blocks("iq"))
    assert blocks
    assert all(map(air.holds, blocks))
    assert list(folder.blocks("mic")) == []
    assert folder.cut is None


def test_without_a_table_nothing_is_held_and_who_asks_hears_why(tmp_path: Path, air: Air) -> None:
    with running_node(tmp_path, SENSORS) as node:
        node.wait_running("mic")
        command = [sys.executable, "-m", "edge_node", "freeze", "-c", str(node.config)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (told.returncode, "the black box is off: [black_box] on" in told.stderr) == (1, True)
        assert not (node.state_dir / "recordings").exists()


def test_a_disk_that_is_full_is_said_and_stops_no_sensor(tmp_path: Path, air: Air) -> None:
    with running_node(tmp_path, BOX.replace("free_mb = 0", "free_mb = 10000000") + SENSORS) as node:
        node.wait_running("mic", "iq", "wifi")
        assert "the disk has less than" in node.wait_found("storage", "black_box_failed", 30).words
        assert recordings(node) == []
        node.wait_running("mic", "iq")
        assert all(part.restarts == 0 for part in (node.part("mic"), node.part("iq")) if part)


def test_a_bundle_for_who_helps_holds_nothing_of_what_was_kept(tmp_path: Path, air: Air) -> None:
    secret, public = sealed.make_pair()
    box = BOX.replace("sound = true", f'sound = true\npublic_key = "{public}"')
    place = "node.latitude_deg = 50.85123\nnode.longitude_deg = 4.35456\n"
    (tmp_path / "recordings.key").write_text(secret)
    with running_node(tmp_path, place + box + SENSORS) as node:
        node.wait_running("mic", "iq", "wifi")
        path = wait_for(lambda: whole(node), 40, "something is kept")[0]
        bundle = tmp_path / "bundle.zip"
        command = [sys.executable, "-m", "edge_node", "doctor", "-c", str(node.config), "--bundle", str(bundle)]
        subprocess.run(command, capture_output=True, check=False, timeout=60)
        pair = load_or_make(node.state_dir)
    with ZipFile(bundle) as zipped:
        told = b"".join(zipped.read(name) for name in zipped.namelist())
    folder = RecordedFolder(path, sealed.private_key(secret))
    people = [one.message for one in folder.told() if isinstance(one.message, RemoteIdDetection)]
    assert people
    names = {one.transmitter for one in people} | {one.operator_id for one in people if one.operator_id}
    for private in (secret.split()[1], public, pair.secret, pair.public, "50.85123", "4.35456", *names):
        assert private.encode() not in told
    for raw in (air.sound.tobytes()[:32], air.iq.tobytes()[:32], *(file.read_bytes()[40:72] for file in path.glob("*.enc"))):
        assert raw not in told
    assert b"mic" in told
