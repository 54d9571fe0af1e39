"""Whether a bus can carry what its devices send, and whether its ports can feed them: of this computer, as things are plugged in now.

The arithmetic is that of drivers.usb_budget, which reckons it for what is not plugged in yet; here it is known what is on which bus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers import usb_budget
from drivers.known_boards import KnownBoard, of_model
from drivers.known_devices import Known
from drivers.usb_budget import MOST_A, USB_2_MBPS, BudgetNote, Demand, Load
from edge_node.field.setup.inventory import Inventory, UsbDevice
from edge_node.messages import Finding

HUB_2_A, HUB_3_A = 0.4, 0.75
"""What a hub without a supply of its own has left for all of its ports (USB 2.0, 7.2.1.1; USB 3.2, 11.4.1)."""
SPREAD = "put one into a port of another bus ('edge-node sensors list' shows them), or lower a rate"

Kinds = Mapping[str, Known]


def overdrawn(there: Inventory, kinds: Kinds) -> Iterator[Finding]:
    """What is too much for a bus, a hub or the computer; `kinds` are the known devices by port path."""
    demands = {device.port_path: _demand(device, kinds.get(device.port_path)) for device in there.usb if not device.is_hub}
    board = of_model(there.model) if there.model else None
    yield from _buses(there, demands, board)
    yield from _hubs(there, demands)
    if board is not None:
        yield from _computer(board, there, demands)


def _demand(device: UsbDevice, kind: Known | None) -> Demand:
    """What is known of its kind; of its current else what it asks the bus for, and nothing where it feeds itself."""
    known = usb_budget.demand(kind) if kind else Demand(device.product or device.usb_id, 0.0, 0.0, MOST_A, guessed=True)
    if not known.guessed:
        return known
    return known._replace(amps=0.0 if device.self_powered else MOST_A if device.most_ma is None else device.most_ma / 1e3)


def _buses(there: Inventory, demands: Mapping[str, Demand], board: KnownBoard | None) -> Iterator[Finding]:
    for bus, speed_mbps in sorted(there.bus_mbps.items()):
        if speed_mbps > USB_2_MBPS:
            continue
        load = usb_budget.own_load(board) if board is not None and board.usb2_buses == 1 else Load()
        for device in there.usb:
            if device.bus == bus and (one := demands.get(device.port_path)) and one.mbps:
                load = load.with_(one)
        note = usb_budget.bus(load, SPREAD, speed_mbps)
        if note is not None:
            yield _finding(f"USB bus {bus}", note)


def _hubs(there: Inventory, demands: Mapping[str, Demand]) -> Iterator[Finding]:
    for hub in there.usb:
        if not hub.is_hub or hub.self_powered:
            continue
        need = sum(one.amps for port, one in demands.items() if port.rpartition(".")[0] == hub.port_path)
        has = HUB_3_A if (hub.speed_mbps or 0) > USB_2_MBPS else HUB_2_A
        if need > has:
            words = f"its devices may draw {need:.2g} A, and without a supply of its own it gives {has:g}"
            note = BudgetNote("usb_current", "warn", words, "take a hub with its own power supply")
            yield _finding(f"USB hub {hub.port_path}", note)


def _computer(board: KnownBoard, there: Inventory, demands: Mapping[str, Demand]) -> Iterator[Finding]:
    """What the computer itself feeds: all that is behind no hub with a supply of its own."""
    hubs = [device.port_path for device in there.usb if device.is_hub and device.self_powered]
    fed = [one for port, one in demands.items() if not any(port.startswith(f"{hub}.") for hub in hubs)]
    yield from (_finding("power", note) for note in usb_budget.current(board, fed) if note.grade != "ok")


def _finding(about: str, note: BudgetNote) -> Finding:
    return Finding(about=about, name=note.name, grade=note.grade, words=note.words, touch=note.touch)
