"""Software radios and Wi-Fi adapters as sensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from drivers.sdrs import SdrFile, read_sdr
from edge_node.field.setup import naming
from edge_node.field.setup.claims import LISTENS, Thing
from edge_node.field.setup.inventory import Inventory, Node, UsbDevice
from edge_node.field.setup.suggestion import Adapter, Suggestion, plain_words, suggested, unusable, which, why_this
from edge_node.messages import Finding

NO_MONITOR = ("brcmfmac", "brcmsmac", "iwlwifi")
"""Kernel drivers of built-in adapters that have no monitor mode worth the name; they are the node's line rather than its ear."""

SUB_GHZ_HZ = {"europe": 868.5e6, "americas": 915e6}
"""Where remote controls of long range are, by region."""

WIDE_PLAN = ((2429.5e6, 1.3), (2459.5e6, 1.3), (5786.5e6, 1.3))
WIDE_HZ, MOST_WIDE_HZ = 15e6, 20e6
"""A receiver of such a rate hears what a drone sends at 2.4 and 5.8 GHz; these are places of that plan, with their seconds."""

TELEVISION = "dvb_usb_rtl28xxu"
RULE = "74-edge-node-sdrs"


def receiver(thing: Thing, device: UsbDevice, there: Inventory) -> Suggestion:
    """A software radio of a known kind."""
    kind = thing.may_be[0]
    sdr = read_sdr(str(kind.options["sdr"]))
    options: dict[str, Any] = dict(kind.options)
    own = naming.is_its_own(device, there.usb)
    alike = [one for one in there.usb if one.usb_id == device.usb_id]
    if kind.driver == "rtl_sdr" and device.serial and (own or len(alike) > 1):
        options["serial"] = device.serial
    elif kind.driver == "soapy_sdr" and own and len(alike) > 1 and (device.serial or "").isalnum():
        options["device"] = f"{sdr.soapy},serial={device.serial}"
    is_named = "serial" in options or "device" in options
    named = "named by its serial number" if is_named else "the only one of its kind, and it has no serial number of its own"
    needs = (*which(thing), *kind.needs, *_rule(device, there), "an antenna for these frequencies")
    return suggested(thing, "links", kind.driver, {**options, **listening(sdr)}, why=why_this(thing), named=named, needs=needs)


def listening(sdr: SdrFile, sub_ghz_hz: float = SUB_GHZ_HZ["europe"]) -> dict[str, Any]:
    """Where a receiver of that kind hears most: about 2.4 and 5.8 GHz where it is fast enough for what drones send there."""
    rate_hz = min(sdr.usual_rate_hz, MOST_WIDE_HZ)
    rows = [(center_hz, dwell_s) for center_hz, dwell_s in WIDE_PLAN if any(low <= center_hz <= high for low, high in sdr.tuning_hz)]
    if sdr.usual_rate_hz < WIDE_HZ or not rows:
        return {"center_hz": sub_ghz_hz}
    return {"plan": [{"center_hz": center_hz, "rate_hz": rate_hz, "dwell_s": dwell_s} for center_hz, dwell_s in rows]}


def same_serials(found: Sequence[Thing]) -> Iterator[Finding]:
    """Dongles that their driver can tell apart by serial number alone, and that have the same."""
    dongles: dict[str | None, list[UsbDevice]] = {}
    for thing in found:
        if thing.device and thing.may_be and thing.may_be[0].driver == "rtl_sdr":
            dongles.setdefault(thing.device.serial, []).append(thing.device)
    for serial, alike in dongles.items():
        if len(alike) > 1:
            ports = " and ".join(device.port_path for device in alike)
            yield Finding(
                about="configuration",
                name="serial_ambiguous",
                grade="warn",
                words=f"the receivers in ports {ports} have the same serial number {serial}: whichever is found first is used",
                touch="plug in one alone, give it a name ('rtl_eeprom -s roof-1'), plug it in anew, and run this again",
            )


def wifi(thing: Thing, node: Node, interfaces: set[str]) -> Suggestion | Finding | None:
    """A Wi-Fi adapter, which must know monitor mode and not be the node's own line; None for a built-in one, which is neither.

    `interfaces` are names that are taken.
    """
    kind = thing.may_be[0] if thing.may_be else None
    words = kind.words if kind else f"{plain_words(thing)} ({node.driver or 'unknown driver'})"
    if thing.device is None and (node.carries_route or node.driver in NO_MONITOR):
        return None
    if node.carries_route:
        return unusable(thing, f"{node.name} is this computer's line to the network", "leave it; a second adapter can listen")
    if kind and kind.driver is None:
        return unusable(thing, words, "leave it, or take another adapter (hw/README.md)")
    if node.driver in NO_MONITOR:
        return unusable(thing, f"{words}: {node.driver} has no monitor mode", "take a USB adapter that has (hw/README.md)")
    ready = node.monitor and node.name.startswith(LISTENS)
    interface = node.name if ready else naming.free_interface(interfaces)
    why = f"{why_this(thing)}, driver {node.driver}" if kind else f"a Wi-Fi adapter; does 'iw list' show monitor mode for {node.label}?"
    made = suggested(
        thing,
        "wifi",
        "wifi_monitor",
        {"interface": interface, **(kind.options if kind else {})},
        why=why,
        named="" if ready else _today(node),
        needs=(*(() if ready else (_to_be_called(node, interface),)), *(kind.needs if kind else ())),
        what=words,
        sure=kind is not None,
    )
    return made if ready else replace(made, adapter=Adapter(node.name, node.mac or ""))


def renamed(one: Suggestion, node: Node) -> Suggestion:
    """A configured sensor whose adapter has another name than node.toml says."""
    interface = str(one.options.get("interface"))
    if interface == node.name:
        return one
    return replace(one, named=_today(node), needs=(_to_be_called(node, interface),), adapter=Adapter(node.name, node.mac or ""))


def _today(node: Node) -> str:
    return f"the kernel calls it {node.name} today"


def _to_be_called(node: Node, interface: str) -> str:
    return f"the address {node.mac} called {interface} at every boot, and put in monitor mode: 'edge-node setup' does it, or docs/setup.md"


def _rule(device: UsbDevice, there: Inventory) -> Iterator[str]:
    """The udev rule without which the node's user may not open it."""
    if not any(name.startswith(RULE) for name in there.rules):
        yield f"the udev rule hw/udev/{RULE}.rules"
    if TELEVISION in device.drivers:
        yield "to be plugged in anew once that rule is there: the kernel's television driver holds it"
