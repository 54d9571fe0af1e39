"""Whether USB buses and a board's supply carry what is to be plugged in, or is: bandwidth, current and ports, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from drivers.known_boards import KnownBoard
from drivers.known_devices import Known

TIGHT_MBPS, MOST_MBPS = 280.0, 340.0
"""Of a USB 2 bus: bulk transfers reach 35 MB/s on small computers, and 0.8 of the 53.2 MB/s of USB 2.0 (table 5-10) at best."""
ISOCHRONOUS_MBPS = 5 * 1_024 * 8_000 * 8 / 1e6
"""Sound and pictures may reserve at most 80 % of a microframe (USB 2.0, 5.6.4): five packets of 1024 bytes."""
ETHERNET_MBPS = 10.0
"""What a node's own link takes of the bus where Ethernet hangs on it: tracks are little, an update or a copy is more."""
SPARE = 0.8
"""Beyond this part of what the ports give, a plug that is pulled or a cold start is felt."""
GUESSED_A = {"gnss": 0.1, "imu": 0.1, "bluetooth": 0.1}
"""For devices of which nobody says it: one unit load of USB 2.0 (7.2.1); all others count as the most that a port of USB 2 owes, 0.5 A."""
MOST_A = 0.5
USB_2_MBPS = 480.0

Grade = Literal["ok", "warn", "fail"]


class BudgetNote(Struct, frozen=True):
    """One thing that was reckoned: its name for programs (usb_bandwidth, usb_current, usb_ports), how it is, and what to touch."""

    name: str
    grade: Grade
    words: str
    touch: str = ""


class Demand(NamedTuple):
    """What one device takes: rates in Mbit/s, of which `isochronous_mbps` is reserved, and A; `guessed`: nobody says what it draws."""

    name: str
    mbps: float
    isochronous_mbps: float
    amps: float
    guessed: bool


class Load(NamedTuple):
    """What shares one USB 2 bus; the rates in Mbit/s."""

    devices: tuple[str, ...] = ()
    mbps: float = 0.0
    isochronous_mbps: float = 0.0

    def with_(self, one: Demand) -> Load:
        """And that device."""
        return Load((*self.devices, one.name), self.mbps + one.mbps, self.isochronous_mbps + one.isochronous_mbps)


def demand(device: Known) -> Demand:
    """Of a kind of device."""
    mbps = device.usb_mbps or 0.0
    amps = GUESSED_A.get(device.kind, MOST_A) if device.amps is None else device.amps
    return Demand(device.name, mbps, mbps if device.isochronous else 0.0, amps, device.amps is None)


def own_load(board: KnownBoard) -> Load:
    """What the computer itself puts on its first bus."""
    return Load(("Ethernet",), ETHERNET_MBPS) if board.ethernet_on_usb else Load()


class Budget(Struct, frozen=True):
    """`loads` is how devices of USB 2 are best spread over the board's buses; `super_speed` have a bus of their own.

    `amps` is what all may draw, of which those of `guessed` are by what is usual.
    """

    board: str
    loads: tuple[Load, ...]
    super_speed: tuple[str, ...]
    amps: float
    guessed: tuple[str, ...]
    notes: tuple[BudgetNote, ...]


def budget(board: KnownBoard, devices: Sequence[Known], *, full_supply: bool = False) -> Budget:
    """Reckon it for devices that are all plugged in; others do not count. `full_supply`: the board has the one that it asks for."""
    on_usb = [device for device in devices if device.bus == "usb"]
    demands = [demand(device) for device in on_usb]
    fast = _super_speed(board, on_usb)
    loads = _spread(board, [demand(device) for device in on_usb if device not in fast])
    notes = (*_bandwidth(board, loads), *current(board, demands, full_supply=full_supply), *_ports(board, on_usb))
    guessed = tuple(one.name for one in demands if one.guessed)
    return Budget(board.name, loads, tuple(device.name for device in fast), sum(one.amps for one in demands), guessed, notes)


def _super_speed(board: KnownBoard, devices: Sequence[Known]) -> list[Known]:
    """The greediest of those that can, as many as there are ports for them: only what USB 2 cannot carry is asked to stand there."""
    able = [device for device in devices if device.usb_speed == "super" and demand(device).mbps > TIGHT_MBPS]
    return sorted(able, key=lambda device: demand(device).mbps, reverse=True)[: board.usb3_ports]


