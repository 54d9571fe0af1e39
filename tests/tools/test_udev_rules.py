"""The rules of hw/udev, obeyed by the machine's own udev for devices of a made sysfs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_node.field.setup.serials import is_given
from tools.udev_rules import FOLDER, rules

VERSION = re.compile(r"\d+")
IN_A_NAMESPACE = """
mount --bind "$1/sys" /sys && mount -t tmpfs edge-node-test /dev && mount --bind "$1/run" /run || exit 3
shift
for device in "$@"; do SYSTEMD_DEVICE_VERIFY_SYSFS=0 SYSTEMD_LOG_LEVEL=warning udevadm test --action=add "/sys$device" 2>&1 || exit 4; done
"""


def test_what_follows_from_hw_is_as_it_would_be_written() -> None:
    for name, text in rules().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "python -m tools.udev_rules"


def _udev_version() -> int:
    said = subprocess.run(["udevadm", "--version"], capture_output=True, text=True, check=True).stdout
    found = VERSION.match(said)
    return int(found[0]) if found else 0


needs_udev = pytest.mark.skipif(not shutil.which("udevadm"), reason="udev is not installed")


@needs_udev
def test_udev_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    if _udev_version() < 254:
        pytest.skip("udevadm verify came with systemd 254")
    for path in FOLDER.glob("*.rules"):  # the group is made where the package is installed
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace('GROUP="edge-node"', 'GROUP="root"'), encoding="utf-8")
    done = subprocess.run(["udevadm", "verify", *tmp_path.glob("*.rules")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Machine:
    """A made sysfs, and this machine's udev with the project's rules beside its own, in a namespace of its own."""

    def __init__(self, root: Path) -> None:
        self._root, self._sys = root, root / "sys"
        shutil.copytree(FOLDER, root / "run" / "udev" / "rules.d")

    def usb(self, port: str, usb_id: str, serial: str | None = None) -> str:
        """A device in a port; its path beneath /sys."""
        vendor, _, product = usb_id.partition(":")
        number = 1 + len(list((self._sys / "devices").glob("usb/*"))) if self._sys.exists() else 1
        place = f"/devices/usb/{port}"
        self._node(place, "usb", f"bus/usb/001/{number:03d}", (189, number), devtype="usb_device", driver="usb")
        told = {
            "idVendor": vendor,
            "idProduct": product,
            "manufacturer": "Maker",
            "product": "Thing",
            "bcdDevice": "0100",
            "bDeviceClass": "00",
        }
        self._say(place, told | ({} if serial is None else {"serial": serial}))
        return place

    def _interface(self, device: str, number: str, usb_class: str, driver: str) -> str:
        place = f"{device}/{Path(device).name}:1.{int(number, 16)}"
        if not (self._sys / place[1:]).exists():
            self._node(place, "usb", devtype="usb_interface", driver=driver)
            self._say(place, {"bInterfaceNumber": number, "bInterfaceClass": usb_class, "bInterfaceSubClass": "01"})
        return place

    def acm(self, device: str, name: str, number: str = "00") -> str:
        """A serial port of an interface."""
        return self._node(f"{self._interface(device, number, '02', 'cdc_acm')}/tty/{name}", "tty", name, (166, int(name[6:])))

    def bridge(self, device: str, name: str, port: str = "0") -> str:
        """A serial port of a bridge chip, which may have several."""
        place = f"{self._interface(device, '00', 'ff', 'cp210x')}/{name}"
        self._node(place, "usb-serial", driver="cp210x")
        self._say(place, {"port_number": port})
        return self._node(f"{place}/tty/{name}", "tty", name, (188, int(name[6:])))

    def camera(self, device: str, number: int, index: str = "0") -> str:
        """A node of a camera."""
        place = self._node(
            f"{self._interface(device, '00', '0e', 'uvcvideo')}/video4linux/video{number}", "video4linux", f"video{number}", (81, number)
        )
        self._say(place, {"index": index, "name": "Thing"})
        return place

    def microphones(self, device: str, number: int) -> str:
        """The control of a card, beside which a webcam's picture has interface 0."""
        card = f"{self._interface(device, '02', '01', 'snd-usb-audio')}/sound/card{number}"
        self._node(card, "sound")
        return self._node(f"{card}/controlC{number}", "sound", f"snd/controlC{number}", (116, number))

    def _node(
        self,
        place: str,
        subsystem: str,
        name: str | None = None,
        number: tuple[int, int] | None = None,
        *,
        devtype: str = "",
        driver: str = "",
    ) -> str:
        folder = self._sys / place[1:]
        folder.mkdir(parents=True)
        told = {"DEVTYPE": devtype, "DRIVER": driver, "DEVNAME": name or ""}
        if number is not None:
            told |= {"MAJOR": str(number[0]), "MINOR": str(number[1])}
            self._say(place, {"dev": f"{number[0]}:{number[1]}"})
        self._say(place, {"uevent": "\n".join(f"{key}={value}" for key, value in told.items() if value)})
        kind = "bus" if subsystem.startswith("usb") else "class"
        for link, target in (("subsystem", f"{kind}/{subsystem}"), ("driver", f"bus/{subsystem}/drivers/{driver}" if driver else "")):
            if target:
                (self._sys / target).mkdir(parents=True, exist_ok=True)
                (folder / link).symlink_to(f"/sys/{target}")
        return place

    def _say(self, place: str, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            (self._sys / place[1:] / name).write_text(f"{text}\n", encoding="utf-8")

    def led(self, holder: str, name: str, driver: str) -> str:
        """A LED as Linux shows it: its link in /sys/class/leds leads to a folder beneath what drives it."""
        self._node(holder, "platform", driver=driver)
        return self._node(f"{holder}/leds/{name}", "leds")

    def names(self, *devices: str) -> list[list[str]]:
        """Of each device, what it is called in /dev/edge_node."""
        return [sorted(set(re.findall(r"/dev/edge_node/(\S+)", said))) for said in self.said(*devices)]

    def said(self, *devices: str) -> list[str]:
        """Of each device, what udev makes of it and would run."""
        run = ["unshare", "-m", "sh", "-c", IN_A_NAMESPACE, "sh", str(self._root), *devices]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        if done.returncode == 3:
            pytest.skip(f"no mounts of its own can be made here: {done.stderr}")
        assert done.returncode == 0, done.stdout
        parts = done.stdout.split("DEVPATH=")[1:]
        assert len(parts) == len(devices), done.stdout
        return parts


@pytest.fixture
def machine(tmp_path: Path, as_root: None) -> Machine:
    """One without devices."""
    return Machine(tmp_path)


@needs_udev
@pytest.mark.root
def test_names_by_serial_number_and_by_port(machine: Machine) -> None:
    gnss = machine.usb("1-1.2", "1546:01a8")
    dongle = machine.usb("1-1.3", "10c4:ea60", "a 1/../b")
    kit = machine.usb("1-1.4", "1366:0105", "000683000001")
    lepton = machine.usb("1-2", "1e4e:0100", "8003-0022")
    webcam = machine.usb("3-1", "046d:0825", "D9F3A2C0")
    radio = machine.usb("2-1.1.4", "0bda:2838", "roof-1")
    unknown = machine.usb("2-2", "05e3:0608", "hub-7")
    found = machine.names(
        machine.acm(gnss, "ttyACM0"),
        machine.bridge(dongle, "ttyUSB0"),
        machine.bridge(dongle, "ttyUSB1", "1"),
        machine.acm(kit, "ttyACM1", "02"),
        machine.camera(lepton, 0),
        machine.camera(lepton, 1, "1"),
        machine.microphones(webcam, 1),
        radio,
        unknown,
    )
    assert found == [
        ["serial-1-1.2"],
        ["serial-1-1.3", "serial-a_1_.._b"],
        ["serial-1-1.3-port1", "serial-a_1_.._b-port1"],
        ["serial-000683000001-if02", "serial-1-1.4-if02"],
        ["camera-1-2", "camera-8003-0022"],
        [],
        ["microphones-3-1", "microphones-D9F3A2C0"],
        ["sdr-2-1.1.4", "sdr-roof-1"],
        [],
    ]


@needs_udev
@pytest.mark.root
def test_a_serial_number_that_is_none_is_none_for_setup_too(machine: Machine) -> None:
    serials = [
        "0",
        "00000001",
        "1",
        "0002",
        "10",
        "FFFFFFFF",
        "ffe1",
        "0123456789ABCDEF",
        "123456789",
        "9123456789",
        "12345678X",
        "None",
        "nonesuch",
    ]
    serials += ["default", "Serial Number", "SerialNumber", "1-1.2", "12-3.4", "123-4", "2-a", "A50285BI", "77771111153705700"]
    devices = [machine.usb(f"1-{place}", "0bda:2838", serial) for place, serial in enumerate(serials, 1)]
    named = {serial: len(names) == 2 for serial, names in zip(serials, machine.names(*devices), strict=True)}
    assert named == {serial: is_given(serial) for serial in serials}


@needs_udev
@pytest.mark.root
def test_a_lamp_on_a_pin_is_given_to_the_node_and_no_other_led(machine: Machine) -> None:
    lamp = machine.led("/devices/platform/leds", "ACT", "leds-gpio")
    keyboard = machine.led("/devices/platform/i8042", "input0::capslock", "atkbd")
    of_lamp, of_keyboard = machine.said(lamp, keyboard)
    for program in ("/bin/chgrp edge-node", "/bin/chmod g+w"):
        assert f"{program} /sys{lamp}/brightness /sys{lamp}/trigger" in of_lamp
    assert "edge-node" not in of_keyboard
