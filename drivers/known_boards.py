"""Computers that a node runs on: what their ports give, what lamps and pins they have; one TOML file each in hw/boards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from drivers import device_files
from drivers.device_kinds import Gpio
from drivers.plugged import Amps, Name, Sources

Ports = Annotated[int, Meta(ge=0, le=16, description="a number of ports from 0 to 16")]
Buses = Annotated[int, Meta(ge=1, le=16, description="a number of USB 2 buses from 1 to 16")]
Watts = Annotated[float, Meta(gt=0, le=500, description="watts above 0 and at most 500")]


class Pins(Struct, frozen=True, forbid_unknown_fields=True):
    """GPIO lines of this project's wiring (docs/wiring.md): the pulse of a GNSS receiver, a lamp, a buzzer, a 1-wire thermometer."""

    pps: Gpio
    lamp: Gpio
    buzzer: Gpio
    one_wire: Gpio


class KnownBoard(Struct, frozen=True):
    """One kind of computer; `models` are how its device tree's model begins. What nobody says is None or left out.

    `usb_amps` is what all its ports give together with the supply `supply`, `usb_amps_else` with a lesser one; `port_amps` what one port
    gives where each has a limit of its own. Devices of USB 2 share `usb2_buses`, of 480 Mbit/s each; `ethernet_on_usb` is on one of these.
    `leds` are names in /sys/class/leds, `hwmon` names of sensors in /sys/class/hwmon.
    """

    name: Name
    maker: str
    usb2_ports: Ports
    usb3_ports: Ports
    usb2_buses: Buses
    sources: Sources
    models: tuple[str, ...] = ()
    usb_amps: Amps | None = None
    usb_amps_else: Amps | None = None
    supply: str = ""
    port_amps: Amps | None = None
    ethernet_on_usb: bool = False
    watts_idle: Watts | None = None
    watts_busy: Watts | None = None
    leds: tuple[str, ...] = ()
    hwmon: tuple[str, ...] = ()
    pins: Pins | None = None
    needs: tuple[str, ...] = ()

    @property
    def ports(self) -> int:
        """How many devices can be plugged in without a hub."""
        return self.usb2_ports + self.usb3_ports


def known() -> dict[str, Path]:
    """The boards that come with the project, name -> file."""
    return device_files.known("boards")


def read_board(board: str) -> KnownBoard:
    """A known board by its name, or one of the user's by the path of its TOML file; raises SourceMisconfigured."""
    return device_files.read(device_files.path_of(board, "boards", "board"), KnownBoard)


def of_model(model: str) -> KnownBoard | None:
    """The board whose device tree says so (/proc/device-tree/model); None for one that nobody described."""
    boards = (read_board(name) for name in known())
    return next((board for board in boards if any(model.startswith(begin) for begin in board.models)), None)
