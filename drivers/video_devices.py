"""Which /dev/video node is meant: by serial number or USB port, so that a new number after a replug does not matter, or by its kind."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from drivers.source import SourceAbsent
from drivers.usb import VideoNode


class WantedCamera(NamedTuple):
    """What tells the camera from others: a node's path, a USB serial number or a port path; without these, the USB ids of its kind."""

    device: str | None
    serial: str | None
    port_path: str | None
    usb: tuple[str, ...]

    def words(self) -> str:
        """Such as "USB camera with serial 8003"."""
        if self.serial is not None:
            return f"USB camera with serial {self.serial}"
        if self.port_path is not None:
            return f"USB camera in port {self.port_path}"
        return f"USB camera {' or '.join(self.usb)}" if self.device is None else self.device


def choose(nodes: Sequence[VideoNode], wanted: WantedCamera) -> VideoNode:
    """The one node that is meant; raises SourceAbsent that says what there is instead."""
    chosen = [node for node in nodes if _is_meant(node, wanted)]
    if not chosen:
        there = ", ".join(node.words() for node in nodes)
        raise SourceAbsent(f"there is no {wanted.words()}; there is {there or 'no camera at all'}")
    return chosen[0]


def require_access(node: VideoNode) -> None:
    """Raises SourceAbsent that says why the node cannot be opened."""
    try:
        os.close(os.open(node.path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        raise SourceAbsent(f"{node.words()} cannot be opened: {_why(error)}") from None


def _is_meant(node: VideoNode, wanted: WantedCamera) -> bool:
    if wanted.device is not None:
        return Path(node.path).name == Path(wanted.device).resolve().name
    if wanted.serial is None and wanted.port_path is None:
        return node.usb_id in wanted.usb
    return wanted.serial in (None, node.serial) and wanted.port_path in (None, node.port_path)


def _why(error: OSError) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return "it is not allowed: is the group video yours, and does the service's DeviceAllow name char-video4linux?"
        case errno.EBUSY:
            return "another program holds it, or a second [[sensor]] (fuser -v /dev/video*)"
        case _:
            return error.strerror or f"error {error.errno}"
