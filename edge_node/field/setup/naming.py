"""How node.toml names a device so that it is still that one after the next boot: by a serial number of its own, else by its port."""

from __future__ import annotations

from collections.abc import Sequence

from edge_node.field.setup.inventory import UsbDevice
from edge_node.field.setup.serials import is_given


def is_its_own(device: UsbDevice, others: Sequence[UsbDevice]) -> bool:
    """Whether the device has a serial number that tells it from all others that are plugged in, and from the next one bought."""
    return is_given(device.serial) and all(other.serial != device.serial for other in others if other.port_path != device.port_path)


def plug(device: UsbDevice, others: Sequence[UsbDevice]) -> dict[str, object]:
    """The options that name it."""
    return {"serial": device.serial} if is_its_own(device, others) else {"port_path": device.port_path}


def plug_words(device: UsbDevice, others: Sequence[UsbDevice]) -> str:
    """Why it is named so."""
    if is_its_own(device, others):
        return "named by its serial number: it may go into any port"
    why = "it has no serial number" if device.serial is None else f"its serial number {device.serial} is not its own alone"
    return f"named by its port, for {why}: keep it in that port"


def free(name: str, taken: set[str]) -> str:
    """Such a name, or the first of name-2, name-3 that no sensor has; `taken` has it from then on."""
    found = next(word for number in range(1, len(taken) + 2) if (word := name if number == 1 else f"{name}-{number}") not in taken)
    taken.add(found)
    return found


def free_interface(taken: set[str]) -> str:
    """The first of mon0, mon1 that no interface and no sensor has; `taken` has it from then on."""
    found = next(word for number in range(len(taken) + 1) if (word := f"mon{number}") not in taken)
    taken.add(found)
    return found
