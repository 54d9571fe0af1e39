"""What the supervisor asks for: a worker or the hub, its environment, and the file descriptors that go with it."""

from __future__ import annotations

import os
import socket
from typing import Literal

import msgspec
from msgspec import Struct

MOST_BYTES = 1 << 16
Kind = Literal["worker", "hub"]


class Order(Struct, frozen=True):
    """One process; `environment` is what differs from that of the supervisor."""

    kind: Kind
    name: str
    environment: dict[str, str]

    @property
    def arguments(self) -> list[str]:
        """Of `edge-node`."""
        return [self.kind, self.name] if self.kind == "worker" else [self.kind]


class Asked(Struct, frozen=True):
    """An order as it arrived: the configuration to be read, and the line on which the process says that it is there."""

    order: Order
    config_fd: int
    line_fd: int


def file_of(config: bytes) -> int:
    """An open file without a name that holds this, to be read from its beginning (memfd_create(2))."""
    file = os.memfd_create("config", os.MFD_CLOEXEC)
    os.write(file, config)
    os.lseek(file, 0, os.SEEK_SET)
    return file


def ask(nursery: socket.socket, asked: Asked) -> None:
    """Over a packet socket; raises OSError when nobody is there, or too busy."""
    socket.send_fds(nursery, [msgspec.json.encode(asked.order)], [asked.config_fd, asked.line_fd])


def hear(line: socket.socket) -> Asked | None:
    """The next order; None once nobody can ask any more."""
    data, fds, _, _ = socket.recv_fds(line, MOST_BYTES, 2, socket.MSG_CMSG_CLOEXEC)
    return Asked(msgspec.json.decode(data, type=Order), *fds) if data else None
