"""Which [[sensor]] tables there could be, on made computers and with the hw/ that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.known_boards import read_board
from drivers.known_devices import all_known, named
from drivers.usb_budget import budget
from edge_node.config_file import load
from edge_node.field.setup import toml_text
from edge_node.field.setup.inventory import look
from edge_node.field.setup.suggest import advise
from edge_node.field.setup.suggestion import Advice
from tests.edge_node.field.setup.computer import Computer, mast

LEPTON, ARRAY, DONGLE, WIFI, GNSS = "1e4e:0100", "2752:001d", "0bda:2838", "0e8d:7612", "1546:01a8"


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def advice(computer: Computer, *tables: dict[str, Any]) -> Advice:
    return advise(look(computer.root), all_known(), tables, computer.root)


def tables(computer: Computer, *configured: dict[str, Any]) -> list[dict[str, Any]]:
    return [one.table for one in advice(computer, *configured).suggestions]


def findings(computer: Computer, *configured: dict[str, Any]) -> dict[str, str]:
    return {finding.name: finding.words for finding in advice(computer, *configured).findings}


def test_each_is_named_by_its_serial_number_or_else_by_its_port(tmp_path: Path) -> None:
    made = mast(tmp_path)
    assert tables(made) == [
        {"name": "microphones", "driver": "mic_array", "array": "uma_16", "port_path": "1-1.1"},
        {"name": "thermal", "driver": "camera", "camera": "lepton_3_5", "serial": "8003"},
        {"name": "links", "driver": "rtl_sdr", "sdr": "rtl_sdr", "serial": "roof-1", "center_hz": 868.5e6},
        {"name": "wifi", "driver": "wifi_monitor", "interface": "mon0", "plan": "default"},
        {
            "name": "gnss",
            "driver": "gnss",
            "baud": 9600,
            "port": "/dev/serial/by-path/platform-fd500000.pcie-pci-usb-0:1.2:1.0",
        },
    ]
    assert findings(made) == {}


def test_the_node_takes_what_is_suggested(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text("".join(toml_text.table("[[sensor]]", table) for table in tables(mast(tmp_path))))
    config = load(path)
    assert config.problems == ()
    assert [sensor.name for sensor in config.sensor] == ["microphones", "thermal", "links", "wifi", "gnss"]


@pytest.mark.parametrize(("serials", "options"), [
    (("8003", "8004"), ({"serial": "8003"}, {"serial": "8004"})),
    (("8003", "8003"), ({"port_path": "1-1"}, {"port_path": "1-2"})),
    (("00000001", "8004"), ({"port_path": "1-1"}, {"serial": "8004"})),
    ((None, None), ({"port_path": "1-1"}, {"port_path": "1-2"})),
])  # fmt: skip
def test_two_equal_cameras(computer: Computer, serials: tuple[str | None, ...], options: tuple[dict[str, str], ...]) -> None:
    for number, serial in enumerate(serials, start=1):
        computer.usb(f"1-{number}", LEPTON, serial, product="PureThermal")
        computer.video(f"1-{number}", number * 2, "PureThermal")
    kind = {"driver": "camera", "camera": "lepton_3_5"}
    assert tables(computer) == [{"name": "thermal", **kind, **options[0]}, {"name": "thermal-2", **kind, **options[1]}]


def test_two_dongles_with_one_serial_number_are_told_to_be_renamed(computer: Computer) -> None:
    for port in ("1-1", "1-2"):
        computer.usb(port, DONGLE, "00000001", product="RTL2838UHIDIR")
    assert [table["serial"] for table in tables(computer)] == ["00000001", "00000001"]
    assert "1-1 and 1-2 have the same serial number 00000001" in findings(computer)["serial_ambiguous"]


def test_a_lonely_dongle_without_a_number_of_its_own_is_not_named_by_it(computer: Computer) -> None:
    computer.usb("1-1", DONGLE, "00000001", product="Blog V4")
    computer.interface("1-1", "ff", "dvb_usb_rtl28xxu")
    (one,) = advice(computer).suggestions
    assert "serial" not in one.table
    assert (one.options["sdr"], any("television" in need for need in one.needs)) == ("rtl_sdr_v4", True)


def test_a_fast_receiver_goes_about_where_drones_send(computer: Computer) -> None:
    computer.usb("1-1", "1d50:6089", "0000000000000000a06063c8234e5f5f", product="HackRF One")
    (table,) = tables(computer)
    assert (table["driver"], table["sdr"]) == ("soapy_sdr", "hackrf_one")
    assert [row["center_hz"] for row in table["plan"]] == [2429.5e6, 2459.5e6, 5786.5e6]


def test_an_unknown_camera_and_an_unknown_sound_card(computer: Computer) -> None:
    computer.usb("1-1", "046d:0825", product="HD Webcam")
    computer.video("1-1", 0, "HD Webcam")
    computer.sound("1-1", 1, "Webcam")
    computer.usb("1-2", "0d8c:0014", product="USB Audio Device")
    computer.sound("1-2", 2, "Device")
    camera, sound = advice(computer).suggestions
    assert camera.table == {"name": "camera", "driver": "camera", "camera": "uvc_1080p", "port_path": "1-1"}
    assert (camera.what, camera.sure) == ("HD Webcam: looks like a camera", True)
    assert "copy hw/cameras/uvc_1080p.toml" in camera.why
    assert (sound.table["array"], sound.sure) == ("single_microphone", False)


def test_a_camera_on_the_ribbon_needs_no_name(computer: Computer) -> None:
    computer.csi("imx708_wide")
    assert tables(computer) == [{"name": "camera", "driver": "camera", "camera": "rpi_module_3_wide"}]


def test_a_lens_that_the_kernel_does_not_tell_is_asked_for(computer: Computer) -> None:
    computer.csi("imx477")
    (one,) = advice(computer).suggestions
    assert {one.options["camera"], *one.may_be} == {"rpi_hq_6mm", "rpi_hq_16mm"}


def test_the_line_to_the_network_is_left_alone(computer: Computer) -> None:
    computer.usb("1-1", WIFI, product="Wireless")
    computer.wifi("1-1", "wlan0", "mt76x2u")
    computer.default_route("wlan0")
    assert tables(computer) == []
    assert "wlan0 is this computer's line" in findings(computer)["device_unusable"]


def test_an_adapter_that_listens_already_keeps_its_name_and_the_next_one_gets_another(computer: Computer) -> None:
    for port, name, monitor in (("1-1", "mon0", True), ("1-2", "wlan1", False)):
        computer.usb(port, WIFI, product="Wireless")
        computer.wifi(port, name, "mt76x2u", f"00:c0:ca:00:00:0{port[-1]}", monitor=monitor)
    first, second = advice(computer).suggestions
    assert (first.options["interface"], first.adapter) == ("mon0", None)
    assert (second.options["interface"], second.adapter.mac if second.adapter else "") == ("mon1", "00:c0:ca:00:00:02")


def test_gpsd_keeps_the_receiver_and_a_pulse_is_used(tmp_path: Path) -> None:
    made = mast(tmp_path)
    pulse = made.sys / "class" / "pps" / "pps0"
    pulse.mkdir(parents=True)
    (pulse / "name").write_text("pps@12.-1\n")
    assert tables(made)[-1]["pps"] == "pps0"
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "gpsd.sock").touch()
    assert tables(made)[-1] == {"name": "gnss", "driver": "gnss", "gpsd": "127.0.0.1:2947"}


def test_a_bridge_chip_is_no_receiver_until_somebody_says_so(computer: Computer) -> None:
    computer.usb("1-1", "10c4:ea60", "0001", product="CP2102N USB to UART Bridge Controller")
    computer.serial("1-1", "ttyUSB0", by_id="usb-Silicon_Labs_CP2102N_0001-if00-port0")
    (one,) = advice(computer).suggestions
    assert not one.sure
    assert one.may_be


def test_a_named_bridge_is_what_it_says(computer: Computer) -> None:
    computer.usb("1-1", "10c4:ea60", "0001", product="Sonoff Zigbee 3.0 USB Dongle Plus")
    computer.serial("1-1", "ttyUSB0", by_id="usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_0001-if00-port0")
    (one,) = advice(computer).suggestions
    assert (one.driver, one.options["phy"], one.sure) == ("ble_sniffle", "coded", True)


def test_what_is_in_node_toml_is_configured_already(tmp_path: Path) -> None:
    made = mast(tmp_path)
    told = tables(made)
    told[0]["name"] = "roof"
    found = advice(made, *told)
    assert [(one.name, one.configured) for one in found.suggestions] == [
        ("roof", True), ("thermal", True), ("links", True), ("wifi", True), ("gnss", True)
    ]  # fmt: skip
    assert [one.adapter.mac for one in found.suggestions if one.adapter] == ["00:c0:ca:00:00:01"]


@pytest.mark.parametrize("table", [
    {"driver": "mic_array", "array": "uma_16"},
    {"driver": "mic_array", "array": "/srv/roof.toml", "port_path": "1-1.1"},
    {"driver": "mic_array", "array": "circular_7", "device": "micArray16"},
    {"driver": "camera", "camera": "lepton_2_5"},
    {"driver": "camera", "camera": "lepton_3_5", "device": "/dev/video0"},
    {"driver": "rtl_sdr", "center_hz": 433e6},
    {"driver": "camera", "camera": "lepton_3_5", "device": "/dev/edge_node/camera-8003"},
    {"driver": "gnss", "port": "/dev/edge_node/serial-1-2"},
    {"driver": "gnss", "port": "/dev/ttyACM0"},
    {"driver": "gnss", "port": "/dev/serial/by-id/usb-u-blox_AG_-_www.u-blox.com_u-blox_GNSS_receiver-if00"},
])  # fmt: skip
def test_every_way_of_naming_a_device_is_understood(tmp_path: Path, table: dict[str, Any]) -> None:
    made = mast(tmp_path)
    made.link("edge_node/camera-8003", "video0")
    made.link("edge_node/serial-1-2", "ttyACM0")
    found = advice(made, {"name": "own", **table})
    assert [one.driver for one in found.suggestions if one.configured] == [table["driver"]]
    assert [finding.name for finding in found.findings] == []


def test_what_is_configured_and_not_plugged_in_is_said(tmp_path: Path) -> None:
    made = mast(tmp_path)
    made.unplug("1-1.2")
    found = advice(made, {"name": "thermal", "driver": "camera", "camera": "lepton_3_5", "serial": "8003", "azimuth_deg": 40})
    (finding,) = found.findings
    assert (finding.about, finding.name, finding.grade) == ("thermal", "sensor_absent", "fail")
    assert "serial 8003" in finding.words


def test_a_hub_that_went_is_said_once_for_all_behind_it(tmp_path: Path) -> None:
    made = mast(tmp_path)
    made.unplug("1-1")
    array = {"name": "roof", "driver": "mic_array", "array": "uma_16", "port_path": "1-1.1"}
    camera = {"name": "thermal", "driver": "camera", "camera": "lepton_3_5", "port_path": "1-1.2"}
    assert findings(made, array, camera) == {"hub_absent": "the hub in port 1-1 is gone, and roof and thermal with it"}


def test_what_needs_no_plug_is_not_missed(computer: Computer) -> None:
    assert findings(
        computer,
        {"name": "gate", "driver": "camera", "camera": "network_camera", "url": "rtsp://192.0.2.7/1"},
        {"name": "tape", "driver": "recording", "path": "a.wav"},
        {"name": "far", "driver": "rtl_tcp", "center_hz": 868e6},
        {"name": "gnss", "driver": "gnss", "gpsd": "127.0.0.1:2947"},
    ) == {}  # fmt: skip


def test_tables_that_are_wrong_harm_nobody(computer: Computer) -> None:
    computer.usb("1-1", LEPTON, "8003", product="PureThermal")
    computer.video("1-1", 0, "PureThermal")
    odd: list[dict[str, Any]] = [{}, {"driver": 7}, {"name": ["x"], "driver": "camera", "serial": 8003, "port_path": {"a": 1}}]
    assert [one.table["serial"] for one in advice(computer, *odd).suggestions] == ["8003"]


def test_a_bus_that_is_full_is_named_with_what_fills_it(computer: Computer) -> None:
    computer.hub("1-1")
    for port in ("1-1.1", "1-1.2"):
        computer.usb(port, "1d50:6089", f"a{port}", product="HackRF One")
    words = findings(computer)["usb_bandwidth"]
    assert "hackrf_one" in words
    assert "Mbit/s" in words


@pytest.mark.parametrize(
    ("model", "board"), [("Raspberry Pi 4 Model B", "raspberry_pi_4"), ("Raspberry Pi 3 Model B Plus", "raspberry_pi_3b_plus")]
)
def test_what_is_plugged_in_is_reckoned_as_what_will_be(tmp_path: Path, model: str, board: str) -> None:
    made = Computer(tmp_path, model)
    devices = [named(name) for name in ("hackrf_one", "airspy_mini", "mt7612u", "rtl_sdr_v4")]
    for number, device in enumerate(sorted(devices, key=lambda device: -(device.usb_mbps or 0)), 1):
        made.usb(f"1-{number}", device.usb_ids[0], f"a{number}", product=next(iter(device.usb_names), device.name))
    planned = [(note.name, note.grade, note.words) for note in budget(read_board(board), devices).notes if note.grade != "ok"]
    assert [name for name, _, _ in planned] == ["usb_bandwidth", "usb_current"]
    assert [(one.name, one.grade, one.words) for one in advice(made).findings if one.name.startswith("usb_")] == planned


def test_a_hub_without_a_supply_is_overdrawn(computer: Computer) -> None:
    computer.hub("1-1", powered=False)
    for number in (1, 2):
        computer.usb(f"1-1.{number}", "beef:0001", product="A hungry disk", most_ma=400)
    found = [finding for finding in advice(computer).findings if finding.name == "usb_current"]
    assert [finding.about for finding in found] == ["USB hub 1-1"]


def test_a_computer_is_overdrawn_by_what_hangs_on_it_alone(computer: Computer) -> None:
    for port in ("1-1", "1-2", "1-3"):
        computer.usb(port, "beef:0001", product="A hungry disk", most_ma=500)
    assert "the ports of Raspberry Pi 4 give 1.2 A" in findings(computer)["usb_current"]
    for port in ("1-1", "1-2", "1-3"):
        computer.unplug(port)
    computer.hub("1-4")
    for number in (1, 2, 3):
        computer.usb(f"1-4.{number}", "beef:0001", product="A hungry disk", most_ma=500)
    assert findings(computer) == {}
