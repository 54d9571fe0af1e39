"""Whether a bus can carry what its devices send, and whether its ports can feed them: of this computer, as things are plugged in now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers.known_boards import KnownBoard, of_model
from drivers.known_devices import Known
from drivers.usb_budget import MOST_A, TIGHT_MBPS
from edge_node.field.setup.inventory import Inventory, UsbDevice
from edge_node.messages import Finding

USB_2_MBPS = 480.0
HUB_2_A, HUB_3_A = 0.4, 0.75
"""What a hub without a supply of its own has left for all of its ports (USB 2.0, 7.2.1.1; USB 3.2, 11.4.1)."""

Kinds = Mapping[str, Known]


def overdrawn(there: Inventory, kinds: Kinds) -> Iterator[Finding]:
    """What is too much for a bus, a hub or the computer; `kinds` are the known devices by port path."""
    yield from _bandwidth(there, kinds)
    yield from _hubs(there, kinds)
    board = of_model(there.model) if there.model else None
    if board is not None:
        yield from _computer(board, there, kinds)


def _bandwidth(there: Inventory, kinds: Kinds) -> Iterator[Finding]:
    for bus, speed in sorted(there.bus_mbps.items()):
        if speed > USB_2_MBPS:
            continue
        senders = [(kind.name, kind.usb_mbps) for device in there.usb if device.bus == bus and (kind := kinds.get(device.port_path))]
        told = [(name, mbps) for name, mbps in senders if mbps]
        need = sum(mbps for _, mbps in told)
        if need > TIGHT_MBPS * speed / USB_2_MBPS:
            named = " and ".join(f"{name} ({mbps:.0f})" for name, mbps in told)
            words = f"its devices send {need:.0f} Mbit/s and it carries {TIGHT_MBPS * speed / USB_2_MBPS:.0f}: {named}"
            touch = "put one into a port of another bus ('edge-node sensors list' shows them), or lower a rate"
            yield Finding(about=f"USB bus {bus}", name="usb_bandwidth", grade="warn", words=words, touch=touch)


def _hubs(there: Inventory, kinds: Kinds) -> Iterator[Finding]:
    for hub in there.usb:
        if not hub.is_hub or hub.self_powered:
            continue
        need = sum(_draws_a(device, kinds) for device in there.usb if _parent(device) == hub.port_path)
        has = HUB_3_A if (hub.speed_mbps or 0) > USB_2_MBPS else HUB_2_A
        if need > has:
            words = f"its devices may draw {need:.2g} A, and without a supply of its own it gives {has:g}"
            about = f"USB hub {hub.port_path}"
            yield Finding(about=about, name="usb_current", grade="warn", words=words, touch="take a hub with its own power supply")


def _computer(board: KnownBoard, there: Inventory, kinds: Kinds) -> Iterator[Finding]:
    fed_by_hubs = {device.port_path for device in there.usb if device.is_hub and device.self_powered}
    drawing = [device for device in there.usb if not device.is_hub and not _is_fed(device, fed_by_hubs)]
    need, has = sum(_draws_a(device, kinds) for device in drawing), board.usb_amps_else or board.usb_amps
    if has is None or need <= has:
        return
    supply = f" ({board.usb_amps:g} with {board.supply})" if board.usb_amps_else and board.usb_amps else ""
    words = f"what is plugged in may draw {need:.2g} A, and a {board.maker} gives {has:g}{supply}"
    touch = "put the hungriest behind a hub with its own power supply"
    yield Finding(about="power", name="usb_current", grade="warn", words=words, touch=touch)


def _draws_a(device: UsbDevice, kinds: Kinds) -> float:
    """What is known of its kind, else what it asks the bus for; one that feeds itself draws nothing."""
    kind = kinds.get(device.port_path)
    if kind is not None and kind.amps is not None:
        return kind.amps
    asked_a = MOST_A if device.most_ma is None else device.most_ma / 1e3
    return 0.0 if device.self_powered else asked_a


def _parent(device: UsbDevice) -> str:
    return device.port_path.rpartition(".")[0]


def _is_fed(device: UsbDevice, hubs: set[str]) -> bool:
    """Whether a hub with a supply of its own is anywhere between it and the computer."""
    return any(device.port_path.startswith(f"{hub}.") for hub in hubs)
