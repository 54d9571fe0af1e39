"""The ReSpeaker's sound processor, played at the boundary of pyusb."""

from __future__ import annotations

import errno
import struct
from array import array
from typing import Any

import pytest
import usb.core

from drivers import respeaker
from drivers.respeaker import RAW, set_raw


class Processor:
    """Holds parameters as the XVF3000 does; `stubborn` ones stay as they are, and `error` is what every transfer ends in."""

    def __init__(self, stubborn: tuple[int, int] | None = None, error: Exception | None = None) -> None:
        self.parameters = {(setting.page, setting.offset): 99 for setting in RAW}
        self.stubborn, self.error = stubborn, error

    def ctrl_transfer(self, request_type: int, request: int, value: int, index: int, data: Any, _timeout_ms: int, /) -> Any:
        if self.error is not None:
            raise self.error
        assert request == 0
        if request_type == 0x40:
            offset, written, kind = struct.unpack("<iii", data)
            assert (value, kind) == (0, 1)
            if (index, offset) != self.stubborn:
                self.parameters[index, offset] = written
            return len(data)
        assert (request_type, data, value & 0xC0) == (0xC0, 8, 0xC0)
        return array("B", struct.pack("<ii", self.parameters[index, value & 0x3F], 0))


def test_everything_is_off_and_read_back() -> None:
    device = Processor()
    assert set_raw(device) == ""
    assert device.parameters[19, 0] == 0
    assert device.parameters[19, 6] == 1
    assert set(device.parameters.values()) == {0, 1}


def test_what_the_device_does_not_take_is_named() -> None:
    assert set_raw(Processor(stubborn=(19, 0))) == "does not switch off its automatic gain"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "its own sound processing may be on: this user may not talk to the USB device (hw/README.md has the udev rule)"),
        (errno.ENODEV, "its own sound processing may be on: it does not answer over USB (No such device)"),
    ],
)
def test_a_device_that_does_not_answer_is_no_failure(number: int, words: str) -> None:
    assert set_raw(Processor(error=usb.core.USBError("No such device", None, number))) == words


def test_an_absent_device_is_no_failure() -> None:
    assert respeaker.tune(("ffff:ffff",)).startswith("its own sound processing may be on: ")
