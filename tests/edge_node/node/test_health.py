"""Each fault is said by its name within 5 s and gone within 10 s of its end, whatever a process is up to."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from edge_node.messages import Coverage, Finding
from edge_node.publish.keys import load_or_make
from tests.drivers.board.trees import FIRMWARE, PI_5, write
from tests.running import RunningNode, running_node, wait_for
from tests.small_disk import fill, small_disk
from tools.c2.enrolment import Enrolment
from tools.c2.station import Station

SAID_S, GONE_S = 5.0, 10.0
RATE_HZ, PIECE = 16_000, 1_600
LOOP = '[[sensor]]\nname = "ears"\ndriver = "recording"\npath = "noise.wav"\nloop = true\n'
PIPE = '[[sensor]]\nname = "ears"\ndriver = "recording"\npath = "ears.pipe"\npace = "live"\n'
ABSENT = '[[sensor]]\nname = "camera"\ndriver = "camera"\ncamera = "boson_640_14mm"\nserial = "NOBODY"\nazimuth_deg = 90\n'
SLACK_S = 4.0
"""For a machine whose cores are shared by other tests."""


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.01, round(seconds * RATE_HZ))


def with_noise(folder: Path) -> None:
    soundfile.write(folder / "noise.wav", noise(20.0), RATE_HZ, subtype="PCM_16")


def coverage(node: RunningNode, sensor: str) -> Coverage | None:
    now = node.status()
    return next((one for one in (now.coverage if now else ()) if one.sensor == sensor), None)


class Ears:
    """A WAV that is written into a pipe in real time."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR)
        self._silent, self._paused, self._stop = threading.Event(), threading.Event(), threading.Event()
        self.share = 1.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        rate, most = RATE_HZ.to_bytes(4, "little"), (2**31 - 1).to_bytes(4, "little")
        head = b"RIFF" + most + b"WAVEfmt \x10\0\0\0\1\0\1\0" + rate + (2 * RATE_HZ).to_bytes(4, "little") + b"\2\0\x10\0data" + most
        os.write(self._pipe, head)
        sound = (noise(1.0) * 32767).astype("<i2")
        while not self._stop.wait(PIECE / RATE_HZ / self.share):
            if not self._paused.is_set():
                piece = np.zeros(PIECE, "<i2") if self._silent.is_set() else sound[:PIECE]
                os.write(self._pipe, piece.tobytes())
                sound = np.roll(sound, PIECE)

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._paused.set()
        yield
        self._paused.clear()

    @contextmanager
    def silence(self) -> Iterator[None]:
        self._silent.set()
        yield
        self._silent.clear()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._pipe)


@pytest.fixture
def ears(tmp_path: Path) -> Iterator[Ears]:
    made = Ears(tmp_path / "ears.pipe")
    yield made
    made.close()


def said(node: RunningNode, about: str, name: str) -> Finding:
    return node.wait_found(about, name, SAID_S + SLACK_S)


def test_running_green_no_data_is_impossible(tmp_path: Path, ears: Ears) -> None:
    with running_node(tmp_path, PIPE) as node:
        node.wait_running("hub", "ears")
        node.wait_well("ears", seconds=20)
        wait_for(lambda: (now := coverage(node, "ears")) and now.reach_m > 0, 20, "it covers something")
        with ears.pause():
            silent = said(node, "ears", "no_data")
            assert silent.grade == "fail"
            assert "instead of 1 s of sound a second" in silent.words
            now = node.status()
            assert now is not None
            assert (now.verdict, now.sentence.startswith("no sensor senses anything; ears: no data for")) == ("red", True)
            blind = coverage(node, "ears")
            assert blind is not None
            assert (blind.reach_m, blind.sense) == (0.0, "sound")
            assert "no data" in blind.notes[0]
        node.wait_well("ears", seconds=GONE_S + SLACK_S)
        wait_for(lambda: (now := coverage(node, "ears")) and now.reach_m > 0, GONE_S, "it covers again")
        ears.share = 0.4
        slow = said(node, "ears", "too_little_data")
        assert "instead of 1" in slow.words
        ears.share = 1.0
        node.wait_well("ears", seconds=GONE_S + SLACK_S)
        with ears.silence():
            assert said(node, "ears", "microphones_silent").grade == "fail"
        node.wait_well("ears", seconds=GONE_S + SLACK_S)


def test_an_absent_sensor_covers_nothing_and_says_why(tmp_path: Path) -> None:
    with_noise(tmp_path)
    with running_node(tmp_path, LOOP + ABSENT) as node:
        absent = said(node, "camera", "sensor_absent")
        assert absent.touch
        blind = coverage(node, "camera")
        assert blind is not None
        assert (blind.sense, blind.reach_m, blind.probability) == ("sight", 0.0, 0.0)
        assert blind.notes[0].startswith("absent: ")
        wait_for(lambda: node.status().verdict == "amber", 20, "one of two is amber, not red")


def test_power_heat_and_throttling_are_read_of_the_computers_tree(tmp_path: Path) -> None:
    with_noise(tmp_path)
    tree = write(tmp_path / "tree", PI_5)
    with running_node(tmp_path, f'[health]\nsystem_root = "{tree}"\n{LOOP}') as node:
        node.wait_running("hub", "ears")
        node.wait_well("power", "under_voltage")
        write(tree, {FIRMWARE: "50005"})
        assert said(node, "power", "under_voltage").grade == "fail"
        assert "held back now" in said(node, "temperature", "cpu_throttled").words
        assert node.status().sentence.startswith("power: ")
        write(tree, {FIRMWARE: "50000"})
        node.wait_well("power", "under_voltage", seconds=GONE_S)
        node.wait_well("temperature", "cpu_throttled", seconds=GONE_S)
        assert "under_voltage_seen" in node.findings("power"), "what is over is told as long as it is news"


