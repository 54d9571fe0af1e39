"""Which USB device is which sound card or camera, as the kernel shows it in sysfs: by serial number or by the port it is plugged into."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SYS = Path("/sys")


class SoundCard(NamedTuple):
    """A USB device that is ALSA's card `number`; `port_path` is the kernel's name of its port, such as 1-1.2."""

    number: int
    port_path: str
    usb_id: str
    serial: str | None
    product: str | None

    def words(self) -> str:
        """Such as "micArray RAW SPK (card 1, 2752:001d, serial 00016, port 1-1.2)"."""
        serial = "no serial" if self.serial is None else f"serial {self.serial}"
        return f"{self.product or 'a USB device'} (card {self.number}, {self.usb_id}, {serial}, port {self.port_path})"


class VideoNode(NamedTuple):
    """A /dev/video`number` and the name its driver gives it; the USB fields are None of a camera that is on no USB."""

    number: int
    name: str
    port_path: str | None
    usb_id: str | None
    serial: str | None

    @property
    def path(self) -> str:
        """Where it is opened."""
        return f"/dev/video{self.number}"

    def words(self) -> str:
        """Such as "PureThermal 2 (video0, 1e4e:0100, serial 8003, port 1-1.2)"."""
        if self.usb_id is None:
            return f"{self.name} (video{self.number})"
        serial = "no serial" if self.serial is None else f"serial {self.serial}"
        return f"{self.name} (video{self.number}, {self.usb_id}, {serial}, port {self.port_path})"


def video_nodes(sys: Path = SYS) -> list[VideoNode]:
    """All nodes that give pictures, by number; a UVC camera's second node, of metadata, has another index and is left out."""
    found = []
    for node in (sys / "class" / "video4linux").glob("video[0-9]*"):
        if _text(node / "index") not in (None, "0") or not node.name[5:].isdigit():
            continue
        device = _usb_device(node / "device")
        name = (_text(node / "name") or node.name).partition(":")[0]
        usb = (None, None, None) if device is None else (device.name, _usb_id(device), _text(device / "serial"))
        found.append(VideoNode(int(node.name[5:]), name, *usb))
    return sorted(found, key=lambda node: node.number)


def sound_cards(sys: Path = SYS) -> list[SoundCard]:
    """All sound cards that are USB devices, in the kernel's order."""
    found = []
    for card in sorted((sys / "class" / "sound").glob("card[0-9]*")):
        device = _usb_device(card / "device")
        if device is not None and card.name[4:].isdigit():
            found.append(SoundCard(int(card.name[4:]), device.name, _usb_id(device), _text(device / "serial"), _text(device / "product")))
    return sorted(found)


def _usb_id(device: Path) -> str:
    return f"{_text(device / 'idVendor')}:{_text(device / 'idProduct')}"


def _usb_device(interface: Path) -> Path | None:
    """The USB device that a card's or a camera's interface belongs to; None for what is none."""
    place = interface.resolve()
    return next((folder for folder in (place, place.parent) if (folder / "idVendor").is_file()), None)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
