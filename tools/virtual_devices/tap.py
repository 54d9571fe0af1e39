"""A TAP device that looks like a Wi-Fi interface in monitor mode: what is written to it arrives there, off the air."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENODEV
from fcntl import ioctl
from itertools import count

ETHERNET, RADIOTAP = 1, 803
IFF_TAP, IFF_NO_PI, IFF_UP = 0x0002, 0x1000, 0x0001
TUNSETIFF, TUNSETLINK = 0x400454CA, 0x400454CD
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFMTU = 0x8913, 0x8914, 0x8922
MTU_BYTES = 2_400

_numbers = count()


class Tap:
    """One such device; `unplug` takes it away."""

    def __init__(self, name: str, link_type: int) -> None:
        self.name = name
        self._fd: int | None = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        ioctl(self._fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        ioctl(self._fd, TUNSETLINK, link_type)
        self._request(SIOCSIFMTU, struct.pack("i", MTU_BYTES))

    def write(self, frame: bytes) -> None:
        """Let one frame, with its radiotap header, arrive; raises OSError where it is unplugged."""
        if self._fd is None:
            raise OSError(ENODEV, "it is unplugged")
        os.write(self._fd, frame)

    def up(self) -> None:
        """Set the interface up."""
        self._set_flags(self._flags() | IFF_UP)

    def down(self) -> None:
        """Set the interface down."""
        self._set_flags(self._flags() & ~IFF_UP)

    def unplug(self) -> None:
        """Take the device away; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _flags(self) -> int:
        return int(struct.unpack_from("H", self._request(SIOCGIFFLAGS, b""), 16)[0])

    def _set_flags(self, flags: int) -> None:
        self._request(SIOCSIFFLAGS, struct.pack("H", flags))

    def _request(self, request: int, value: bytes) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            return ioctl(control, request, struct.pack("16s24s", self.name.encode(), value))


@contextmanager
def tap(name: str | None = None, *, link_type: int = RADIOTAP, up: bool = True) -> Iterator[Tap]:
    """A TAP device for as long as the context lasts, by default with a name of its own; needs root."""
    device = Tap(name or f"mon{os.getpid() % 1_000_000}_{next(_numbers)}", link_type)
    try:
        if up:
            device.up()
        yield device
    finally:
        device.unplug()
