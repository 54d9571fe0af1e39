"""Which known device a plugged-in one is: by its USB ids, and by its own words where several kinds have the same ids."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.known_devices import Known
from edge_node.field.setup.inventory import UsbDevice

CSI_SENSORS = {
    "imx708_wide": ("rpi_module_3_wide",),
    "imx708": ("rpi_module_3", "rpi_module_3_wide"),
    "imx477": ("rpi_hq_6mm", "rpi_hq_16mm"),
}
"""What the kernel calls the sensor of a CSI camera, and the cameras that have it; often nobody but its owner knows the lens."""

USUAL = ("lepton_3_5", "rtl_sdr", "boson_640_14mm")
"""Of several kinds with the same USB ids, the one that most people have."""


def candidates(device: UsbDevice, known: Sequence[Known]) -> tuple[Known, ...]:
    """The kinds that it may be by its USB ids: those alone that it calls itself, else all of them, what is usual first."""
    alike = [one for one in known if device.usb_id in one.usb_ids]
    told = [one for one in alike if calls_itself(device, one)]
    return tuple(sorted(told or alike, key=lambda one: one.name not in USUAL))


def calls_itself(device: UsbDevice, one: Known) -> bool:
    """Whether the device says of itself that it is of that kind, and not only by USB ids that others have as well."""
    return _is_called(one, f"{device.maker} {device.product}")


def by_name(said: str, known: Sequence[Known]) -> tuple[Known, ...]:
    """The arrays that what a sound card is called tells, for those whose USB ids nobody has written down or that are on no USB."""
    return tuple(one for one in known if one.kind == "microphones" and _is_called(one, said))


def by_sensor(label: str, known: Sequence[Known]) -> tuple[Known, ...]:
    """The CSI cameras with a sensor that the kernel calls so."""
    longest = max((name for name in CSI_SENSORS if label.startswith(name)), key=len, default="")
    return tuple(one for one in known if one.name in CSI_SENSORS.get(longest, ()))


def _is_called(one: Known, said: str) -> bool:
    return any(name.casefold() in said.casefold() for name in one.usb_names)
