"""What is said of sensors that were tried, of how they are named, and of where the node is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.board import UsbDevice
from drivers.usb import VideoNode
from edge_node.config import NodeTable, SensorTable
from edge_node.field.doctor import position, sensors, which_device
from edge_node.field.doctor.grades import in_two
from edge_node.field.doctor.tried import Fixed, Tried
from edge_node.field.doctor.which_device import Plugged
from edge_node.messages import Finding, SensorState, SensorStatus
from tests.drivers.board.trees import write

SILENT = Finding(about="one", name="microphone_silent", grade="warn", words="microphone 3 is silent", touch="look")


def tried(driver: str = "mic_array", **said: Any) -> Tried:
    return Tried(name="one", driver=driver, **({"stage": "done", "seconds": 3.0, "last_s": 2.9, "blocks": 90, "heard": 1.0} | said))


CASES: dict[str, tuple[Tried, str, str]] = {
    "sensor_ok": (tried(words="UMA16v2 at 48000 Hz; and more", signal="-52 dBFS"), "ok", "UMA16v2 at 48000 Hz; -52 dBFS"),
    "sensor_absent": (tried(trouble="absent", error="there is no sound device called UMA16; there is none"), "fail", "there is no sound"),
    "sensor_off": (tried(trouble="misconfigured", error="it does not do 8 Hz"), "fail", "it does not do 8 Hz"),
    "library_missing": (
        tried(trouble="misconfigured", error="PortAudio cannot be loaded: sudo apt-get install libportaudio2 (OSError)"),
        "fail",
        "PortAudio cannot be loaded",
    ),
    "sensor_stalled": (tried(trouble="stalled", error="it gave the same value: is it muted?"), "fail", "it gave the same value"),
    "sensor_lost": (tried(trouble="lost", error="the device is gone"), "fail", "the device is gone"),
    "sensor_crashed": (
        tried(stage="opening", ended="killed by SIGSEGV"),
        "fail",
        "its process ended while it was opened (killed by SIGSEGV)",
    ),
    "sensor_hangs": (tried(stage="listening"), "fail", "it hung while it was listened to and was ended"),
    "no_data": (tried(blocks=0, words="waiting for it to speak"), "fail", "it is open and gave nothing for 3 s; waiting"),
    "never_heard": (
        tried("wifi_monitor", blocks=0, words="monitor mode on wlan1"),
        "warn",
        "it heard nobody for 3 s; monitor mode on wlan1",
    ),
    "too_little_data": (tried(heard=0.4), "warn", "only 40% of what it should give came"),
    "data_lost": (tried(lost=0.1), "warn", "10.0% of its data was lost"),
    "sensor_problem": (tried(problem="channels 2 and 3 are swapped: exchange their plugs"), "warn", "channels 2 and 3 are swapped"),
    "microphone_silent": (tried(findings=(SILENT,), problem="channel 3 is silent: look"), "warn", "microphone 3 is silent"),
    "limited": (tried("ble_hci", limits=("Bluetooth 5 long range: it has no coded PHY",)), "warn", "Bluetooth 5 long range"),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_fate_is_one_line(name: str) -> None:
    what, grade, words = CASES[name]
    [found] = sensors.of_tried(what)
    assert (found.about, found.name, found.grade) == ("one", name, grade)
    assert found.words.startswith(words)
    assert bool(found.touch) == (grade != "ok")


def test_a_driver_that_failed_and_one_that_fell_silent() -> None:
    [failed] = sensors.of_tried(tried(trouble="failed", error="LookupError: the antenna fell off"))
    assert (failed.name, failed.words) == ("sensor_crashed", "driver 'mic_array' failed: LookupError: the antenna fell off")
    [silent] = sensors.of_tried(tried(seconds=10.0, last_s=4.0, heard=0.4))
    assert (silent.name, silent.words) == ("no_data", "it gave nothing for the last 6.0 s")
    assert [one.name for one in sensors.of_tried(tried("ble_hci", seconds=10.0, last_s=4.0))] == ["sensor_ok"]


def test_a_missing_library_names_its_package() -> None:
    for driver, package in (("mic_array", "libportaudio2"), ("rtl_sdr", "librtlsdr"), ("soapy_sdr", "python3-soapysdr")):
        [found] = sensors.of_tried(tried(driver, trouble="misconfigured", error="it cannot be loaded: pip install it"))
        assert package in found.touch


def test_a_sentence_in_two() -> None:
    assert in_two("no interface wlan1: plug it in") == ("no interface wlan1", "plug it in")
    assert in_two("RTL-SDR 1: there is none") == ("RTL-SDR 1: there is none", "")
    assert in_two("it cannot be (a: b) used: install it") == ("it cannot be (a: b) used", "install it")
    assert in_two("all is lost", "wait") == ("all is lost", "wait")


def running(state: SensorState, sentence: str = "it does well") -> SensorStatus:
    return SensorStatus(name="one", driver="gnss", state=state, sentence=sentence, since_mono_ns=0, restarts=0, pid=1)


@pytest.mark.parametrize(
    ("state", "name", "grade"),
    [
        ("running", "sensor_ok", "ok"),
        ("starting", "sensor_starting", "warn"),
        ("absent", "sensor_absent", "fail"),
        ("stalled", "sensor_stalled", "fail"),
        ("crashed", "sensor_crashed", "fail"),
        ("off", "sensor_off", "fail"),
    ],
)
def test_of_a_running_node_the_states_are_told(state: SensorState, name: str, grade: str) -> None:
    [found] = sensors.of_running([running(state)], ())
    assert (found.name, found.grade) == (name, grade)


@pytest.mark.parametrize(
    ("driver", "counted", "name"),
    [
        ("wifi_monitor", "0 blocks, 0/s", "never_heard"),
        ("wifi_monitor", "7 blocks, 0/s", "sensor_ok"),
        ("mic_array", "900 blocks, 0/s", "no_data"),
        ("mic_array", "900 blocks, 31/s", "sensor_ok"),
        ("gnss", "0 blocks, 0/s", "no_data"),
        ("gnss", "7 blocks, 0/s", "sensor_ok"),
    ],
)
def test_a_sensor_that_runs_and_gives_nothing_is_not_well(driver: str, counted: str, name: str) -> None:
    now = replace(running("running", f"open; {counted}, 0 lost"), driver=driver)
    assert [one.name for one in sensors.of_running([now], ())] == [name]


def test_what_the_supervisor_adds_is_left_out() -> None:
    [found] = sensors.of_running([running("absent", "there is no /dev/x: is it plugged in?; looks again every 4 s")], ())
    assert (found.words, found.touch) == ("there is no /dev/x", "is it plugged in?")


def test_what_the_running_node_found_itself_comes_first() -> None:
    assert list(sensors.of_running([running("running")], (SILENT,))) == [SILENT]


LEPTON = UsbDevice(port_path="1-1.2", usb_id="1e4e:0100", serial="8003")
CAMERA = VideoNode(0, "PureThermal 2", "1-1.2", "1e4e:0100", "8003")


def sensor(driver: str, **options: str) -> SensorTable:
    return SensorTable(name="one", driver=driver, options=options)


@pytest.mark.parametrize(
    ("table", "touch"),
    [
        (sensor("camera", camera="lepton_3_5", device="/dev/video0"), 'write serial = "8003" instead'),
        (sensor("gnss", port="/dev/ttyUSB0"), 'write port = "/dev/serial/by-id/usb-u-blox" instead'),
        (sensor("ble_hci", port="/dev/ttyACM3"), "write its link in /dev/edge_node (ls -l), or serial, instead"),
        (sensor("wifi_monitor", interface="wlan1"), "give it a name by its MAC address (systemd.link(5))"),
    ],
    ids=["camera", "gnss", "ble", "wifi"],
)
def test_a_name_that_changes_at_boot(table: SensorTable, touch: str) -> None:
    plugged = Plugged((LEPTON,), (CAMERA,), {"/dev/ttyUSB0": "/dev/serial/by-id/usb-u-blox"}, 2)
    [found] = which_device.of_sensor(table, plugged)
    assert (found.name, found.grade, found.touch) == ("named_by_index", "warn", touch)


def test_a_camera_that_shares_its_serial_is_named_by_its_port() -> None:
    twin = UsbDevice(port_path="1-1.3", usb_id="1e4e:0100", serial="8003")
    [found] = which_device.of_sensor(sensor("camera", camera="lepton_3_5", device="/dev/video0"), Plugged((LEPTON, twin), (CAMERA,)))
    assert found.touch == 'write port_path = "1-1.2" instead'


@pytest.mark.parametrize(
    ("serials", "options", "touch"),
    [
        ((None, None), {}, 'write port_path = "1-1" or "1-2"'),
        (("a", "b"), {}, "write serial = 'a' or 'b'"),
        (("a", "a"), {"serial": "a"}, 'write port_path = "1-1" or "1-2"'),
    ],
    ids=["none", "two", "same"],
)
def test_two_alike_are_told_apart(serials: tuple[str | None, ...], options: dict[str, str], touch: str) -> None:
    usb = tuple(UsbDevice(port_path=f"1-{n}", usb_id="1e4e:0100", serial=serial) for n, serial in enumerate(serials, 1))
    [found] = which_device.of_sensor(sensor("camera", camera="lepton_3_5", **options), Plugged(usb))
    assert (found.name, found.touch) == ("two_alike", touch)
    assert "ports 1-1, 1-2" in found.words


def test_dongles_with_the_serial_of_the_factory_get_one_of_their_own() -> None:
    usb = tuple(UsbDevice(port_path=f"1-{n}", usb_id="0bda:2838", serial="00000001") for n in (1, 2))
    [found] = which_device.of_sensor(sensor("rtl_sdr"), Plugged(usb))
    assert "rtl_eeprom" in found.touch


@pytest.mark.parametrize(
    "table",
    [
        sensor("camera", camera="lepton_3_5", serial="8003"),
        sensor("camera", camera="lepton_3_5", port_path="1-1.2"),
        sensor("camera", camera="no_such_camera"),
        sensor("mic_array", array="uma_16"),
        sensor("gnss", port="/dev/serial/by-id/usb-u-blox"),
        sensor("wifi_monitor", interface="wlx00c0ca"),
        sensor("recording", path="/dev/null"),
    ],
    ids=lambda table: f"{table.driver} {len(table.options)}",
)
def test_what_is_named_for_good_is_left_alone(table: SensorTable) -> None:
    assert which_device.of_sensor(table, Plugged((LEPTON,), (CAMERA,))) == ()


def test_lasting_names_are_found_where_udev_puts_them(tmp_path: Path) -> None:
    write(tmp_path, {"dev/ttyUSB0": "", "sys/class/ieee80211/phy0/x": "", "sys/class/ieee80211/phy1/x": ""})
    for folder, name in (("by-path", "platform-1"), ("by-id", "usb-u-blox")):
        (tmp_path / "dev/serial" / folder).mkdir(parents=True)
        (tmp_path / "dev/serial" / folder / name).symlink_to("../../ttyUSB0")
    found = which_device.look(tmp_path, (LEPTON,))
    assert found.links == {"/dev/ttyUSB0": "/dev/serial/by-id/usb-u-blox"}
    assert found.wifi_adapters == 2


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["serial-1-1.2", "serial-A50285BI"], "serial-A50285BI"),
        (["serial-1-1.2-if02", "serial-A50285BI-if02"], "serial-A50285BI-if02"),
        (["serial-1-1.2"], "serial-1-1.2"),
    ],
    ids=["serial number", "second port", "port"],
)
def test_a_name_by_serial_number_comes_first_and_one_by_port_before_one_of_its_kind(tmp_path: Path, names: list[str], best: str) -> None:
    write(tmp_path, {"dev/ttyUSB0": ""})
    for path in (*(f"edge_node/{name}" for name in names), "serial/by-id/usb-u-blox"):
        link = tmp_path / "dev" / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("/".join([".."] * path.count("/") + ["ttyUSB0"]))
    assert which_device.look(tmp_path, ()).links == {"/dev/ttyUSB0": f"/dev/edge_node/{best}"}


HERE = NodeTable(latitude_deg=48.13715, longitude_deg=11.57612)
FIX = Fixed(has_fix=True, latitude_deg=48.1372, longitude_deg=11.5762, satellites=9, sigma_horizontal_m=2.1)


def placed(node: NodeTable, *fixes: Fixed, gnss: bool = True) -> tuple[str, str, str]:
    [found] = position.of_node(node, fixes, gnss)
    return found.name, found.grade, found.words


def test_where_the_node_is() -> None:
    assert placed(HERE, gnss=False) == ("position_ok", "ok", "48.13715 N, 11.57612 E (fixed in node.toml)")
    assert placed(HERE, FIX)[0] == "position_ok"
    assert placed(NodeTable(), FIX) == ("position_ok", "ok", "48.13720 N, 11.57620 E by GNSS, 9 satellites, within 2 m")
    assert placed(NodeTable(), gnss=False)[:2] == ("position_unknown", "fail")
    assert placed(NodeTable(), Fixed(has_fix=False, satellites=2)) == ("no_fix", "fail", "the GNSS receiver has no fix (2 satellites)")
    assert placed(NodeTable(latitude_deg=0.0, longitude_deg=0.0), gnss=False)[:2] == ("position_is_zero", "fail")
    assert placed(NodeTable(), Fixed(has_fix=True, latitude_deg=0.0, longitude_deg=0.0))[:2] == ("position_is_zero", "fail")
    assert placed(NodeTable(), Fixed(has_fix=True, latitude_deg=48.0, longitude_deg=11.0, satellites=4))[:2] == ("few_satellites", "warn")


def test_a_node_that_was_carried_away() -> None:
    name, grade, words = placed(HERE, Fixed(has_fix=True, latitude_deg=48.2, longitude_deg=11.57612))
    assert (name, grade) == ("position_differs", "fail")
    assert "7.0 km" in words


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (Fixed(has_fix=False), ["no_fix"]),
        (Fixed(has_fix=True, has_pulse=False), ["no_pulse"]),
        (Fixed(has_fix=True, utc_ahead_s=1.0), ["clock_differs"]),
        (Fixed(has_fix=True, utc_ahead_s=-0.2, has_pulse=True), []),
    ],
    ids=["no fix", "no pulse", "clock", "well"],
)
def test_what_is_wrong_with_one_receiver(fix: Fixed, expected: list[str]) -> None:
    assert [one.name for one in position.of_receiver("gnss", fix)] == expected


def test_a_clock_that_is_far_off_fails() -> None:
    [found] = position.of_receiver("gnss", Fixed(has_fix=True, utc_ahead_s=-3600.0))
    assert (found.grade, found.words) == ("fail", "the computer's clock is 3600.0 s behind GNSS")
