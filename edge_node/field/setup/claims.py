"""Which [[sensor]] table of node.toml means which plugged-in device, and which mean one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct

from drivers.known_devices import Known
from edge_node.field.setup.inventory import Inventory, Node, UsbDevice
from edge_node.field.setup.known import by_name, by_sensor, candidates
from edge_node.messages import Finding

Table = dict[str, Any]
SUBSYSTEM = {"mic_array": "sound", "camera": "video", "wifi_monitor": "wifi"}
RECEIVERS = ("rtl_sdr", "soapy_sdr")
LISTENS = "mon"
"""How interfaces that listen are called: udev's rules keep NetworkManager off these."""

ON_A_PORT = ("gnss", "imu", "ble_hci", "ble_sniffle", "mavlink_rid")


class Thing(Struct, frozen=True):
    """One device, or one node of a device that is on no USB, with what it may be, likeliest first."""

    device: UsbDevice | None
    nodes: tuple[Node, ...]
    may_be: tuple[Known, ...]

    def node(self, subsystem: str) -> Node | None:
        """Its node of that kind."""
        return next((node for node in self.nodes if node.subsystem == subsystem), None)


def things(there: Inventory, known: Sequence[Known]) -> tuple[Thing, ...]:
    """All that could be a sensor, in the order of ports; hubs are none."""
    return (
        *(_plugged(device, there, known) for device in there.usb if not device.is_hub),
        *(_built_in(node, known) for node in there.nodes if node.port_path is None),
    )


def _plugged(device: UsbDevice, there: Inventory, known: Sequence[Known]) -> Thing:
    nodes = tuple(node for node in there.nodes if node.port_path == device.port_path)
    said = " ".join((device.product or "", *(node.label for node in nodes if node.subsystem == "sound")))
    return Thing(device, nodes, candidates(device, known) or by_name(said, known))


def _built_in(node: Node, known: Sequence[Known]) -> Thing:
    likely = {"sound": by_name, "csi": by_sensor}.get(node.subsystem)
    return Thing(None, (node,), likely(node.label, known) if likely else ())


def claimed(tables: Sequence[Table], there: Sequence[Thing]) -> dict[int, int]:
    """Place of a table -> place of the thing that it means; who names a plug or a path comes before who names a kind alone."""
    found: dict[int, int] = {}
    for means in (_by_plug, _by_kind, _by_promise):
        for place, table in enumerate(tables):
            free = (number for number in range(len(there)) if number not in found.values())
            if place not in found and (number := next((n for n in free if means(table, there[n])), None)) is not None:
                found[place] = number
    return found


def absent(tables: Sequence[Table], found: dict[int, int], there: Inventory, root: Path) -> Iterator[Finding]:
    """Of the tables that no device fits: those that need one, together where one hub is what is missing."""
    missing = [table for place, table in enumerate(tables) if place not in found and _needs_a_plug(table, root)]
    ports = {device.port_path for device in there.usb}
    for hub, group in groupby(sorted(missing, key=lambda table: _hub(table, ports)), key=lambda table: _hub(table, ports)):
        lost = list(group)
        names = [str(table.get("name")) for table in lost]
        if hub:
            words = f"the hub in port {hub} is gone, and {' and '.join(names)} with it"
            yield Finding(about=names[0], name="hub_absent", grade="fail", words=words, touch="look at the hub's plug and its power supply")
        else:
            yield from map(_absent, lost)


def _absent(table: Table) -> Finding:
    name = str(table.get("name"))
    words = f"{name} is in node.toml and not plugged in ({_wanted(table)})"
    return Finding(about=name, name="sensor_absent", grade="fail", words=words, touch="plug it in, or take its table out")


def _by_plug(table: Table, thing: Thing) -> bool:
    """Whether the table says a serial number, a port or a path, and it is this one's."""
    driver, device = table.get("driver"), thing.device
    if driver in ON_A_PORT and (node := thing.node("serial")):
        return table.get("port") in (*node.links, f"/dev/{node.name}")
    if driver == "wifi_monitor":
        return (node := thing.node("wifi")) is not None and table.get("interface") == node.name
    if driver == "camera" and table.get("device") is not None:
        return (node := thing.node("video")) is not None and table["device"] in (*node.links, f"/dev/{node.name}")
    if device is None or (driver in SUBSYSTEM and not thing.node(SUBSYSTEM[driver])):
        return False
    if driver == "soapy_sdr":
        return bool(device.serial) and f"serial={device.serial}" in str(table.get("device", "")).split(",")
    named = [(table.get("serial"), device.serial), (table.get("port_path"), device.port_path)]
    said = [(wanted, own) for wanted, own in named if wanted is not None]
    return driver in (*SUBSYSTEM, *RECEIVERS) and bool(said) and all(wanted == own for wanted, own in said)


def _by_kind(table: Table, thing: Thing) -> bool:
    """Whether the table says a kind and no plug, and this may be one."""
    if any(table.get(key) is not None for key in ("serial", "port_path", "url", "port", "interface")):
        return False
    names = {one.name for one in thing.may_be}
    match table.get("driver"):
        case "mic_array":
            node = thing.node("sound")
            return node is not None and (table.get("array") in names or _is_called(table, node, thing))
        case "camera":
            return table.get("camera") in names
        case "rtl_sdr":
            return any(one.driver == "rtl_sdr" for one in thing.may_be)
        case "soapy_sdr":
            return table.get("sdr") in names and "serial=" not in str(table.get("device", ""))
    return False


def _by_promise(table: Table, thing: Thing) -> bool:
    """Whether the table names an interface that is not there, and this adapter could get that name: a new one, or one in a new place."""
    node = thing.node("wifi")
    is_free = node is not None and not node.carries_route and not node.name.startswith(LISTENS)
    kind = thing.may_be[0] if thing.may_be else None
    is_able = kind is not None and kind.driver == "wifi_monitor"
    return table.get("driver") == "wifi_monitor" and str(table.get("interface")).startswith(LISTENS) and is_free and is_able


def _is_called(table: Table, node: Node, thing: Thing) -> bool:
    """Whether PortAudio's name of a device, which begins with the card's, is what the table says."""
    wanted = str(table.get("device") or "").casefold()
    own = (node.label, thing.device.product if thing.device else None)
    return any(name and (name.casefold() in wanted or wanted in name.casefold()) for name in own) if wanted else False


def _needs_a_plug(table: Table, root: Path) -> bool:
    driver, port = table.get("driver"), table.get("port")
    if driver in ON_A_PORT:
        return isinstance(port, str) and not (root / port.lstrip("/")).exists()
    if driver == "mic_array" and table.get("device") is not None and table.get("serial") is None:
        return False  # a sound server may bring it, and that shows in no sysfs
    return driver in (*SUBSYSTEM, *RECEIVERS) and table.get("url") is None


def _hub(table: Table, ports: set[str]) -> str:
    """The hub that its port belongs to, where that is what is missing; else empty."""
    hub, _, last = str(table.get("port_path") or "").rpartition(".")
    return hub if hub and last and hub not in ports else ""


def _wanted(table: Table) -> str:
    keys = ("serial", "port_path", "device", "port", "interface", "array", "camera", "sdr")
    return ", ".join(f"{key} {table[key]}" for key in keys if table.get(key) is not None) or str(table.get("driver"))
