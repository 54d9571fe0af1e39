"""Whether a sensor's table names its device for good: an index changes at boot, and two alike are told apart by their ports alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from drivers.board import UsbDevice
from drivers.board.files import found, resolved
from drivers.cameras import read_camera
from drivers.microphone_arrays import read_array
from drivers.sdrs import read_sdr
from drivers.source import SourceMisconfigured
from drivers.usb import VideoNode, video_nodes
from edge_node.config import SensorTable
from edge_node.field.doctor.grades import finding
from edge_node.messages import Finding

BY_INDEX = re.compile(r"/dev/(tty(USB|ACM)|video)\d+\Z")
INTERFACE_BY_INDEX = re.compile(r"wlan\d+\Z")
BY_PORT = re.compile(r"\w+-\d+-\d+(\.\d+)*(-if\d+)?(-port\d+)?\Z")
LINK_FOLDERS = ("dev/edge_node", "dev/serial/by-id", "dev/serial/by-path")
"""The first is the project's own: hw/udev/76-edge-node-names.rules."""


class Plugged(Struct, frozen=True):
    """What is plugged in: USB devices, cameras' nodes, lasting names of serial ports (device -> link), and how many Wi-Fi adapters."""

    usb: tuple[UsbDevice, ...] = ()
    cameras: tuple[VideoNode, ...] = ()
    links: Mapping[str, str] = {}
    wifi_adapters: int = 0


def look(root: Path, usb: tuple[UsbDevice, ...]) -> Plugged:
    """As the kernel and udev show it under root."""
    links: dict[str, str] = {}
    for folder in LINK_FOLDERS:
        for link in sorted(found(root, f"{folder}/*"), key=lambda link: BY_PORT.match(link.name) is not None):
            target = f"/dev/{resolved(link).name}"
            links.setdefault(target, f"/{link.relative_to(root)}")
    return Plugged(usb, tuple(video_nodes(root / "sys")), links, len(found(root, "sys/class/ieee80211/phy*")))


def of_sensor(sensor: SensorTable, plugged: Plugged) -> tuple[Finding, ...]:
    """What is doubtful in how it names its device."""
    return (*_by_index(sensor, plugged), *_alike(sensor, plugged))


def _by_index(sensor: SensorTable, plugged: Plugged) -> Iterator[Finding]:
    port, interface = _text(sensor, "port") or _text(sensor, "device"), _text(sensor, "interface")
    if port and BY_INDEX.match(port):
        yield finding(sensor.name, "named_by_index", "warn", f"{port} may be another device after a restart", _lasting(port, plugged))
    elif interface and INTERFACE_BY_INDEX.match(interface) and plugged.wifi_adapters > 1:
        said = f"{interface} may be another of the {plugged.wifi_adapters} Wi-Fi adapters after a restart"
        yield finding(sensor.name, "named_by_index", "warn", said, "give it a name by its MAC address (systemd.link(5))")


def _lasting(port: str, plugged: Plugged) -> str:
    """What to write instead."""
    camera = next((node for node in plugged.cameras if node.path == port), None)
    if camera is not None and camera.serial is not None and _is_only(camera.serial, plugged):
        return f'write serial = "{camera.serial}" instead'
    if camera is not None and camera.port_path is not None:
        return f'write port_path = "{camera.port_path}" instead'
    link = plugged.links.get(port)
    return f'write port = "{link}" instead' if link else "write its link in /dev/edge_node (ls -l), or serial, instead"


def _is_only(serial: str, plugged: Plugged) -> bool:
    return sum(device.serial == serial for device in plugged.usb) <= 1


def _alike(sensor: SensorTable, plugged: Plugged) -> Iterator[Finding]:
    """More than one device that would be taken for it."""
    if any(_text(sensor, key) for key in ("port_path", "device", "url")):
        return
    serial = _text(sensor, "serial")
    ids = _usb_ids(sensor)
    meant = [device for device in plugged.usb if device.usb_id in ids and serial in (None, device.serial)]
    if len(meant) < 2:
        return
    ports = " or ".join(f'"{device.port_path}"' for device in meant)
    serials = {device.serial for device in meant}
    told_apart = serial is None and None not in serials and len(serials) == len(meant)
    touch = f"write serial = {' or '.join(repr(one) for one in sorted(map(str, serials)))}" if told_apart else f"write port_path = {ports}"
    if sensor.driver == "rtl_sdr" and not told_apart:
        touch = "give each dongle a serial number of its own: rtl_eeprom -s"
    said = f"{len(meant)} of its kind are plugged in (ports {', '.join(device.port_path for device in meant)})"
    yield finding(sensor.name, "two_alike", "warn", f"{said}, and nothing says which is meant", touch)


def _usb_ids(sensor: SensorTable) -> Sequence[str]:
    """The USB ids of its kind; none where the kind has none or is not known."""
    try:
        match sensor.driver:
            case "camera":
                return read_camera(str(sensor.options["camera"])).usb
            case "mic_array":
                return read_array(str(sensor.options["array"])).usb
            case "rtl_sdr":
                return read_sdr(str(sensor.options.get("sdr", "rtl_sdr"))).usb
    except (SourceMisconfigured, KeyError):
        return ()
    return ()


def _text(sensor: SensorTable, key: str) -> str | None:
    value = sensor.options.get(key)
    return value if isinstance(value, str) else None
