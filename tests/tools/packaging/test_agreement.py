"""Units, users, folders and udev rules agree with each other and with the code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drivers import tuner, tuning
from edge_node.cli import DEFAULT_CONFIG, DEFAULT_GATEWAY
from edge_node.config_file import load
from edge_node.field import upgrade
from edge_node.gateway import run
from edge_node.gateway import settings as gateway_settings
from edge_node.gateway.settings import LiveTable
from tools.packaging import tree

ROOT = Path(__file__).parents[3]
RULES = sorted((ROOT / "hw/udev").glob("*.rules"))
CLASSES = {"usb_device", "alsa", "video4linux", "media", "dma_heap", "ttyUSB", "ttyACM", "ttyAMA", "ttyS", "pps"}
"""What drivers open: USB, sound, cameras (V4L2, CSI), serial ports, PPS."""
GROUP_OF = {"alsa": "audio", "video4linux": "video", "media": "video", "dma_heap": "video", "ttyUSB": "dialout", "ttyACM": "dialout"}
"""Whose group Debian's own rules give a class to."""


def values(unit: str, key: str) -> list[str]:
    """All that a unit says under one key."""
    text = (ROOT / "systemd" / unit).read_text(encoding="utf-8")
    return [line.partition("=")[2] for line in text.splitlines() if line.partition("=")[0] == key]


def groups() -> set[str]:
    """Those that the service's user is in."""
    lines = (ROOT / "systemd/edge-node.sysusers").read_text(encoding="utf-8").splitlines()
    return {"edge-node"} | {line.split()[2] for line in lines if line.startswith("m edge-node ")}


def test_the_service_may_open_what_drivers_open() -> None:
    allowed = {line.split()[0].removeprefix("char-") for line in values("edge-node.service", "DeviceAllow")}
    assert allowed == CLASSES


def test_its_user_is_in_the_groups_that_hold_these() -> None:
    assert set(GROUP_OF.values()) <= groups()


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_gives_devices_to_a_group_that_the_user_is_in(path: Path) -> None:
    text = re.sub(r"\\\n", "", path.read_text(encoding="utf-8"))
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert rules
    for rule in rules:
        assert re.fullmatch(r'(\w+(\{\w+\})?(==|=|\+=|!=)"[^"]*"(,\s*|$))+', rule), rule
        assert set(re.findall(r'GROUP="([^"]+)"', rule)) <= groups()
        assert set(re.findall(r"chgrp (\S+)", rule)) <= groups()


def test_rules_know_the_usb_ids_of_the_radios_and_arrays_in_hw() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in RULES)
    ruled = {":".join(pair) for pair in re.findall(r'idVendor\}=="(\w{4})", ATTR\{idProduct\}=="(\w{4})"', told)}
    known = set()
    for path in (ROOT / "hw/sdrs").glob("*.toml"):
        known |= set(re.findall(r'"([0-9a-f]{4}:[0-9a-f]{4})"', path.read_text(encoding="utf-8")))
    assert known <= ruled


def test_names_and_paths_are_the_code_s() -> None:
    assert f"-c {DEFAULT_CONFIG}" in values("edge-node.service", "ExecStart")[0]
    assert values("edge-node.service", "ConditionPathExists") == [str(DEFAULT_CONFIG)]
    assert values("edge-node.service", "User") == [tuner.NODE_USER]
    assert values("edge-node-monitor@.service", "Group") == [tuner.NODE_USER]
    assert values("edge-node-monitor@.service", "RuntimeDirectory") == [f"{tuning.RUN_DIR.name}/%I"]
    assert values("edge-node-gate.service", "ConditionPathExists") == [str("/" / upgrade.HOME / "gate.json")]
    assert f"-c {DEFAULT_GATEWAY}" in values("edge-node-gateway.service", "ExecStart")[0]
    assert values("edge-node-gateway.service", "ConditionPathExists") == [str(DEFAULT_GATEWAY)]
    assert values("edge-node-gateway.service", "Group") == [tuner.NODE_USER]
    assert values("edge-node-gateway.service", "StateDirectory") == [LiveTable("tcp://*:1").state_dir.name]
    assert (ROOT / "systemd/edge-node.tmpfiles").read_text(encoding="utf-8").splitlines()[-1].split()[1] == "/var/lib/edge-node"


def test_the_daemon_has_one_capability_and_the_helper_the_other() -> None:
    assert values("edge-node.service", "CapabilityBoundingSet") == ["CAP_NET_RAW"]
    assert values("edge-node-monitor@.service", "CapabilityBoundingSet") == ["CAP_NET_ADMIN"]


def test_the_gateway_has_no_capability_and_no_device_and_watches_itself() -> None:
    assert values("edge-node-gateway.service", "CapabilityBoundingSet") == [""]
    assert values("edge-node-gateway.service", "DeviceAllow") == []
    assert values("edge-node-gateway.service", "Type") == ["notify"]
    assert float(values("edge-node-gateway.service", "WatchdogSec")[0]) >= 10 * run.ALIVE_EVERY_S
    for unit in ("edge-node.service", "edge-node-gateway.service"):
        assert values(unit, "RestartPreventExitStatus") == [str(os.EX_CONFIG)]


def test_every_program_that_a_unit_starts_is_in_the_package() -> None:
    for unit in tree.UNITS:
        for line in values(unit, "ExecStart"):
            path = line.split()[0]
            assert path == "/usr/sbin/edge-node-version" or Path(path).parent == "/" / upgrade.HOME / "current/bin"
            assert path == "/usr/sbin/edge-node-version" or Path(path).name in tree.MODULES


def test_the_container_is_called_as_the_manual_does() -> None:
    steps = (ROOT / "tools/container/Containerfile").read_text(encoding="utf-8").splitlines()
    assert steps[-2:] == ['ENTRYPOINT ["edge-node"]', 'CMD ["demo"]']
    called = re.findall(
        r"^podman run (?:-\S+ |\S+:\S+ )+edge-node (?: *#.*|(\w+).*)$", (ROOT / "docs/install.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert called == ["", "run"]


def test_a_lamp_is_no_reason_not_to_start() -> None:
    paths = values("lamp.conf", "ReadWritePaths")
    assert paths
    assert all(path.startswith("-/sys/devices/") for path in paths)


def test_every_unit_and_drop_in_is_packed() -> None:
    here = {path.name for path in (ROOT / "systemd").iterdir() if path.suffix in {".service", ".conf"}}
    assert here == {*tree.UNITS, *tree.DROP_INS}


def test_the_example_is_a_configuration() -> None:
    config = load(tree.DEBIAN / "node.example.toml")
    assert config.problems == ()
    assert [sensor.driver for sensor in config.sensor] == ["wifi_monitor"]


def test_the_gateway_s_example_is_a_configuration() -> None:
    settings = gateway_settings.load(tree.DEBIAN / "gateway.example.toml")
    assert [sink.kind for sink in settings.sinks] == ["cot"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", [one for one in tree.UNITS if "first-boot" not in one])
def test_a_unit_may_do_little_more_than_it_needs(unit: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(ROOT / "systemd" / unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_of_the_package_are_clean() -> None:
    scripts = [tree.DEBIAN / name for name in ("preinst", "postinst", "prerm", "postrm", "edge-node-version", "launch.sh")]
    told = subprocess.run(["shellcheck", *map(str, scripts)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
