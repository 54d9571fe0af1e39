"""`edge-node doctor` as a technician calls it: real drivers on virtual devices, a node that runs, drivers that hang."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import msgspec
import numpy as np
import pytest
from bumble import hci
from msgspec import structs

from edge_node.commands import doctor as node_doctor
from edge_node.commands import trying
from edge_node.field.doctor.grades import finding
from edge_node.publish.keys import load_or_make
from tests.drivers.board.trees import FIRMWARE, PI_5, usb, write
from tests.drivers.conftest import fake_dongle, fake_library, pyrtlsdr
from tests.drivers.controllers import ALL_FEATURES, Controlled, extended, report
from tests.drivers.far_end import far_end
from tests.drivers.radios import FakeDongle
from tests.running import again_and_again, running_node
from tests.scenes import DEVICES
from tools.simulate.alsa_fifo import VirtualArray, virtual_array
from tools.simulate.world import World
from tools.virtual_devices.bench import virtual_devices
from tools.virtual_devices.device import Begun
from tools.virtual_devices.tap import ETHERNET, tap

__all__ = ["fake_dongle", "fake_library", "pyrtlsdr"]
NO_GNSS = '[[sensor]]\nname = "gps"\ndriver = "gnss"\nport = "/dev/none"\n'
PLACED = "node.latitude_deg = 50.85\nnode.longitude_deg = 4.35\n"
BUSY_S = 60.0
"""A busy machine may take long to start Python so many times."""
MODULE = """
import os, signal, time
from drivers.source import Source

