"""`edge-node sensors` as somebody calls it, on made computers."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from edge_node.config_file import load
from tests.edge_node.field.setup.computer import Computer, mast


def sensors(root: Path, config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge_node", "sensors", *words, "--root", str(root), "-c", str(config)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_whole_node_toml_is_suggested_and_runs(tmp_path: Path) -> None:
    mast(tmp_path / "root")
    config = tmp_path / "node.toml"
    done = sensors(tmp_path / "root", config, "suggest")
    assert (done.returncode, done.stderr) == (0, "")
    config.write_text(done.stdout)
    assert load(config).problems == ()
    assert [sensor.name for sensor in load(config).sensor] == ["microphones", "thermal", "links", "wifi", "gnss"]
    again = sensors(tmp_path / "root", config, "suggest")
    assert again.returncode == 0
    assert "# It needs the address 00:c0:ca:00:00:01 called mon0" in again.stdout
    assert again.stdout.count("is already configured") == 5
    assert tomllib.loads(again.stdout) == {}


def test_only_the_tables(tmp_path: Path) -> None:
    mast(tmp_path / "root")
    done = sensors(tmp_path / "root", tmp_path / "node.toml", "suggest", "--tables")
    assert set(tomllib.loads(done.stdout)) == {"sensor"}


def test_what_nobody_can_be_sure_of_is_a_comment(tmp_path: Path) -> None:
    made = Computer(tmp_path / "root")
    made.usb("1-2", "0d8c:0014", product="USB Audio Device")
    made.sound("1-2", 2, "Device")
    done = sensors(tmp_path / "root", tmp_path / "node.toml", "suggest")
    assert tomllib.loads(done.stdout).keys() == {"node"}
    assert '# array = "single_microphone"' in done.stdout


def test_json_has_a_line_for_each(tmp_path: Path) -> None:
    made = mast(tmp_path / "root")
    made.unplug("1-1.2")
    config = tmp_path / "node.toml"
    config.write_text('[[sensor]]\nname = "thermal"\ndriver = "camera"\ncamera = "lepton_3_5"\nserial = "8003"\n')
    done = sensors(tmp_path / "root", config, "suggest", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["table"]["name"] for line in lines if line["kind"] == "sensor"] == ["microphones", "links", "wifi", "gnss"]
    (finding,) = [line for line in lines if line["kind"] == "finding"]
    assert (finding["name"], finding["about"], done.returncode) == ("sensor_absent", "thermal", 1)


def test_the_list_has_serial_numbers_and_ports(tmp_path: Path) -> None:
    mast(tmp_path / "root")
    config = tmp_path / "node.toml"
    lines = sensors(tmp_path / "root", config, "list").stdout.splitlines()
    assert lines[2].split() == ["1-1.2", "1e4e:0100", "8003", "PureThermal", "2", "[video0]"]
    assert [json.loads(line).get("port_path") for line in sensors(tmp_path / "root", config, "list", "--json").stdout.splitlines()][:2] == [
        "1-1", "1-1.1"
    ]  # fmt: skip


def test_a_computer_without_anything(tmp_path: Path) -> None:
    Computer(tmp_path / "root")
    assert sensors(tmp_path / "root", tmp_path / "node.toml", "list").stdout == "nothing is plugged in\n"
    assert "Nothing is plugged in that a node could use" in sensors(tmp_path / "root", tmp_path / "node.toml", "suggest").stdout


def test_a_broken_node_toml_does_not_keep_anybody_from_a_suggestion(tmp_path: Path) -> None:
    mast(tmp_path / "root")
    config = tmp_path / "node.toml"
    config.write_text("[node")
    done = sensors(tmp_path / "root", config, "suggest")
    assert done.returncode == 0
    assert "cannot be read" in done.stderr
    assert 'name = "microphones"' in done.stdout
