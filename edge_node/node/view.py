"""What a sensor's process shows of its data to whoever looks, made only while somebody does.

To look is to bind a datagram socket in the run folder under the sensor's name: that costs the sensor a stat(2) a few times a second, and
nobody who looks can ever hold it up, for what a full socket does not take is dropped.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from errno import ECONNREFUSED
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from drivers.blocks import AnyBlock

LOOK_EVERY_NS = 250_000_000
PAINTERS = {
    "AudioBlock": "edge_node.picture.live_sound:LiveSound",
    "IqBlock": "edge_node.picture.live_radio:LiveRadio",
    "Frame": "edge_node.picture.live_frame:LiveFrame",
}
OF_CAMERAS = "Frame"
BUILT_IN_BLOCKS = "drivers.blocks"

log = logging.getLogger("edge_node.view")


class Painter(Protocol):
    """Makes now and then of a sensor's blocks what a page can draw."""

    def take(self, block: AnyBlock) -> list[bytes]:
        """Messages, each one JSON object of some kilobytes at most."""


def address(run_dir: Path, sensor: str) -> Path:
    """Where whoever looks at a sensor listens."""
    return run_dir / f"{sensor}.view"


class View:
    """The sensor's end. `camera` says whether pictures may be shown at all."""

    def __init__(self, run_dir: Path, sensor: str, camera: bool) -> None:
        self._path, self._camera = str(address(run_dir, sensor)), camera
        self._look_ns = 0
        self._left: tuple[int, int] | None = None
        self._painters: dict[type, Painter | None] = {}
        self._socket: socket.socket | None = None

    def saw(self, block: AnyBlock, now_ns: int) -> None:
        """Show what is in a block, if somebody looks; whatever goes wrong with that is not the sensor's trouble."""
        if now_ns >= self._look_ns:
            self._look_ns = now_ns + LOOK_EVERY_NS
            with suppress(OSError):
                self._look()
        if self._socket is None:
            return
        try:
            painter = self._painter(type(block))
            for message in painter.take(block) if painter else ():
                self._send(message)
        except Exception:
            log.exception("what is shown of %s cannot be drawn", self._path)
            self._painters[type(block)] = None

    def _look(self) -> None:
        """Begin when somebody looks, and forget all when nobody does; raises OSError where no socket is to be had."""
        there = _made_at(self._path)
        if there is None or there == self._left:
            self.close()
        elif self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)

    def _painter(self, kind: type) -> Painter | None:
        name = kind.__name__
        if kind not in self._painters:
            shown = kind.__module__ == BUILT_IN_BLOCKS and name in PAINTERS and (self._camera or name != OF_CAMERAS)
            self._painters[kind] = _made(PAINTERS[name]) if shown else None
        return self._painters[kind]

    def _send(self, message: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(message, self._path)
        except BlockingIOError:
            return  # who looks is slow, and sees the next
        except OSError as error:
            if error.errno == ECONNREFUSED:  # who looked was killed; his socket's name stays, and is nobody until another one makes it anew
                self._left = _made_at(self._path)
            self.close()

    def close(self) -> None:
        """Show nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._painters.clear()


def _made_at(path: str) -> tuple[int, int] | None:
    """Which file this is, by its number and when it was made; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 -- four times a second for ever, in a third of pathlib's time
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _made(where: str) -> Painter:
    module, _, name = where.partition(":")
    return cast("Painter", getattr(import_module(module), name)())