class Hanging(Source):
    def __init__(self, where: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.where = where
        self.hang("made")

    def hang(self, here: str) -> None:
        if self.where == "abort_" + here:
            os.abort()
        while self.where == here:
            time.sleep(1)

    def open(self) -> None:
        self.hang("open")

    def blocks(self):
        self.hang("blocks")
        yield None

    def close(self) -> None:
        self.hang("close")
"""


def configured(folder: Path, toml: str) -> Path:
    path = folder / "node.toml"
    path.write_text(f'node.run_dir = "run"\nnode.state_dir = "state"\nnode.name = "mast"\n{toml}')
    return path


def examined(folder: Path, toml: str | None, *arguments: str) -> dict[str, Any]:
    """What the command says of a configuration, as JSON, with its exit code."""
    path = folder / "node.toml" if toml is None else configured(folder, toml)
    command = [sys.executable, "-m", "edge_node", "doctor", "-c", str(path), "--json", "--listen", "1.5", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout) | {"exit": done.returncode}


def looked(
    folder: Path, toml: str, environment: Mapping[str, str] | None = None, listen_s: float = 1.5, spare_s: float = BUSY_S
) -> dict[str, Any]:
    """The same from within, with as much time as it takes."""
    with patch.dict(os.environ, environment or {}):
        told = node_doctor.Examination(configured(folder, toml), listen_s, spare_s=spare_s).report()
    return dict(msgspec.to_builtins(told)) | {"exit": told.exit_code}


def of(said: Mapping[str, Any], about: str) -> list[tuple[str, str]]:
    """Names and grades of what was found of one thing."""
    return [(one["name"], one["grade"]) for one in said["findings"] if one["about"] == about]


def words(said: Mapping[str, Any], about: str) -> str:
    return "; ".join(f"{one['words']} -> {one['touch']}" for one in said["findings"] if one["about"] == about)


def test_all_sensors_of_a_node_at_once_by_their_real_drivers(tmp_path: Path) -> None:
    scene = tmp_path / "scene.toml"
    scene.write_text(DEVICES)
    with virtual_devices(scene, World.load(scene, 1), tmp_path, 60.0, plain=True) as devices:
        devices.begin(Begun(time.monotonic(), time.time_ns()))
        said = looked(tmp_path, devices.tables, devices.environment, listen_s=3.0)
    assert ("sensor_ok", "ok") in of(said, "gnss")
    assert said["place"].startswith("50.8")
    assert of(said, "position") == [("position_ok", "ok")]
    for name in ("microphones", "camera", "links"):
        assert {grade for _, grade in of(said, name)} <= {"ok", "warn"}, words(said, name)
    assert of(said, "configuration") == [("configuration_ok", "ok")]
    assert said["running"] is False


def installed(folder: Path) -> dict[str, str]:
    """A package that brings drivers which hang, and how Python finds it."""
    (folder / "hanging.py").write_text(MODULE)
    info = folder / "hanging-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hanging\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[edge_node.drivers]\nhanging = hanging:Hanging\n")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


def test_drivers_that_hang_or_die_anywhere_are_ended_in_time_and_the_others_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = ("made", "open", "blocks", "close", "abort_open", "none")
    tables = "".join(f'[[sensor]]\nname = "{place}"\ndriver = "hanging"\nwhere = "{place}"\n' for place in places)
    environment = installed(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    said = looked(tmp_path, PLACED + tables, environment, listen_s=0.5, spare_s=12.0)
    sys.modules.pop("hanging", None)
    hung = ("sensor_hangs", "fail")
    assert {place: of(said, place) for place in places} == {
        "made": [hung],
        "open": [hung],
        "blocks": [hung],
        "close": [("no_data", "fail")],
        "abort_open": [("sensor_crashed", "fail")],
        "none": [("no_data", "fail")],
    }
    assert "while its driver was loaded" in words(said, "made")
    assert "SIGABRT" in words(said, "abort_open")
    assert said["exit"] == 2
    assert said["seconds"] < 0.5 + 12.0 + 3.0


def test_of_a_node_that_runs_doctor_asks_the_node_and_leaves_its_devices_alone(tmp_path: Path) -> None:
    with far_end() as device:
        table = f'[[sensor]]\nname = "rid"\ndriver = "mavlink_rid"\nport = "{device.port}"\n{NO_GNSS}'
        with running_node(tmp_path, PLACED + table) as node:
            node.wait_running("hub", "rid")
            node.wait_for("gps", lambda part: part.state == "absent", 20, "gps is absent")
            before = node.part("rid")
            node.wait_for("rid", lambda part: "0 blocks" in part.sentence, 20, "rid has counted")
            said = examined(tmp_path, None)
            after = node.part("rid")
    assert said["running"] is True
    assert of(said, "rid") == [("never_heard", "warn")]
    assert of(said, "position") == [("position_ok", "ok")]
    assert of(said, "gps")[0] == ("sensor_absent", "fail")
    assert of(said, "node") == [("node_amber", "warn")]
    assert of(said, "configuration") == [("configuration_ok", "ok")]
    assert before is not None
    assert after is not None
    assert (after.pid, after.restarts) == (before.pid, before.restarts)


def test_what_the_running_node_found_beside_is_told_too(tmp_path: Path) -> None:
    with running_node(tmp_path, PLACED) as node:
        node.wait_running("hub")
        examination = node_doctor.Examination(node.config, 0.5, spare_s=BUSY_S)
    told = [
        finding("link", "spool_unwritable", "warn", "the spool is full"),
        finding("time", "clock_unsynchronised", "warn", "as node says"),
    ]
    examination.node = structs.replace(examination.node, told=tuple(told))
    found = {(one.about, one.name): one for one in examination.report().findings}
    assert found["link", "spool_unwritable"].words == "the spool is full"
    assert len([one for one in found.values() if one.about == "time"]) == 1


def test_a_running_node_that_has_not_read_its_new_configuration(tmp_path: Path) -> None:
    with running_node(tmp_path, PLACED) as node:
        node.wait_running("hub")
        node.write(PLACED + "tracking.lost_after_s = 20.0\n")
        said = examined(tmp_path, None)
    assert ("configuration_not_read", "warn") in of(said, "configuration")


@contextmanager
def playing(card: VirtualArray, gains: list[float]) -> Iterator[None]:
    """Low noise on each channel with its gain, until it ends."""
    chance = np.random.default_rng(3)

    def play(_: int) -> None:
        common = np.cumsum(chance.normal(size=card.period_frames))
        sound = (common - common.mean())[:, None] * 1e6 + chance.normal(size=(card.period_frames, len(gains))) * 1e6
        card.write((sound * np.array(gains)).astype(card.sample_type))

    with again_and_again(play, 0.0):
        yield


def test_a_dead_and_an_inverted_microphone_on_a_real_sound_card(tmp_path: Path) -> None:
    gains = [1.0] * 16
    gains[3], gains[7] = 0.0, -1.0
    with virtual_array(tmp_path, patience_s=1.0) as card, playing(card, gains):
        table = f'{PLACED}[[sensor]]\nname = "roof"\ndriver = "mic_array"\narray = "uma_16"\ndevice = "{card.name}"\n'
        said = looked(tmp_path, table, card.environment, listen_s=3.0)
    assert of(said, "roof")[:2] == [("microphone_silent", "warn"), ("microphone_inverted", "warn")], words(said, "roof")
    assert "microphone 4 is silent" in words(said, "roof")
    assert "microphone 8 is upside down" in words(said, "roof")


def test_missing_libraries_name_their_debian_packages(tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")\n')
    (tmp_path / "rtlsdr.py").write_text('raise ImportError("Error loading librtlsdr")\n')
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    table = '[[sensor]]\nname = "roof"\ndriver = "mic_array"\narray = "uma_16"\n'
    table += '[[sensor]]\nname = "sdr"\ndriver = "rtl_sdr"\ncenter_hz = 868e6\n'
    said = looked(tmp_path, PLACED + table, {"PYTHONPATH": path})
    assert of(said, "roof") == [("library_missing", "fail")]
    assert "libportaudio2" in words(said, "roof")
    assert of(said, "sdr") == [("library_missing", "fail")]
    assert "librtlsdr" in words(said, "sdr")


@pytest.mark.usefixtures("pyrtlsdr")
def test_a_dongle_is_found_by_its_serial_whatever_its_index(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    dongle: FakeDongle = request.getfixturevalue("fake_dongle")
    table = f'{PLACED}[[sensor]]\nname = "sdr"\ndriver = "rtl_sdr"\ncenter_hz = 868e6\nrate_hz = 1e6\nserial = "1090"\n'
    for index, serials in ((1, "868,1090"), (0, "1090,868")):
        monkeypatch.setenv("FAKE_RTL_SERIALS", serials)
        said = looked(tmp_path, table)
        assert {grade for _, grade in of(said, "sdr")} <= {"ok", "warn"}
        assert [line for line in dongle.told() if line.startswith("open")][-1] == f"open {index}"
    monkeypatch.setenv("FAKE_RTL_SERIALS", "868")
    assert of(looked(tmp_path, table), "sdr") == [("sensor_absent", "fail")]


def test_a_controller_that_refuses_the_extended_scan(tmp_path: Path) -> None:
    air = extended(report(b"\x02\x01\x06"))
    refusing = Controlled(ALL_FEATURES, {int(hci.HCI_LE_SET_EXTENDED_SCAN_ENABLE_COMMAND): 0x0C}, air=b"")
    with far_end(Controlled(air=air)) as well, far_end(refusing) as ill:
        tables = "".join(
            f'[[sensor]]\nname = "{name}"\ndriver = "ble_hci"\nport = "{end.port}"\n' for name, end in (("well", well), ("ill", ill))
        )
        said = looked(tmp_path, PLACED + tables)
    assert of(said, "well") == [("sensor_ok", "ok")]
    assert "Bluetooth 4, 5 and 5 long range" in words(said, "well")
    assert ("limited", "warn") in of(said, "ill")
    assert "error 0x0c to command 0x2042" in words(said, "ill")
    assert ("never_heard", "warn") in of(said, "ill")


def test_a_receiver_that_speaks_another_language_says_which(tmp_path: Path) -> None:
    with far_end() as ubx, far_end() as mute:
        tables = "".join(
            f'[[sensor]]\nname = "{name}"\ndriver = "gnss"\nport = "{end.port}"\n' for name, end in (("ubx", ubx), ("mute", mute))
        )
        with again_and_again(lambda _: ubx.say_later(b"\xb5\x62\x01\x07" * 8), 0.2):
            said = looked(tmp_path, tables)
    assert of(said, "ubx")[0] == of(said, "mute")[0] == ("sensor_stalled", "fail")
    assert "speaks UBX and no NMEA" in words(said, "ubx")
    assert "is the receiver powered" in words(said, "mute")
    assert of(said, "position") == [("no_fix", "fail")]


@pytest.mark.usefixtures("as_root")
def test_monitor_mode_is_what_the_kernel_says(tmp_path: Path) -> None:
    with tap() as monitor, tap(link_type=ETHERNET) as managed:
        tables = "".join(
            f'[[sensor]]\nname = "{name}"\ndriver = "wifi_monitor"\nplan = "none"\ninterface = "{one.name}"\n'
            for name, one in (("on", monitor), ("off", managed))
        )
        said = looked(tmp_path, PLACED + tables)
    assert of(said, "on") == [("never_heard", "warn")]
    assert f"monitor mode on {monitor.name}" in words(said, "on")
    assert of(said, "off") == [("sensor_absent", "fail")]
    assert "set type monitor" in words(said, "off")


def test_a_typo_has_its_line_and_the_nearest_right_word(tmp_path: Path) -> None:
    said = examined(tmp_path, f'{PLACED}[[sensor]]\nname = "gps"\ndriver = "gnss"\nprot = "/dev/none"\n')
    assert of(said, "configuration") == [("configuration_wrong", "fail")]
    assert "node.toml line 9: unknown key 'prot' in sensor: did you mean 'port'?" in words(said, "configuration")


def test_a_configuration_that_cannot_be_read_at_all_still_has_its_page(tmp_path: Path) -> None:
    path = configured(tmp_path, "[nods]\n")
    done = subprocess.run(
        [sys.executable, "-m", "edge_node", "doctor", "-c", path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "did you mean 'node'?" in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_bundle_never_has_a_key(tmp_path: Path) -> None:
    pair = load_or_make(tmp_path / "state")
    path = tmp_path / "help.zip"
    said = examined(tmp_path, PLACED + NO_GNSS, "--bundle", str(path))
    assert said["fingerprint"] == pair.fingerprint
    with ZipFile(path) as zipped:
        whole = b"".join(zipped.read(name) for name in zipped.namelist())
    assert pair.secret.encode() not in whole
    assert b"50.85" not in whole
    assert b"there is no /dev/none" in whole


def test_the_computer_is_looked_at_too(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {**PI_5, FIRMWARE: "50005"})
    for port in ("1-1", "1-2"):
        usb(root, port, idVendor="1e4e", idProduct="0100")
    path = configured(tmp_path, PLACED + '[[sensor]]\nname = "eye"\ndriver = "camera"\ncamera = "lepton_3_5"\n')
    told = node_doctor.Examination(path, 0.5, root).report()
    found = {one.name: one for one in told.findings}
    assert {"under_voltage", "supply_weak", "cpu_throttled", "two_alike"} <= found.keys()
    assert told.model == "Raspberry Pi 5 Model B Rev 1.0"
    assert told.exit_code == 2
    assert "1-1" in found["two_alike"].touch


def test_time_is_shared_out_so_that_nothing_outlasts_it() -> None:
    assert trying.SPARE_S + trying.END_WITHIN_S + node_doctor.BESIDE_S < 10.0
