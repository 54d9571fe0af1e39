"""The sound processor of ReSpeaker USB arrays (XMOS XVF3000), told over USB to leave the sound as it is.

Parameters are vendor requests: the page is the request's wIndex; a write carries offset, value and type (1 integer), a read has the
offset in wValue with 0x80 for read and 0x40 for integer (facts from tuning.py of respeaker/usb_4_mic_array).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple, Protocol

VENDOR_OUT, VENDOR_IN = 0x40, 0xC0
READ, INTEGER = 0x80, 0x40
TIMEOUT_MS = 1_000
_WRITE, _READ = Struct("<iii"), Struct("<ii")


class UsbDevice(Protocol):
    """What of pyusb's device is used."""

    def ctrl_transfer(self, request_type: int, request: int, value: int, index: int, data: bytes | int, timeout_ms: int, /) -> Any:  # noqa: PLR0917
        """One control transfer: bytes to write or the number to read; raises usb.core.USBError, which is an OSError."""


class Setting(NamedTuple):
    """A parameter and the value that leaves the sound as it is."""

    name: str
    page: int
    offset: int
    value: int


RAW = (
    Setting("high-pass filter", 18, 27, 0),
    Setting("echo canceller's adaptation", 18, 7, 1),
    Setting("automatic gain", 19, 0, 0),
    Setting("comfort noise", 19, 5, 0),
    Setting("beam-former's adaptation", 19, 6, 1),
    Setting("stationary noise suppression", 19, 8, 0),
    Setting("non-stationary noise suppression", 19, 11, 0),
    Setting("echo suppression", 19, 14, 0),
    Setting("transient echo suppression", 19, 29, 0),
    Setting("stationary noise suppression for speech", 19, 33, 0),
    Setting("non-stationary noise suppression for speech", 19, 34, 0),
)


def tune(usb_ids: Sequence[str], serial: str | None = None) -> str:
    """Find the array and set it raw; says in words what did not work, and is empty when all did."""
    try:
        import usb.core  # noqa: PLC0415 -- only arrays that have such a processor need it

        device = next(filter(None, (_find(usb.core, usb_id, serial) for usb_id in usb_ids)), None)
    except (ImportError, usb.core.NoBackendError):
        return "its own sound processing may be on: libusb is not installed"
    except usb.core.USBError as error:
        return f"its own sound processing may be on: {_why(error)}"
    if device is None:
        return "its own sound processing may be on: no such USB device is to be seen"
    return set_raw(device)


def set_raw(device: UsbDevice) -> str:
    """Write every setting and read it back; says in words what the device did not take, and is empty when it took all."""
    refused = []
    for setting in RAW:
        try:
            _write(device, setting)
            if _read(device, setting) != setting.value:
                refused.append(setting.name)
        except OSError as error:
            return f"its own sound processing may be on: {_why(error)}"
    return f"does not switch off its {', '.join(refused)}" if refused else ""


def _find(core: Any, usb_id: str, serial: str | None) -> Any:
    vendor, _, product = usb_id.partition(":")
    wanted = {} if serial is None else {"serial_number": serial}
    return core.find(idVendor=int(vendor, 16), idProduct=int(product, 16), **wanted)


def _write(device: UsbDevice, setting: Setting) -> None:
    device.ctrl_transfer(VENDOR_OUT, 0, 0, setting.page, _WRITE.pack(setting.offset, setting.value, 1), TIMEOUT_MS)


def _read(device: UsbDevice, setting: Setting) -> int | None:
    answer = bytes(device.ctrl_transfer(VENDOR_IN, 0, READ | INTEGER | setting.offset, setting.page, _READ.size, TIMEOUT_MS))
    return int(_READ.unpack(answer)[0]) if len(answer) == _READ.size else None


def _why(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "this user may not talk to the USB device (hw/README.md has the udev rule)"
    return f"it does not answer over USB ({error.strerror or error})"
