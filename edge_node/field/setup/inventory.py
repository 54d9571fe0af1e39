"""What is plugged into this computer, as sysfs shows it under any root: USB devices, and what the kernel made of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from edge_node.field.setup import sysfs
from edge_node.field.setup.serials import is_given

Subsystem = Literal["sound", "video", "csi", "wifi", "serial", "bluetooth"]
RADIOTAP = "803"
SELF_POWERED = 0x40
HUB_CLASS = "09"
OURS = "edge_node"
"""The folder in /dev that hw/udev/76-edge-node-names.rules fills: KIND-SERIAL and KIND-PORT."""


class UsbDevice(Struct, frozen=True):
    """One device in the port that the kernel calls `port_path`; `classes` and `drivers` are of its interfaces."""

    port_path: str
    bus: int
    usb_id: str
    serial: str | None = None
    maker: str | None = None
    product: str | None = None
    speed_mbps: float | None = None
    most_ma: float | None = None
    self_powered: bool = False
    is_hub: bool = False
    classes: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Such as "micArray16 (2752:0016, no serial, port 1-1.2)"."""
        serial = f"serial {self.serial}" if self.serial else "no serial"
        return f"{self.product or 'a USB device'} ({self.usb_id}, {serial}, port {self.port_path})"


class Node(Struct, frozen=True):
    """What the kernel made of a device: `name` may be another at the next boot, `stays` (a path in /dev, where there is one) is not.

    `label` is what its driver calls it, `links` are all of udev's names of a serial port or a camera. `monitor`, `carries_route` and `mac`
    are of a Wi-Fi interface.
    """

    subsystem: Subsystem
    name: str
    label: str
    port_path: str | None = None
    stays: str | None = None
    links: tuple[str, ...] = ()
    driver: str | None = None
    mac: str | None = None
    monitor: bool = False
    carries_route: bool = False


class Inventory(Struct, frozen=True):
    """All of it; `pulses` are PPS sources with what they hang on, `rules` the names of udev's rule files."""

    usb: tuple[UsbDevice, ...] = ()
    nodes: tuple[Node, ...] = ()
    bus_mbps: dict[int, float] = {}
    pulses: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()
    has_gpsd: bool = False
    model: str | None = None

    def of(self, device: UsbDevice, subsystem: Subsystem) -> Node | None:
        """The first node of that kind that belongs to a device."""
        return next((node for node in self.nodes if (node.port_path, node.subsystem) == (device.port_path, subsystem)), None)


def look(root: Path = Path("/")) -> Inventory:
    """What is plugged in now; never raises for what a file says, or for one that goes while it is read."""
    sys = root / "sys"
    devices = sys / "bus" / "usb" / "devices"
    found = [_usb(path) for path in sysfs.entries(devices) if ":" not in path.name and not path.name.startswith("usb")]
    speeds = (
        (path.name.removeprefix("usb"), sysfs.number(path / "speed")) for path in sysfs.entries(devices) if path.name.startswith("usb")
    )
    return Inventory(
        usb=tuple(device for device in found if device),
        nodes=(*_sound(sys), *_video(sys, root / "dev"), *_wifi(sys, root), *_serial(sys, root / "dev"), *_bluetooth(sys)),
        bus_mbps={int(bus): speed for bus, speed in speeds if speed and bus.isdigit()},
        pulses=tuple(
            (path.name, sysfs.text(path / "path") or sysfs.text(path / "name") or "") for path in sysfs.entries(sys / "class" / "pps")
        ),
        rules=tuple(path.name for folder in ("etc", "usr/lib", "lib") for path in sysfs.entries(root / folder / "udev" / "rules.d")),
        has_gpsd=(root / "run" / "gpsd.sock").exists(),
        model=sysfs.text(sys / "firmware" / "devicetree" / "base" / "model"),
    )


def _usb(path: Path) -> UsbDevice | None:
    vendor, product = sysfs.text(path / "idVendor"), sysfs.text(path / "idProduct")
    bus = path.name.partition("-")[0]
    if not vendor or not product or not bus.isdigit():
        return None
    place = sysfs.target(path) or path
    interfaces = [folder for folder in sysfs.entries(place) if folder.name.startswith(f"{path.name}:")]
    drivers = (sysfs.target(folder / "driver") for folder in interfaces)
    return UsbDevice(
        port_path=path.name,
        bus=int(bus),
        usb_id=f"{vendor}:{product}",
        serial=sysfs.text(path / "serial"),
        maker=sysfs.text(path / "manufacturer"),
        product=sysfs.text(path / "product"),
        speed_mbps=sysfs.number(path / "speed"),
        most_ma=sysfs.number(path / "bMaxPower"),
        self_powered=bool(_hexadecimal(path / "bmAttributes") & SELF_POWERED),
        is_hub=sysfs.text(path / "bDeviceClass") == HUB_CLASS,
        classes=tuple(sorted({name for folder in interfaces if (name := sysfs.text(folder / "bInterfaceClass"))})),
        drivers=tuple(sorted({driver.name for driver in drivers if driver})),
    )


