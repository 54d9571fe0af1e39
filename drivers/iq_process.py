"""A radio's reader as its user sees it: a process that gives samples as they come, is told where to tune, and can be killed."""

from __future__ import annotations

import json
import mmap
import os
import socket
from collections.abc import Mapping

from drivers import child_process
from drivers.iq_line import MOST_PACKET_BYTES, Ended, Filled, Packet, Request, decode, give_back, tune
from drivers.source import SourceLost


class IqProcess:
    """Starts at once; `close` ends it with SIGKILL, whatever it hangs in."""

    def __init__(self, request: Request, environment: Mapping[str, str]) -> None:
        self._slots, self._slot_bytes = request["shape"][:2]
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory_fd = os.memfd_create("samples")
        try:
            os.ftruncate(memory_fd, self._slots * self._slot_bytes)
            self._memory = mmap.mmap(memory_fd, self._slots * self._slot_bytes, prot=mmap.PROT_READ)
            with theirs:
                self._process = child_process.start("drivers.iq_reader", theirs, memory_fd, environment)
        finally:
            os.close(memory_fd)
        self._line.send(json.dumps(request).encode())

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def next(self, wait_s: float) -> Packet | None:
        """What it says next, None when it said nothing for `wait_s`; raises what it ended with: SourceAbsent and its like."""
        data = child_process.heard(self._process, self._line, MOST_PACKET_BYTES, wait_s)
        return None if data is None else self._checked(data)

    def data(self, filled: Filled) -> bytes:
        """The samples in a slot, which is given back."""
        start = filled.slot * self._slot_bytes
        data = self._memory[start : start + filled.size]
        child_process.tell(self._line, give_back(filled.slot))
        return data

    def tune(self, tuning: tuple[float, float, float]) -> None:
        """Ask for another centre, rate and gain; a Tuned or a Refused answers."""
        child_process.tell(self._line, tune({"tuning": tuning}))

    def close(self) -> None:
        """Kill it and give its memory back; may be called twice."""
        child_process.end(self._process)
        self._line.close()
        self._memory.close()

    def _checked(self, data: bytes) -> Packet:
        try:
            packet = decode(data)
        except ValueError as error:
            raise SourceLost(f"its reader speaks nonsense: {error}") from error
        if isinstance(packet, Filled) and not (packet.slot < self._slots and packet.size <= self._slot_bytes):
            raise SourceLost(f"its reader speaks nonsense: there is no slot {packet.slot} of {packet.size} bytes")
        if isinstance(packet, Ended):
            raise child_process.ended_with(packet.kind, packet.words)
        return packet
