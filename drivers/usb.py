"""Which USB device is which sound card, as the kernel shows it in sysfs: by serial number or by the port that it is plugged into."""

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


def sound_cards(sys: Path = SYS) -> list[SoundCard]:
    """All sound cards that are USB devices, in the kernel's order."""
    found = []
    for card in sorted((sys / "class" / "sound").glob("card[0-9]*")):
        device = _usb_device(card / "device")
        if device is not None and card.name[4:].isdigit():
            usb_id = f"{_text(device / 'idVendor')}:{_text(device / 'idProduct')}"
            found.append(SoundCard(int(card.name[4:]), device.name, usb_id, _text(device / "serial"), _text(device / "product")))
    return sorted(found)


def _usb_device(interface: Path) -> Path | None:
    """The USB device that a card's interface belongs to; None for a card that is none."""
    place = interface.resolve()
    return next((folder for folder in (place, place.parent) if (folder / "idVendor").is_file()), None)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
