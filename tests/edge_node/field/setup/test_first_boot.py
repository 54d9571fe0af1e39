"""A file on the boot partition, followed once by the real command, with a real C2; and everything that may be wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_node.config_file import load
from edge_node.enrolment_file import FILE as ENROLMENT
from edge_node.field.setup.first_boot import FILE, RESULT, WAITING
from tests.edge_node.commands.test_enrol import serving_c2
from tests.edge_node.field.setup.computer import Computer, without_systemd
from tests.small_disk import set_writable, small_disk

ANSWERS = """\
[node]
name = "roof"
place = "fixed"
latitude_deg = 56.9
longitude_deg = 24.1

[[sensor]]
camera = "infiray_256"
azimuth_deg = 40
"""


class Node:
    """A made computer with one camera, its boot partition and its configuration."""

    def __init__(self, folder: Path) -> None:
        self.computer = Computer(folder)
        self.computer.usb("1-1", "0bda:5830", "77", product="USB Camera")
        self.computer.video("1-1", 0, "USB Camera")
        self.boot, self.config = folder / "boot" / "firmware", folder / "etc-node" / "node.toml"
        self.boot.mkdir(parents=True)
        self.config.parent.mkdir()
        self.state = folder / "state"
        self._environment = {**os.environ, "STATE_DIRECTORY": str(self.state), "PATH": without_systemd(folder)}

    def put(self, text: str | bytes) -> Path:
        """Write the file of answers."""
        path = self.boot / FILE
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def boot_up(self, *more: str, first: bool = True) -> subprocess.CompletedProcess[str]:
        """What edge-node-first-boot.service runs."""
        command = [sys.executable, "-m", "edge_node", "setup", *(["--first-boot"] if first else []), "-c", str(self.config), *more]
        command += ["--root", str(self.computer.root)]
        return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, env=self._environment)

    @property
    def result(self) -> str:
        """What whoever reads the card sees."""
        return (self.boot / RESULT).read_text()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_a_node_is_set_up_and_says_so_on_the_card(node: Node) -> None:
    node.put(ANSWERS)
    done = node.boot_up()
    assert (done.returncode, done.stderr) == (0, "")
    found = load(node.config)
    (camera,) = found.sensor
    assert (found.node.name, found.node.latitude_deg, camera.name) == ("roof", 56.9, "thermal")
    assert (camera.options["serial"], camera.options["azimuth_deg"]) == ("77", 40)
    assert node.result.startswith(f"edge_node, setup by {FILE}: DONE\n")
    assert "public key " in node.result
    assert "sensors thermal" in node.result


def test_it_is_followed_once_and_again_when_it_changes(node: Node) -> None:
    node.put(ANSWERS)
    node.boot_up()
    node.config.write_text(node.config.read_text().replace('name = "roof"', 'name = "by hand"'))
    again = node.boot_up()
    assert (again.returncode, "followed already" in again.stdout) == (0, True)
    assert load(node.config).node.name == "by hand"
    node.put(ANSWERS.replace("roof", "mast"))
    assert node.boot_up().returncode == 0
    assert load(node.config).node.name == "mast"


def test_a_token_enrols_and_is_then_nowhere_on_the_card(tmp_path: Path, node: Node) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite().strip()
        path = node.put(f'{ANSWERS}\n[c2]\ntoken = "{token}"  # from Anna\n')
        size = path.stat().st_size
        done = node.boot_up()
    assert done.returncode == 0, done.stdout
    assert "is enrolled as roof" in node.result
    assert (node.state / ENROLMENT).exists()
    assert path.stat().st_size == size
    assert "# from Anna" in path.read_text()
    assert not any(token in file.read_text() for file in (*node.boot.iterdir(), *node.config.parent.iterdir()))
    assert node.boot_up().returncode == 0


def test_a_c2_that_is_away_is_asked_again_though_the_token_is_off_the_card(tmp_path: Path, node: Node) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite().strip()
    path = node.put(f'{ANSWERS}\n[c2]\ntoken = "{token}"\n')
    done = node.boot_up("--wait", "0.3")
    assert done.returncode == os.EX_TEMPFAIL
    assert "C2 DOES NOT ANSWER YET" in node.result
    assert token not in path.read_text()
    waiting = node.config.parent / WAITING
    assert (waiting.read_text(), waiting.stat().st_mode & 0o777) == (token, 0o600)
    assert load(node.config).node.name == "roof"
    before = (node.boot / RESULT).stat().st_mtime_ns if node.boot_up("--wait", "0.3").returncode == os.EX_TEMPFAIL else 0
    assert node.boot_up("--wait", "0.3").returncode == os.EX_TEMPFAIL
    assert (node.boot / RESULT).stat().st_mtime_ns == before
    with (tmp_path / "again").open("wb") as out:
        command = [sys.executable, "-m", "tools.c2", "serve", "--state", str(tmp_path / "c2"), "--json"]
        command += ["--bind", f"ipc://{tmp_path}/c2/live", "--enrol-bind", f"ipc://{tmp_path}/c2/enrol"]
        command += ["--reliable-bind", f"ipc://{tmp_path}/c2/events"]
        serving = subprocess.Popen(command, stdout=out)
        try:
            assert node.boot_up().returncode == 0
        finally:
            serving.terminate()
            serving.wait(10)
    assert "is enrolled as roof" in node.result
    assert "public key" in node.result
    assert not waiting.exists()


def test_a_power_cut_after_the_token_was_taken_out_loses_neither(tmp_path: Path, node: Node) -> None:
    """As it is on the disk then: the token beside node.toml, the file without it, and nothing else done."""
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite().strip()
        node.put(f'{ANSWERS}\n[c2]\ntoken = "{"used".ljust(len(token))}"\n')
        (node.config.parent / WAITING).write_text(token)
        assert node.boot_up().returncode == 0
    assert "is enrolled as roof" in node.result


def test_a_token_that_is_over_is_said_and_not_tried_again(tmp_path: Path, node: Node) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite("--minutes", "0.001").strip()
        node.put(f'[c2]\ntoken = "{token}"\n')
        done = node.boot_up()
    assert done.returncode == 1
    assert "! not enrolled: " in node.result
    assert not (node.config.parent / WAITING).exists()
    assert node.boot_up().returncode == 0


BROKEN: dict[str, str | bytes] = {
    "no toml": "[node\n",
    "no text": b"\xff\xfe\x00\x01",
    "unknown table": "[nodes]\n",
    "unknown key": '[node]\nnmae = "x"\n',
    "too much": "#" * 70_000,
    "too deep": "a = " + "[" * 5_000,
    "no place": '[node]\nplace = "fixed"\n',
    "half a place": "[node]\nlatitude_deg = 1\n",
    "wrong place": "[node]\nlatitude_deg = 100\nlongitude_deg = 1\n",
    "wrong name": '[node]\nname = ""\n',
    "no list": "sensor = 7\n",
    "no tables": "sensor = [1, 2]\n",
    "crowd": "[[sensor]]\n" * 65,
    "wrong option": '[[sensor]]\ncamera = "infiray_256"\nazimuth_deg = "east"\n',
    "wrong sensor": '[[sensor]]\nname = "x"\ndriver = "camara"\n',
    "wrong sensor name": '[[sensor]]\nname = ["x"]\ndriver = "camera"\ncamera = "lepton_3_5"\n',
    "token that is none": "[c2]\ntoken = 7\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_or_hostile_file_changes_nothing_and_is_named(node: Node, what: str) -> None:
    node.config.write_text('[node]\nname = "before"\n')
    node.put(BROKEN[what])
    done = node.boot_up()
    assert (done.returncode, done.stderr) == (os.EX_DATAERR, "")
    assert "NOT DONE: the node is as it was before" in node.result
    assert len(node.result.splitlines()) > 3
    assert "Traceback" not in node.result
    assert node.config.read_text() == '[node]\nname = "before"\n'
    assert node.boot_up().returncode == 0


def test_a_wrong_file_leaves_its_token_for_the_right_one(tmp_path: Path, node: Node) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite().strip()
        path = node.put(f'[c2]\ntoken = "{token}"\n[[sensor]]\nname = "x"\ndriver = "camara"\n')
        assert node.boot_up().returncode == os.EX_DATAERR
        assert token not in path.read_text()
        assert node.boot_up().returncode == 0
        assert not c2.events("enrolled")
        node.put(path.read_text().replace("camara", 'camera"\ncamera = "lepton_3_5'))
        assert node.boot_up().returncode == 0, node.result
    assert "is enrolled as roof" in node.result


def test_a_token_that_is_cut_is_named_and_the_rest_is_done(node: Node) -> None:
    node.put(f'{ANSWERS}\n[c2]\ntoken = "ABCDEFGH2345ABCDEFGH"\n')
    assert node.boot_up().returncode == 1
    assert "mistyped or cut" in node.result
    assert load(node.config).node.name == "roof"


def test_a_sensor_that_is_not_plugged_in_is_named(node: Node) -> None:
    node.put(f'{ANSWERS}\n[[sensor]]\narray = "uma_16"\nazimuth_deg = 1\n')
    assert node.boot_up().returncode == 1
    assert "! no device fits the [[sensor]] with array = uma_16" in node.result
    assert [sensor.name for sensor in load(node.config).sensor] == ["thermal"]


def test_a_card_that_cannot_be_written_sets_the_node_up_all_the_same(tmp_path: Path, node: Node) -> None:
    with small_disk(tmp_path / "card", 1) as node.boot:
        path = node.put(ANSWERS + '[c2]\ntoken = "ABCDEFGH2345ABCDEFGH"\n')
        set_writable(node.boot, writable=False)
        done = node.boot_up("--answers", str(path))
    assert done.returncode == 1
    assert "the token is still in" in done.stdout
    assert "cannot be written" in done.stderr
    assert load(node.config).node.name == "roof"


def test_windows_line_ends_and_its_byte_order_mark_are_as_good_as_any(node: Node) -> None:
    node.put(b"\xef\xbb\xbf" + ANSWERS.replace("\n", "\r\n").encode())
    assert node.boot_up().returncode == 0
    assert load(node.config).node.name == "roof"
    assert b"\r\n" in (node.boot / RESULT).read_bytes()


def test_the_same_file_sets_up_a_fleet_by_hand(node: Node) -> None:
    path = node.put(ANSWERS)
    done = node.boot_up("--answers", str(path), first=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "public key" in done.stdout
    assert load(node.config).node.name == "roof"
    assert not (node.boot / RESULT).exists()


def test_what_is_listed_alone_is_taken_where_that_is_said(node: Node) -> None:
    node.put('[sensors]\ntake = "listed"\n[[sensor]]\nname = "tape"\ndriver = "recording"\npath = "/a.wav"\n')
    assert node.boot_up().returncode == 0
    assert [sensor.name for sensor in load(node.config).sensor] == ["tape"]
    node.put('[sensors]\ntake = "kept"\n[node]\nname = "x"\n')
    assert node.boot_up().returncode == 0
    assert [sensor.name for sensor in load(node.config).sensor] == ["tape"]


def test_the_unit_runs_before_the_node_and_only_where_there_is_something_to_do() -> None:
    unit = (Path(__file__).parents[4] / "systemd" / "edge-node-first-boot.service").read_text()
    assert f"ConditionPathExists=|/boot/firmware/{FILE}" in unit
    assert f"ConditionPathExists=|/etc/edge-node/{WAITING}" in unit
    assert "Before=edge-node.service" in unit
    assert "network-online" not in unit
