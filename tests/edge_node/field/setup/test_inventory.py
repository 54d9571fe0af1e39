"""What sysfs shows is read as it is, and a hostile or broken one harms nobody."""

from __future__ import annotations

from pathlib import Path

from edge_node.field.setup.inventory import look
from tests.edge_node.field.setup.computer import Computer, mast


def test_a_mast_node_is_seen_whole(tmp_path: Path) -> None:
    mast(tmp_path)
    there = look(tmp_path)
    assert [device.port_path for device in there.usb] == ["1-1", "1-1.1", "1-1.2", "1-1.3", "1-1.4", "1-2"]
    assert [(node.subsystem, node.name, node.port_path) for node in there.nodes] == [
        ("sound", "card1", "1-1.1"),
        ("video", "video0", "1-1.2"),
        ("wifi", "wlan0", None),
        ("wifi", "wlan1", "1-1.4"),
        ("serial", "ttyACM0", "1-2"),
    ]
    hub, array, camera = there.usb[:3]
    assert (hub.is_hub, hub.self_powered, array.serial, array.most_ma, camera.serial) == (True, True, None, 500.0, "8003")
    assert (camera.classes, camera.drivers) == (("0e",), ("uvcvideo",))
    assert (there.bus_mbps, there.model) == ({1: 480.0}, "Raspberry Pi 4 Model B Rev 1.4")
    assert {node.name: node.carries_route for node in there.nodes if node.subsystem == "wifi"} == {"wlan0": True, "wlan1": False}


def test_an_empty_root_has_nothing(tmp_path: Path) -> None:
    there = look(tmp_path)
    assert (there.usb, there.nodes, there.bus_mbps, there.model) == ((), (), {}, None)


def test_what_a_device_says_of_itself_cannot_draw_on_a_terminal(tmp_path: Path) -> None:
    made = Computer(tmp_path)
    place = made.usb("1-1", "dead:beef", serial="\x1b[2J\x07evil", product="A" * 5_000)
    (place / "manufacturer").write_bytes(b"\xff\xfe\x00\x9b31m")
    (place / "bMaxPower").write_text("plenty\n")
    (place / "bmAttributes").write_text("zz\n")
    (device,) = look(tmp_path).usb
    assert device.words.isprintable()
    assert (device.serial, device.most_ma, device.self_powered) == ("[2J evil", None, False)
    assert len(device.product or "") == 120


def test_links_that_lead_nowhere_or_in_circles_are_passed_by(tmp_path: Path) -> None:
    made = Computer(tmp_path)
    devices = made.sys / "bus" / "usb" / "devices"
    (devices / "1-1").symlink_to(tmp_path / "gone")
    (devices / "1-2").symlink_to(devices / "1-2")
    (made.sys / "class" / "video4linux").mkdir(parents=True)
    (made.sys / "class" / "video4linux" / "video0").symlink_to(tmp_path / "gone")
    there = look(tmp_path)
    assert (there.usb, there.nodes) == ((), ())


def test_a_hub_goes_with_all_behind_it(tmp_path: Path) -> None:
    mast(tmp_path).unplug("1-1")
    there = look(tmp_path)
    assert [device.port_path for device in there.usb] == ["1-2"]
    assert [node.name for node in there.nodes] == ["wlan0", "ttyACM0"]


def test_ports_of_two_like_receivers_are_told_by_where_they_are(tmp_path: Path) -> None:
    made = Computer(tmp_path)
    for port, name in (("1-1", "ttyACM0"), ("1-2", "ttyACM1")):
        made.usb(port, "1546:01a8", product="u-blox GNSS receiver")
        made.serial(port, name, by_path=f"platform-usb-{port}")
    made.usb("1-3", "1546:01a8", serial="7", product="u-blox GNSS receiver")
    made.serial("1-3", "ttyACM2", by_id="usb-u-blox_7-if00", by_path="platform-usb-1-3")
    assert [node.stays for node in look(tmp_path).nodes] == [
        "/dev/serial/by-path/platform-usb-1-1",
        "/dev/serial/by-path/platform-usb-1-2",
        "/dev/serial/by-id/usb-u-blox_7-if00",
    ]


def test_with_the_project_s_rules_a_port_is_named_as_any_other_device(tmp_path: Path) -> None:
    """By a serial number of its own, else by the port that it is plugged into; udev's by-id alone would mean either of two alike."""
    made = Computer(tmp_path)
    for port, name, serial in (("1-1", "ttyACM0", None), ("1-1.2", "ttyACM1", "0001"), ("1-3", "ttyACM2", "A7")):
        made.usb(port, "1546:01a8", serial=serial)
        made.serial(port, name, by_id=f"usb-u-blox_{serial}-if00", by_path=f"platform-usb-{port}")
        made.link(f"edge_node/serial-{port}", name)
    made.link("edge_node/serial-A7", "ttyACM2")
    made.usb("1-4", "1366:0105", serial="B8")
    made.serial("1-4", "ttyACM3")
    made.link("edge_node/serial-1-4-if02", "ttyACM3")
    nodes = look(tmp_path).nodes
    stays = [node.stays for node in nodes]
    assert stays == [f"/dev/edge_node/serial-{told}" for told in ("1-1", "1-1.2", "A7", "1-4-if02")]
    assert nodes[2].links == (
        "/dev/edge_node/serial-1-3",
        "/dev/edge_node/serial-A7",
        "/dev/serial/by-id/usb-u-blox_A7-if00",
        "/dev/serial/by-path/platform-usb-1-3",
    )
