"""All that is plugged in by USB, and the ports that the kernel had to turn off, as sysfs shows it."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.board.facts import OverCurrent, UsbDevice
from drivers.board.files import found, number, text

DEVICE = re.compile(r"\d+-\d+(\.\d+)*\Z")
PORT = re.compile(r"(?:usb(\d+)|(\d+-\d+(?:\.\d+)*))-port(\d+)\Z")
MOST_DEVICES = 256
MOST_CHARACTERS = 100
"""What a device says of itself is shown to people, and a USB string has at most 126 characters."""


def usb_devices(root: Path) -> tuple[UsbDevice, ...]:
    """By port; root hubs are left out."""
    folders = [path for path in found(root, "sys/bus/usb/devices/*") if DEVICE.match(path.name)]
    return tuple(_device(path) for path in folders[:MOST_DEVICES])


def _device(path: Path) -> UsbDevice:
    return UsbDevice(
        port_path=path.name,
        usb_id=f"{text(path / 'idVendor') or '????'}:{text(path / 'idProduct') or '????'}",
        serial=_shown(path / "serial"),
        maker=_shown(path / "manufacturer"),
        product=_shown(path / "product"),
        speed_mbps=_decimal(text(path / "speed")),
        most_ma=_milliamperes(text(path / "bMaxPower")),
    )


def over_currents(root: Path) -> tuple[OverCurrent, ...]:
    """The ports that were turned off at least once since the start."""
    told = []
    for path in found(root, "sys/bus/usb/devices/*/*-port*/over_current_count"):
        port, count = PORT.match(path.parent.name), number(path)
        if port is not None and count:
            told.append(OverCurrent(port_path=f"{port[1]}-{port[3]}" if port[1] else f"{port[2]}.{port[3]}", count=count))
    return tuple(told)


def _shown(path: Path) -> str | None:
    """What a device calls itself, with nothing that a terminal would obey."""
    said = text(path)
    return None if said is None else "".join(one if one.isprintable() else "?" for one in said[:MOST_CHARACTERS])


def _decimal(said: str | None) -> float | None:
    try:
        return float(said or "")
    except ValueError:
        return None


def _milliamperes(said: str | None) -> int | None:
    digits = (said or "").removesuffix("mA")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
