"""A camera's reader as its user sees it: a process that gives the newest picture when asked, and can be killed."""

from __future__ import annotations

import json
import mmap
import os
import socket
from collections.abc import Mapping

import msgspec

from drivers import child_process
from drivers.grabbed import Picture, Request
from drivers.picture_line import MOST_PACKET_BYTES, SLOTS, WANTED, Ended, Handed, Opened, Packet, decode, slot_view
from drivers.source import SourceLost

QUIET = {"OPENCV_LOG_LEVEL": "OFF", "OPENCV_FFMPEG_LOGLEVEL": "-8", "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "5"}
"""What OpenCV writes by itself may hold an address with its password; and it waits 5 s for a V4L2 picture, not 10."""


class CameraProcess:
    """Starts at once; `close` ends it with SIGKILL, whatever it hangs in."""

    def __init__(self, request: Request, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._memory_fd = os.memfd_create("pictures")
        self._memory: mmap.mmap | None = None
        with theirs:
            self._process = child_process.start("drivers.camera_reader", theirs, self._memory_fd, QUIET | dict(environment))
        self._asked = False
        self._line.send(json.dumps(request).encode())

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def opened(self, wait_s: float) -> str | None:
        """What the device is once it is open, None when it is not after `wait_s`; raises what it says: SourceAbsent and its like."""
        packet = self._packet(wait_s)
        return packet.words if isinstance(packet, Opened) else None

    def newest(self, wait_s: float) -> tuple[Handed, Picture] | None:
        """The newest picture that was not given yet, copied, None when none came for `wait_s`; raises SourceLost."""
        if not self._asked:
            child_process.tell(self._line, WANTED)
            self._asked = True
        packet = self._packet(wait_s)
        if not isinstance(packet, Handed):
            return None
        self._asked = False
        if self._memory is None:
            self._memory = mmap.mmap(self._memory_fd, SLOTS * packet.width * packet.height * packet.bytes_each, prot=mmap.PROT_READ)
        return packet, slot_view(memoryview(self._memory), packet).copy()

    def close(self) -> None:
        """Kill it and give its memory back; may be called twice."""
        child_process.end(self._process)
        self._line.close()
        if self._memory_fd >= 0:
            os.close(self._memory_fd)
            self._memory_fd = -1
        if self._memory is not None:
            self._memory.close()

    def _packet(self, wait_s: float) -> Packet | None:
        data = child_process.heard(self._process, self._line, MOST_PACKET_BYTES, wait_s)
        return None if data is None else self._checked(data)

    def _checked(self, data: bytes) -> Packet:
        try:
            packet = decode(data)
        except msgspec.MsgspecError as error:
            raise SourceLost(f"its reader speaks nonsense: {error}") from error
        if isinstance(packet, Ended):
            raise child_process.ended_with(packet.kind, packet.words)
        return packet
