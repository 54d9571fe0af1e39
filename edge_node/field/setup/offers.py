"""What one plugged-in device would be as a sensor, or why it is none."""

from __future__ import annotations

from typing import Any

from drivers.known_devices import Known
from edge_node.field.setup import naming, radios
from edge_node.field.setup.claims import Thing
from edge_node.field.setup.inventory import Inventory, UsbDevice
from edge_node.field.setup.known import calls_itself
from edge_node.field.setup.suggestion import LOOKS, Suggestion, plain_words, suggested, unusable, which, why_this
from edge_node.messages import Finding

UNKNOWN_CAMERA, UNKNOWN_MICROPHONE = "uvc_1080p", "single_microphone"
VIDEO_CLASS = "0e"
GPSD = "127.0.0.1:2947"
THERMAL = ("lepton", "boson", "infiray", "thermal")


def offer(thing: Thing, there: Inventory, interfaces: set[str]) -> Suggestion | Finding | None:
    """What it would be, or what is wrong with it; None for what is no sensor. `interfaces` are names of Wi-Fi interfaces that are taken."""
    kind = thing.may_be[0] if thing.may_be else None
    if wifi := thing.node("wifi"):
        return radios.wifi(thing, wifi, interfaces)
    if kind and kind.driver is None:
        return unusable(thing, kind.words, "leave it, or take another")
    if thing.device is None:
        return _built_in(thing, kind) if kind else None
    return _known(thing, thing.device, there, kind) if kind else _unknown(thing, thing.device, there)


def _known(thing: Thing, device: UsbDevice, there: Inventory, kind: Known) -> Suggestion | Finding:
    match kind.kind:
        case "microphones":
            return _plugged(thing, device, there, "sound")
        case "camera":
            return _plugged(thing, device, there, "video")
        case "sdr":
            return radios.receiver(thing, device, there)
        case "wifi":
            said = f"{kind.words} is plugged in and the kernel made no Wi-Fi interface of it"
            return unusable(thing, said, "install its driver's firmware, and look at 'dmesg'")
    return _on_a_port(thing, device, there, kind)


def _plugged(thing: Thing, device: UsbDevice, there: Inventory, subsystem: str) -> Suggestion | Finding:
    """A sound card or a camera of a known kind."""
    kind = thing.may_be[0]
    if thing.node(subsystem) is None:
        noun = "sound card that records" if subsystem == "sound" else "camera"
        touch = "; ".join(kind.needs) or "plug it in anew, and look at 'dmesg'"
        return unusable(thing, f"{kind.words} is plugged in and the kernel made no {noun} of it", touch)
    named = naming.plug_words(device, there.usb)
    options = {**kind.options, **naming.plug(device, there.usb)}
    return suggested(thing, _noun(kind), kind.driver, options, why=why_this(thing), named=named, needs=(*which(thing), *kind.needs, LOOKS))


def _on_a_port(thing: Thing, device: UsbDevice, there: Inventory, kind: Known) -> Suggestion | Finding:
    """A GNSS receiver, a Bluetooth dongle or an IMU behind a serial port."""
    node = thing.node("serial")
    if node is None:
        return unusable(
            thing, f"{kind.words} is plugged in and the kernel made no serial port of it", "plug it in anew, and look at 'dmesg'"
        )
    options: dict[str, Any] = {**kind.options, "port": node.stays or f"/dev/{node.name}"}
    named = "named by its path in /dev/serial, which stays the same"
    if node.stays is None:
        named = f"udev gave it no path of its own: {node.name} may be another device after a boot"
    if kind.kind == "gnss" and there.has_gpsd:
        options, named = {"gpsd": GPSD}, "gpsd runs here and holds the receiver"
    elif kind.kind == "gnss" and len(there.pulses) == 1:
        options["pps"] = there.pulses[0][0]
    sure = not kind.usb_alike or calls_itself(device, kind)
    needs = (*(() if sure else (f"a look at it: {kind.usb_alike}",)), *kind.needs)
    return suggested(thing, kind.kind, kind.driver, options, why=why_this(thing), named=named, needs=needs, sure=sure)


def _built_in(thing: Thing, kind: Known) -> Suggestion:
    """A CSI camera, or microphones on the computer's own pins."""
    why = f"the kernel calls it {thing.nodes[0].label}; it is on no USB, so its kind is name enough"
    return suggested(thing, _noun(kind), kind.driver, dict(kind.options), why=why, needs=(*which(thing), *kind.needs, LOOKS))


def _unknown(thing: Thing, device: UsbDevice, there: Inventory) -> Suggestion | Finding | None:
    """What nobody described yet: by what it can do."""
    own, named = plain_words(thing), naming.plug_words(device, there.usb)
    if thing.node("video"):
        why = f"hw/ does not know it: copy hw/cameras/{UNKNOWN_CAMERA}.toml"
        needs = ("horizontal_fov_deg: nobody knows its lens", LOOKS)
        options = {"camera": UNKNOWN_CAMERA, **naming.plug(device, there.usb)}
        return suggested(thing, "camera", "camera", options, why=why, named=named, needs=needs, what=f"{own}: looks like a camera")
    if thing.node("sound") and VIDEO_CLASS not in device.classes:
        why = "hw/ does not know it: if it is an array, copy hw/arrays/square_4.toml"
        wants = ("to know how many microphones it has: one alone has no bearing",)
        options = {"array": UNKNOWN_MICROPHONE, **naming.plug(device, there.usb)}
        return suggested(
            thing, "microphone", "mic_array", options, why=why, named=named, needs=wants, what=f"{own}: looks like a microphone", sure=False
        )
    if thing.node("serial"):
        said = f"{own} in port {device.port_path} is a serial port, and nobody knows what is behind it"
        return unusable(thing, said, "a GNSS receiver or a Bluetooth dongle needs a table of its own: docs/setup.md", "device_unknown")
    if thing.node("bluetooth"):
        said = f"{own} in port {device.port_path} is a Bluetooth stick without a serial port, which the node cannot use"
        return unusable(thing, said, "take a dongle of docs/remote-id-receivers.md")
    return None


def _noun(kind: Known) -> str:
    if kind.kind == "microphones":
        return "microphones"
    return "thermal" if any(word in kind.name for word in THERMAL) else "camera"