def test_a_full_disk_and_one_that_cannot_be_written_are_said_and_over(tmp_path: Path) -> None:
    with_noise(tmp_path)
    with small_disk(tmp_path / "state", 8) as disk, running_node(tmp_path, LOOP) as node:
        node.wait_running("hub", "ears")
        ballast = fill(disk)
        assert said(node, "storage", "disk_full").touch
        ballast.unlink()
        node.wait_well("storage", "disk_full", seconds=GONE_S)


def test_a_disk_that_is_read_only_is_said_and_over(tmp_path: Path) -> None:
    with_noise(tmp_path)
    tree = write(tmp_path / "tree", PI_5)
    mount = f"36 25 179:2 / {tmp_path / 'state'} {{}},noatime - ext4 /dev/mmcblk0p2 {{}},errors=remount-ro"
    with running_node(tmp_path, f'[health]\nsystem_root = "{tree}"\n{LOOP}') as node:
        node.wait_running("hub", "ears")
        write(tree, {"proc/self/mountinfo": mount.format("rw", "ro")})
        assert "/dev/mmcblk0p2" in said(node, "storage", "disk_fell_read_only").words
        write(tree, {"proc/self/mountinfo": mount.format("rw", "rw")})
        node.wait_well("storage", "disk_fell_read_only", seconds=GONE_S)


class Lit:
    """A made /sys/class/leds with one LED, whose changes are counted."""

    def __init__(self, tree: Path, name: str) -> None:
        self.folder = tree / "sys/class/leds" / name
        write(self.folder, {"trigger": "none [mmc0] timer heartbeat", "brightness": "0", "max_brightness": "255"})

    def read(self, name: str) -> str:
        return (self.folder / name).read_text().strip()

    def flashes(self, seconds: float) -> int:
        """How often it goes on in so long."""
        ends, before, count = time.monotonic() + seconds, self.read("brightness"), 0
        while time.monotonic() < ends:
            now = self.read("brightness")
            count += (now, before) == ("255", "0")
            before = now or before
            time.sleep(0.02)
        return count


def test_the_lamp_is_the_nodes_own_and_given_back(tmp_path: Path) -> None:
    with_noise(tmp_path)
    tree = write(tmp_path / "tree", PI_5)
    lamp, horn = Lit(tree, "ACT"), Lit(tree, "horn")
    lamp_table = f'[health]\nsystem_root = "{tree}"\n[lamp]\nled = "ACT"\nbuzzer = "horn"\n'
    with running_node(tmp_path, lamp_table + LOOP) as node:
        node.wait_running("hub", "ears")
        assert lamp.read("trigger") == "none"
        wait_for(lambda: lamp.flashes(2.0) in (1, 2, 3), 30, "it flashes as something that is no red does")
        node.reload(lamp_table)
        wait_for(lambda: node.status().verdict == "red", 20, "without a sensor it is red")
        wait_for(lambda: lamp.flashes(2.0) >= 3, 30, "it flashes all the time")
        node.reload(lamp_table.replace('"ACT"', '"POWER"') + LOOP)
        dark = said(node, "lamp", "lamp_dark")
        assert "there are ACT, horn" in dark.words
        assert lamp.read("trigger") == "mmc0", "given back"
        node.reload(lamp_table + LOOP)
        node.wait_well("lamp")
    assert (lamp.read("trigger"), lamp.read("brightness"), horn.read("trigger")) == ("mmc0", "0", "mmc0")


class HeardC2:
    """A reference C2 in a thread of its own."""

    def __init__(self, folder: Path, live: str, reliable: str) -> None:
        self.folder, self.heard = folder, deque[dict[str, Any]](maxlen=1000)
        self._where = live, reliable
        self._stop, self._began = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        live, reliable = self._where
        station = Station(live, load_or_make(self.folder), self.folder, reliable)
        self._began.set()
        while not self._stop.is_set():
            self.heard.extend(station.events(0.1))
        station.close()

    def __enter__(self) -> HeardC2:
        self._thread.start()
        assert self._began.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def status(self) -> dict[str, Any] | None:
        """The newest that says what sensors cover."""
        told = [one for one in list(self.heard) if one["kind"] == "status" and any(each["reach_m"] for each in one["coverage"])]
        return told[-1] if told else None


C2 = '[c2]\nlive = "{live}"\nreliable = "{reliable}"\nserver_key = "{key}"\nstatus_every_s = 1.0\n'


def test_a_c2_that_is_gone_or_refuses_the_key_is_said_and_over(tmp_path: Path) -> None:
    with_noise(tmp_path)
    keys = load_or_make(tmp_path / "c2")
    own = load_or_make(tmp_path / "state").public
    live, reliable = f"ipc://{tmp_path}/live", f"ipc://{tmp_path}/reliable"
    table = C2.format(live=live, reliable=reliable, key=keys.public)

    with running_node(tmp_path, table + LOOP) as node:
        gone = said(node, "link", "c2_unreached")
        assert "no C2 answers" in gone.words
        with HeardC2(tmp_path / "c2", live, reliable) as c2:
            assert own in said(node, "link", "c2_refuses_key").touch
            Enrolment(tmp_path / "c2").enrol("test", own)
            node.wait_well("link", seconds=GONE_S)
            status = wait_for(c2.status, 10, "C2 hears what the sensors cover")
            assert [(one["sensor"], one["sense"]) for one in status["coverage"]] == [("ears", "sound")]
        said(node, "link", "c2_unreached")
        other = load_or_make(tmp_path / "other")
        node.reload(C2.format(live=live, reliable=reliable, key=other.public) + LOOP)
        with HeardC2(tmp_path / "c2", live, reliable):
            said(node, "link", "c2_wrong_key")
