"""H4, the UART transport of a Bluetooth host controller (Core 5.4, vol. 4 part A): bytes to events, found again after garbage."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

COMMAND_PACKET, EVENT_PACKET = 1, 4
COMMAND_COMPLETE, COMMAND_STATUS, HARDWARE_ERROR, OVERFLOW, LE_META, VENDOR = 0x0E, 0x0F, 0x10, 0x1A, 0x3E, 0xFF
LENGTHS = {
    COMMAND_COMPLETE: range(3, 256),
    COMMAND_STATUS: range(4, 5),
    HARDWARE_ERROR: range(1, 2),
    OVERFLOW: range(1, 2),
    LE_META: range(1, 256),
    VENDOR: range(256),
}
"""How long the parameters are of each event that a passive scan can cause."""

HEADER_BYTES = 3


class Event(NamedTuple):
    """One HCI event."""

    code: int
    parameters: bytes


GARBLED = Event(0, b"")
"""Stands for a stretch of bytes that were no event."""


class H4:
    """What is not an event of a passive scan is skipped byte by byte, and said as one GARBLED. Keeps 257 bytes at most."""

    def __init__(self, plausible: Callable[[Event], bool]) -> None:
        self._plausible = plausible
        self._rest = b""
        self._in_step = True

    def feed(self, chunk: bytes) -> list[Event]:
        """Events that are whole now."""
        return self._walk(self._rest + chunk)

    def quiet(self) -> list[Event]:
        """Say that the line fell silent: what waits for more bytes was none, and may have swallowed some that are."""
        events: list[Event] = []
        while self._rest:
            events += self._stumble()
            events += self._walk(self._rest[1:])
        return events

    def _walk(self, buffer: bytes) -> list[Event]:
        events: list[Event] = []
        at = 0
        while at < len(buffer):
            size = _size(buffer, at)
            if at + size > len(buffer):
                break
            event = Event(buffer[at + 1], buffer[at + HEADER_BYTES : at + size]) if size else None
            if event is not None and self._plausible(event):
                self._in_step = True
                events.append(event)
                at += size
            else:
                events += self._stumble()
                at += 1
        self._rest = buffer[at:]
        return events

    def _stumble(self) -> tuple[Event, ...]:
        was_in_step, self._in_step = self._in_step, False
        return (GARBLED,) if was_in_step else ()


def _size(buffer: bytes, at: int) -> int:
    """Bytes of the event here as far as can be seen; 0 where none begins."""
    head = buffer[at : at + HEADER_BYTES]
    if head[0] != EVENT_PACKET or (len(head) > 1 and head[1] not in LENGTHS):
        return 0
    if len(head) < HEADER_BYTES:
        return HEADER_BYTES
    return HEADER_BYTES + head[2] if head[2] in LENGTHS[head[1]] else 0
