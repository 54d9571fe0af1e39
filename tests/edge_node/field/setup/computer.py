"""A made computer: sysfs with USB devices as Linux shows them, under a folder of the test's own."""

from __future__ import annotations

import os
from pathlib import Path


class Computer:
    """Devices are plugged in by their port path; what the kernel makes of one is said in words of its classes."""

    def __init__(self, root: Path, model: str = "Raspberry Pi 4 Model B Rev 1.4") -> None:
        self.root, self.sys = root, root / "sys"
        (self.sys / "bus" / "usb" / "devices").mkdir(parents=True)
        self._write(self.sys / "firmware" / "devicetree" / "base" / "model", f"{model}\0")
        self.bus(1, 480)

    def bus(self, number: int, mbps: int) -> None:
        """A root hub."""
        self._write(self._device(f"usb{number}") / "speed", str(mbps))

    def hub(self, port: str, *, powered: bool = True) -> None:
        """A hub of USB 2."""
        place = self.usb(port, "05e3:0608", product="USB2.0 Hub", most_ma=100)
        self._write(place / "bDeviceClass", "09")
        self._write(place / "bmAttributes", "e0" if powered else "a0")

    def usb(self, port: str, usb_id: str, serial: str | None = None, *, product: str | None = None, most_ma: int = 500) -> Path:
        """A device that the kernel makes nothing of."""
        place = self._device(port)
        vendor, _, device = usb_id.partition(":")
        said = {"idVendor": vendor, "idProduct": device, "serial": serial, "product": product}
        for name, text in {**said, "speed": "480", "bMaxPower": f"{most_ma}mA", "bmAttributes": "80", "bDeviceClass": "00"}.items():
            if text is not None:
                self._write(place / name, text)
        return place

    def interface(self, port: str, usb_class: str, driver: str) -> Path:
        """One more interface of a device, with its driver."""
        device = self._device(port)
        place = device / f"{port}:1.{len(list(device.glob(f'{port}:*')))}"
        self._write(place / "bInterfaceClass", usb_class)
        target = self.sys / "bus" / "usb" / "drivers" / driver
        target.mkdir(parents=True, exist_ok=True)
        (place / "driver").symlink_to(target)
        return place

    def sound(self, port: str, card: int, card_id: str) -> None:
        """A card that records."""
        place = self.interface(port, "01", "snd-usb-audio") / "sound" / f"card{card}"
        self._write(place / "id", card_id)
        (place / "device").symlink_to(place.parent.parent)
        self._show("sound", place)
        (self.sys / "class" / "sound" / f"pcmC{card}D0c").mkdir()

    def video(self, port: str, number: int, name: str) -> None:
        """A UVC camera: its node, and a second one of metadata."""
        interface = self.interface(port, "0e", "uvcvideo")
        for index in (0, 1):
            place = interface / "video4linux" / f"video{number + index}"
            self._write(place / "name", f"{name}: {name}")
            self._write(place / "index", str(index))
            (place / "device").symlink_to(interface)
            self._show("video4linux", place)

    def csi(self, sensor: str) -> None:
        """A camera on the ribbon cable."""
        place = self.sys / "devices" / "platform" / "video4linux" / "v4l-subdev0"
        self._write(place / "name", f"{sensor} 10-001a")
        self._show("video4linux", place)

    def wifi(self, port: str | None, name: str, driver: str, mac: str = "00:c0:ca:00:00:01", *, monitor: bool = False) -> None:
        """A Wi-Fi interface of a USB adapter, or of the board itself."""
        holder = self.sys / "devices" / "platform" / "mmc" if port is None else self.interface(port, "ff", driver)
        place = holder / "net" / name
        self._write(place / "type", "803" if monitor else "1")
        self._write(place / "address", mac)
        (place / "phy80211").mkdir()
        (place / "device").symlink_to(holder)
        if port is None:
            target = self.sys / "bus" / "sdio" / "drivers" / driver
            target.mkdir(parents=True)
            (holder / "driver").symlink_to(target)
        self._show("net", place)

    def serial(self, port: str, name: str, by_id: str | None = None, by_path: str | None = None) -> None:
        """A serial port, and the links that udev made for it."""
        place = self.interface(port, "02", "cdc_acm") / "tty" / name
        place.mkdir(parents=True)
        (place / "device").symlink_to(place.parent.parent)
        self._show("tty", place)
        self._write(self.root / "dev" / name, "")
        for folder, link in (("by-id", by_id), ("by-path", by_path)):
            if link:
                self.link(f"serial/{folder}/{link}", name)

    def link(self, path: str, name: str) -> None:
        """One more name in /dev."""
        place = self.root / "dev" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(Path(*[".."] * path.count("/"), name))

    def unplug(self, port: str) -> None:
        """The device, and all behind it if it is a hub."""
        shown = [*(self.sys / "bus" / "usb" / "devices").iterdir(), *(self.sys / "class").glob("*/*")]
        for link in shown:
            target = str(link.resolve())
            if link.is_symlink() and any(part in f"{target}/" for part in (f"/{port}/", f"/{port}.")):
                link.unlink()

    def default_route(self, interface: str) -> None:
        """The computer's line to the network."""
        self._write(self.root / "proc" / "net" / "route", f"Iface\tDestination\tGateway\n{interface}\t00000000\t0100A8C0\n")

    def _device(self, port: str) -> Path:
        place = self.sys / "devices" / "usb" / port
        if not place.exists():
            place.mkdir(parents=True)
            (self.sys / "bus" / "usb" / "devices" / port).symlink_to(place)
        return place

    def _show(self, subsystem: str, place: Path) -> None:
        shown = self.sys / "class" / subsystem
        shown.mkdir(parents=True, exist_ok=True)
        (shown / place.name).symlink_to(place)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")


def without_systemd(folder: Path) -> str:
    """A PATH on which systemctl knows no unit: no test may touch the service of the machine that it runs on."""
    command = folder / "no-systemd" / "systemctl"
    command.parent.mkdir(exist_ok=True)
    command.write_text("#!/bin/sh\nexit 1\n")
    command.chmod(0o755)
    return f"{command.parent}:{os.environ['PATH']}"


def mast(root: Path) -> Computer:
    """A mast node's usual things: array, thermal camera, dongle, Wi-Fi adapter and GNSS receiver, on a hub with a supply of its own."""
    made = Computer(root)
    made.hub("1-1")
    made.usb("1-1.1", "2752:0016", product="micArray16")
    made.sound("1-1.1", 1, "micArray16")
    made.usb("1-1.2", "1e4e:0100", serial="8003", product="PureThermal 2")
    made.video("1-1.2", 0, "PureThermal 2")
    made.usb("1-1.3", "0bda:2838", serial="roof-1", product="RTL2838UHIDIR")
    made.usb("1-1.4", "0e8d:7612", serial="000000000", product="Wireless")
    made.wifi("1-1.4", "wlan1", "mt76x2u")
    made.usb("1-2", "1546:01a8", product="u-blox GNSS receiver")
    made.serial("1-2", "ttyACM0", "usb-u-blox_AG_-_www.u-blox.com_u-blox_GNSS_receiver-if00", "platform-fd500000.pcie-pci-usb-0:1.2:1.0")
    made.wifi(None, "wlan0", "brcmfmac", "dc:a6:32:00:00:01")
    made.default_route("wlan0")
    return made
