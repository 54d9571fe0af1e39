"""The process that holds a camera: `python -m drivers.camera_reader SOCKET MEMORY PARENT`, numbers of its open files and of its parent.

It takes every picture as it comes, so that none waits in the device or on the line, and hands over the newest when it is asked for one.
It can hang in a driver or a decoder, and may then be killed at any time; it goes when its parent does.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
from importlib import import_module
from threading import Lock, Thread
from typing import cast

import numpy as np
from msgspec.structs import replace

from drivers import child_process
from drivers.frame_clock import FrameClock, Gaps
from drivers.grabbed import Grabbed, Grabber, Request
from drivers.picture_line import MOST_PACKET_BYTES, SLOTS, Ended, Handed, Opened, encode, slot_view
from drivers.source import SourceError, SourceLost

MOST_DAMAGED = 10
"""So many pictures in a row that are none, and the device is taken to be in a mode that it was not asked for."""

MOST_COUNTER_GAP = 10_000


class Exchange:
    """The three slots: pictures go in, and out when they are wanted; each side has its own thread."""

    def __init__(self, line: socket.socket, memory_fd: int) -> None:
        self._line, self._fd = line, memory_fd
        self._lock = Lock()
        self._memory: mmap.mmap | None = None
        self._held: int | None = None
        self._waiting: Handed | None = None
        self._wanted = False

    def put(self, grabbed: Grabbed, told: Handed) -> None:
        """Lay a picture ready; it takes the place of one that nobody asked for."""
        if self._memory is None:
            os.ftruncate(self._fd, SLOTS * grabbed.picture.nbytes)
            self._memory = mmap.mmap(self._fd, SLOTS * grabbed.picture.nbytes)
        with self._lock:
            taken = {self._held, None if self._waiting is None else self._waiting.slot}
        ready = replace(told, slot=next(slot for slot in range(SLOTS) if slot not in taken))
        np.copyto(slot_view(memoryview(self._memory), ready), grabbed.picture)
        with self._lock:
            self._waiting = ready
            self._hand_over()

    def serve(self) -> None:
        """Answer each wish until the other side is gone, and then end the process, whatever else it is doing."""
        try:
            while self._line.recv(1):
                with self._lock:
                    self._held, self._wanted = None, True
                    self._hand_over()
        except OSError:
            pass
        os._exit(0)

    def _hand_over(self) -> None:
        if self._wanted and self._waiting is not None:
            self._held, self._wanted = self._waiting.slot, False
            self._line.send(encode(self._waiting))
            self._waiting = None


class Counted:
    """Numbers and stamps pictures; a size that changes is the end."""

    def __init__(self) -> None:
        self._clock = FrameClock()
        self._by_counter, self._by_time = Gaps(), Gaps()
        self._sequence = -1
        self._shape: tuple[int, ...] = ()
        self.damaged = self._damaged_in_a_row = 0

    def damage(self) -> None:
        """Count a picture that broke; raises SourceLost when there is nothing else."""
        self._sequence += 1
        self.damaged += 1
        self._damaged_in_a_row += 1
        if self._damaged_in_a_row >= MOST_DAMAGED:
            raise SourceLost(f"its last {MOST_DAMAGED} pictures are damaged, or have another size or format than it was asked for")

    def told(self, grabbed: Grabbed) -> Handed:
        """What is told of this picture; raises SourceLost."""
        self._damaged_in_a_row = 0
        height, width = grabbed.picture.shape
        if self._shape not in ((), (height, width)):
            raise SourceLost(f"its pictures were {self._shape[1]}x{self._shape[0]} and are now {width}x{height}")
        self._shape = (height, width)
        self._sequence += 1 + self._lost(grabbed)
        t_mono_ns = self._clock.stamp(grabbed.device_ns, grabbed.arrival_ns, ours=grabbed.by_our_clock)
        told = (self._sequence, t_mono_ns, self.damaged, grabbed.shutter, grabbed.kelvin_per_count)
        return Handed(0, width, height, grabbed.picture.itemsize, *told)

    def _lost(self, grabbed: Grabbed) -> int:
        if grabbed.counter is not None:
            return self._by_counter.lost(grabbed.counter, MOST_COUNTER_GAP)
        return 0 if grabbed.device_ns is None else self._by_time.lost(grabbed.device_ns)


def read(line: socket.socket, memory_fd: int) -> None:
    """Open what is asked for and read it until it ends; what went wrong is the last packet."""
    try:
        request: Request = json.loads(line.recv(MOST_PACKET_BYTES))
        grabber = _open(request)
        line.send(encode(Opened(grabber.words())))
        exchange = Exchange(line, memory_fd)
        Thread(target=exchange.serve, name="wishes", daemon=True).start()
        counted = Counted()
        while True:
            grabbed = grabber.grab()
            if grabbed is None:
                counted.damage()
            else:
                exchange.put(grabbed, counted.told(grabbed))
    except SourceError as error:
        line.send(encode(Ended(type(error).__name__, str(error))))
    except Exception as error:  # noqa: BLE001 -- whatever a driver or a decoder throws is told, not lost with the process
        line.send(encode(Ended("SourceLost", f"its reader failed: {type(error).__name__}")))


def _open(request: Request) -> Grabber:
    module, _, name = request["opener"].partition(":")
    return cast("Grabber", getattr(import_module(module), name)(request))


if __name__ == "__main__":
    child_process.run(read)