def _hexadecimal(path: Path) -> int:
    try:
        return int(sysfs.text(path) or "0", 16)
    except ValueError:
        return 0


def _sound(sys: Path) -> Iterator[Node]:
    """Cards that record."""
    all_of_it = [path.name for path in sysfs.entries(sys / "class" / "sound")]
    for name in all_of_it:
        card = name.removeprefix("card")
        if name.startswith("card") and any(other.startswith(f"pcmC{card}D") and other.endswith("c") for other in all_of_it):
            path = sys / "class" / "sound" / name
            yield Node("sound", name, sysfs.text(path / "id") or name, sysfs.usb_port(path))


def _video(sys: Path, dev: Path) -> Iterator[Node]:
    """USB cameras (not their second nodes, of metadata), and the sensors of CSI cameras, such as imx708_wide."""
    folders = [_links(dev, folder) for folder in (OURS, "v4l/by-id", "v4l/by-path")]
    for path in sysfs.entries(sys / "class" / "video4linux"):
        label, port = (sysfs.text(path / "name") or path.name), sysfs.usb_port(path)
        if path.name.startswith("video") and port and sysfs.text(path / "index") in (None, "0"):
            links = tuple(link for folder in folders for link in folder.get(path.name, ()))
            yield Node("video", path.name, label.partition(":")[0], port, links=links)
        elif path.name.startswith("v4l-subdev") and not port and label.startswith(("imx", "ov")):
            yield Node("csi", path.name, label.split()[0])


def _wifi(sys: Path, root: Path) -> Iterator[Node]:
    routes = {line.split()[0] for line in _lines(root / "proc" / "net" / "route")[1:] if line.split()[1:2] == ["00000000"]}
    for path in sysfs.entries(sys / "class" / "net"):
        if (path / "phy80211").exists():
            driver = sysfs.target(path / "device" / "driver")
            yield Node(
                "wifi",
                path.name,
                (sysfs.target(path / "phy80211") or path).name,
                sysfs.usb_port(path),
                driver=driver.name if driver else None,
                mac=sysfs.text(path / "address"),
                monitor=sysfs.text(path / "type") == RADIOTAP,
                carries_route=path.name in routes,
            )


def _serial(sys: Path, dev: Path) -> Iterator[Node]:
    """Ports of USB devices, by the links that udev made for them."""
    folders = [_links(dev, folder) for folder in (OURS, "serial/by-id", "serial/by-path")]
    for path in sysfs.entries(sys / "class" / "tty"):
        port = sysfs.usb_port(path) if path.name.startswith(("ttyUSB", "ttyACM")) else None
        if port:
            ours, by_id, by_path = (links.get(path.name, ()) for links in folders)
            ours_by_port = tuple(link for link in ours if f"{link}-".startswith(f"/dev/{OURS}/serial-{port}-"))
            ours_by_serial = tuple(link for link in ours if link not in ours_by_port)
            unique = (*ours_by_serial, *by_id) if _is_told_apart(sys, port) else ()
            stays = next(iter((*unique, *ours_by_port, *by_path)), None)
            yield Node("serial", path.name, path.name, port, stays=stays, links=(*ours, *by_id, *by_path))


def _is_told_apart(sys: Path, port: str) -> bool:
    """Whether the device in a port has a serial number that no other of its kind has: only then is a link by that its own."""
    devices = sys / "bus" / "usb" / "devices"
    own = [sysfs.text(devices / port / name) for name in ("idVendor", "idProduct", "serial")]
    others = (path for path in sysfs.entries(devices) if path.name != port and ":" not in path.name)
    return is_given(own[2]) and all([sysfs.text(path / name) for name in ("idVendor", "idProduct", "serial")] != own for path in others)


def _links(dev: Path, folder: str) -> dict[str, tuple[str, ...]]:
    """A device's name, and the paths of one folder in /dev that lead to it."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sysfs.entries(dev / folder):
        try:
            name = path.readlink().name
        except OSError:
            continue
        found[name] = (*found.get(name, ()), f"/dev/{folder}/{path.name}")
    return found


def _bluetooth(sys: Path) -> Iterator[Node]:
    yield from (Node("bluetooth", path.name, path.name, sysfs.usb_port(path)) for path in sysfs.entries(sys / "class" / "bluetooth"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
