"""What a computer may tell of itself; None is what it does not say."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

StartReason = Literal["power_on", "restart", "watchdog", "panic", "under_voltage", "over_temperature"]


class Power(Struct, frozen=True, kw_only=True):
    """How it is fed and whether it runs slower than it could; "seen" is since it started.

    `supply_ma` is what the supply said that it can give (Raspberry Pi 5), `usb_limited` that all USB ports share 600 mA because of it.
    """

    under_voltage_now: bool | None = None
    under_voltage_seen: bool | None = None
    throttled_now: bool | None = None
    throttled_seen: bool | None = None
    input_v: float | None = None
    supply_ma: int | None = None
    usb_limited: bool | None = None
    over_current_events: int | None = None
    frequency_hz: float | None = None
    most_hz: float | None = None


class Temperature(Struct, frozen=True, kw_only=True):
    """One thermometer; from `slows_c` on the kernel slows the computer down, at `ends_c` it turns it off."""

    name: str
    celsius: float
    slows_c: float | None = None
    ends_c: float | None = None


class Disk(Struct, frozen=True, kw_only=True):
    """The file system that holds a path. `fell_read_only`: it was mounted for writing and the kernel took that back, after an error.

    `life_used_percent` is the eMMC's or card's own word in steps of ten, `spares` how many of its spare blocks are left (JESD84-B51).
    """

    path: Path
    device: str | None = None
    kind: str | None = None
    free_bytes: int | None = None
    total_bytes: int | None = None
    free_files: int | None = None
    read_only: bool | None = None
    fell_read_only: bool | None = None
    errors: int | None = None
    life_used_percent: int | None = None
    spares: Literal["normal", "warning", "urgent"] | None = None


class ClockState(Struct, frozen=True, kw_only=True):
    """Whether something keeps the clock, what, and how wrong it may be; `stratum` and `server` are chrony's."""

    synchronised: bool | None = None
    source: Literal["chrony", "timesyncd", "kernel"] | None = None
    error_s: float | None = None
    offset_s: float | None = None
    stratum: int | None = None
    server: str | None = None


class UsbDevice(Struct, frozen=True, kw_only=True):
    """What is plugged in; `port_path` is the kernel's name of its port, such as 1-1.2."""

    port_path: str
    usb_id: str
    serial: str | None = None
    maker: str | None = None
    product: str | None = None
    speed_mbps: float | None = None
    most_ma: int | None = None

    def words(self) -> str:
        """Such as "PureThermal 2 (1e4e:0100, serial 8003, port 1-1.2)"."""
        serial = "no serial" if self.serial is None else f"serial {self.serial}"
        return f"{self.product or self.maker or 'a USB device'} ({self.usb_id}, {serial}, port {self.port_path})"


class OverCurrent(Struct, frozen=True, kw_only=True):
    """How often the kernel turned a USB port off, as too much was drawn from it."""

    port_path: str
    count: int


class Memory(Struct, frozen=True, kw_only=True):
    """RAM; `killed` is how many processes the kernel ended for want of it since it started."""

    total_bytes: int | None = None
    available_bytes: int | None = None
    killed: int | None = None


class Start(Struct, frozen=True, kw_only=True):
    """When and why the computer started; `crashes` are what a kernel that died left behind."""

    uptime_s: float | None = None
    reason: StartReason | None = None
    crashes: tuple[str, ...] = ()


class BoardFacts(Struct, frozen=True, kw_only=True):
    """All of it at one time; `disks` in the order in which they were asked for."""

    model: str | None = None
    power: Power = Power()
    temperatures: tuple[Temperature, ...] = ()
    disks: tuple[Disk, ...] = ()
    clock: ClockState = ClockState()
    start: Start = Start()
    memory: Memory = Memory()
    usb: tuple[UsbDevice, ...] = ()
    over_currents: tuple[OverCurrent, ...] = ()