def _spread(board: KnownBoard, demands: Sequence[Demand]) -> tuple[Load, ...]:
    """The greediest first, each to the bus that has least."""
    loads = [own_load(board)] + [Load()] * (board.usb2_buses - 1)
    for one in sorted(demands, key=lambda one: one.mbps, reverse=True):
        place = min(range(len(loads)), key=lambda n: loads[n].mbps)
        loads[place] = loads[place].with_(one)
    return tuple(loads)


def _bandwidth(board: KnownBoard, loads: Sequence[Load]) -> list[BudgetNote]:
    touch = (
        "lower a rate or a picture size, or plug one of them into another computer" if board.usb2_buses == 1 else "lower a rate or a size"
    )
    notes = [note for load in loads if (note := bus(load, touch)) is not None]
    return notes or [BudgetNote("usb_bandwidth", "ok", f"the fullest USB bus carries {max(load.mbps for load in loads):.0f} Mbit/s")]


def bus(load: Load, touch: str, speed_mbps: float = USB_2_MBPS) -> BudgetNote | None:
    """What is too much for one bus of that speed, at most that of USB 2; None where nothing is."""
    part = speed_mbps / USB_2_MBPS
    reserved, tight, most = (part * mbps for mbps in (ISOCHRONOUS_MBPS, TIGHT_MBPS, MOST_MBPS))
    names = ", ".join(load.devices)
    if load.isochronous_mbps > reserved:
        said = f"sound and pictures of {names} reserve {load.isochronous_mbps:.0f} Mbit/s of a USB bus that has {reserved:.0f} for them"
        return BudgetNote("usb_bandwidth", "fail", said, touch)
    if load.mbps > tight:
        said = f"{names} take {load.mbps:.0f} Mbit/s of a USB bus that carries {tight:.0f} to {most:.0f}"
        return BudgetNote("usb_bandwidth", "fail" if load.mbps > most else "warn", said, touch)
    return None


def current(board: KnownBoard, demands: Sequence[Demand], *, full_supply: bool = False) -> list[BudgetNote]:
    """What the board's ports say to all that they feed; nothing where they feed nothing. `full_supply` as for `budget`."""
    if not demands:
        return []
    amps, lesser = sum(one.amps for one in demands), None if full_supply else board.usb_amps_else
    guessed = [one.name for one in demands if one.guessed]
    counted = f" ({', '.join(guessed)} by the most that is usual)" if guessed else ""
    said = f"all USB devices draw up to {amps:.2f} A{counted}"
    touch = f"put {max(demands, key=lambda one: one.amps).name} on a hub with a supply of its own"
    if board.usb_amps is None:
        return _by_port(board, demands, said, touch)
    if amps > board.usb_amps:
        sure = sum(one.amps for one in demands if not one.guessed) > board.usb_amps
        words = f"{said}, and the ports of {board.maker} give {board.usb_amps:g} A"
        return [BudgetNote("usb_current", "fail" if sure else "warn", words, touch)]
    if lesser is not None and amps > lesser:
        words = f"{said}: {board.usb_amps:g} A are there with {board.supply}, and else {lesser:g} A"
        return [BudgetNote("usb_current", "warn", words, f"give it {board.supply}")]
    if amps > SPARE * board.usb_amps:
        return [BudgetNote("usb_current", "warn", f"{said} of the {board.usb_amps:g} A that the ports of {board.maker} give", touch)]
    return [BudgetNote("usb_current", "ok", f"{said} of {board.usb_amps:g} A")]


def _by_port(board: KnownBoard, demands: Sequence[Demand], said: str, touch: str) -> list[BudgetNote]:
    if board.port_amps is None:
        return [BudgetNote("usb_current", "ok", f"{said}; what the ports of {board.maker} give nobody says")]
    hungry = [one.name for one in demands if one.amps > board.port_amps]
    if hungry:
        words = f"{', '.join(hungry)} may draw more than the {board.port_amps:g} A of one port of {board.maker}"
        return [BudgetNote("usb_current", "warn", words, touch)]
    return [BudgetNote("usb_current", "ok", f"{said}, none more than the {board.port_amps:g} A of one port")]


def _ports(board: KnownBoard, devices: Sequence[Known]) -> list[BudgetNote]:
    if len(devices) <= board.ports:
        return []
    words = f"{len(devices)} USB devices and {board.ports} ports"
    return [BudgetNote("usb_ports", "warn", words, "add a hub with a supply of its own, and put what needs little bandwidth on it")]
