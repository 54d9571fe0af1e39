"""A scene's devices from their makers' processes: what the node is told of them, and what happens when a plug is pulled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drivers.gnss import Gnss
from drivers.source import SourceLost
from edge_node import config_file
from tests.running import wait_for
from tests.scenes import DEVICES
from tools.simulate.scene import SceneError
from tools.simulate.world import World
from tools.virtual_devices.bench import VirtualDevices, virtual_devices
from tools.virtual_devices.device import Begun

SCENE = f"""
{DEVICES}
[errors]
microphones = {{ azimuth_deg = 5.0 }}
camera = {{ tilt_deg = -2.0 }}
[weather]
temperature_c = -3.0
"""


def load(folder: Path, text: str = SCENE) -> tuple[Path, World]:
    path = folder / "scene.toml"
    path.write_text(text)
    return path, World.load(path, 1)


def begin(devices: VirtualDevices) -> None:
    devices.begin(Begun(time.monotonic(), time.time_ns()))


def test_the_node_is_told_of_every_device_as_its_configuration_has_it(tmp_path: Path) -> None:
    path, world = load(tmp_path)
    with virtual_devices(path, world, tmp_path, 5.0, plain=True) as devices:
        (tmp_path / "node.toml").write_text(devices.tables)
        config = config_file.load(tmp_path / "node.toml")
        assert [said.sense for said in devices.made.values()] == ["remote_id", "remote_id", "gnss", "microphones", "camera", "radio"]
        assert devices.notes == []
    assert config.problems == ()
    taken = {sensor.name: sensor.arguments() for sensor in config.sensor}
    assert list(taken) == ["wifi", "bluetooth", "gnss", "microphones", "camera", "links"]
    told = [taken["microphones"][key] for key in ("array", "azimuth_deg", "tilt_deg", "temperature_c")]
    assert told == ["respeaker_usb_4", 125.0, 30.0, -3.0]
    assert (taken["camera"]["camera"], taken["camera"]["azimuth_deg"], taken["camera"]["tilt_deg"]) == ("network_camera", 236.0, 6.0)
    assert taken["links"]["center_hz"] == 868.5e6


def test_a_plug_is_pulled_and_pushed_in_again(tmp_path: Path) -> None:
    path, world = load(tmp_path, SCENE.partition("[microphones]")[0])
    with virtual_devices(path, world, tmp_path, 20.0, plain=True) as devices:
        begin(devices)
        port = tmp_path / "gnss"
        with Gnss(str(port)) as driver:
            fix = next(block for block in driver.blocks() if block is not None)
            assert devices.do("unplug", "gnss") == ""
            with pytest.raises(SourceLost):
                list(driver.blocks())
        wait_for(lambda: not port.is_symlink(), 5.0, "the port goes")
        assert devices.do("replug", "gnss") == ""
        wait_for(port.is_symlink, 5.0, "the port comes back")
        with Gnss(str(port)) as driver:
            again = next(block for block in driver.blocks() if block is not None)
        assert devices.do("stall", "camera") == "the node has no camera; it has wifi, bluetooth, gnss"
    assert fix.t_mono_ns < again.t_mono_ns
    assert not port.exists()


def test_what_cannot_be_simulated_is_named(tmp_path: Path) -> None:
    node, _, rest = SCENE.partition("[microphones]")
    emitter = '[[emitter]]\nname = "gate"\nlink = "nothing"\neast_m = 1.0\nnorth_m = 1.0\n'
    path, world = load(tmp_path, f"{node}{emitter}[receiver]{rest.partition('[receiver]')[2].partition('[errors]')[0]}")
    with (
        pytest.raises(SceneError, match="links cannot be simulated: there is no radio link 'nothing'"),
        virtual_devices(path, world, tmp_path, 5.0, plain=True) as devices,
    ):
        begin(devices)
