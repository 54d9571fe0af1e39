"""MAVLink 1 and 2 framing (mavlink.io/en/guide/serialization.html) of the Open Drone ID messages."""

from __future__ import annotations

from typing import NamedTuple

V1, V2 = 0xFE, 0xFD
V1_HEADER, V2_HEADER, CRC_BYTES, SIGNATURE_BYTES = 6, 10, 2, 13
SIGNED_BIT = 0x01
MOST_FRAME_BYTES = V2_HEADER + 255 + CRC_BYTES + SIGNATURE_BYTES

HEARTBEAT = 0
CRC_EXTRA = {
    HEARTBEAT: 50,
    12900: 114,
    12901: 254,
    12902: 140,
    12903: 249,
    12904: 77,
    12905: 49,
    12915: 94,
    12918: 139,
    12919: 7,
}
"""Message id -> the seed byte of its definition: the heartbeat, and OPEN_DRONE_ID_BASIC_ID to OPEN_DRONE_ID_SYSTEM_UPDATE."""


class Message(NamedTuple):
    """One whole frame whose check is right, and how often the line was garbled before it."""

    message_id: int
    frame: bytes
    garbled: int


class Mavlink:
    """Bytes to the messages of CRC_EXTRA; others are skipped unchecked. `garbled` counts stretches of what is no MAVLink."""

    def __init__(self) -> None:
        self.garbled = 0
        self._rest = b""
        self._in_step = True

    def feed(self, chunk: bytes) -> list[Message]:
        """Messages that are whole now."""
        return self._walk(self._rest + chunk)

    def quiet(self) -> list[Message]:
        """Say that the line fell silent: what waits for more bytes was no frame, and may have swallowed some that are."""
        found: list[Message] = []
        while self._rest:
            self._stumble()
            found += self._walk(self._rest[1:])
        return found

    def _walk(self, buffer: bytes) -> list[Message]:
        found: list[Message] = []
        at = 0
        while at < len(buffer):
            size = _size(buffer, at)
            if at + size > len(buffer):
                break
            if not size or not _is_sound(buffer, at, at + size):
                self._stumble()
                at += 1
                continue
            message_id = _message_id(buffer, at)
            if message_id in CRC_EXTRA:
                found.append(Message(message_id, buffer[at : at + size], self.garbled))
            self._in_step = True
            at += size
        self._rest = buffer[at:]
        return found

    def _stumble(self) -> None:
        self.garbled += self._in_step
        self._in_step = False


def crc(data: bytes, value: int = 0xFFFF) -> int:
    """CRC-16/MCRF4XX."""
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


_TABLE = tuple(_entry(byte) for byte in range(256))


def _size(buffer: bytes, at: int) -> int:
    """Bytes of the frame here as far as can be seen; 0 where none begins, or one with flags that nobody may read past."""
    head = buffer[at : at + 3]
    if head[0] not in (V1, V2):
        return 0
    if len(head) < 3:
        return 3
    if head[0] == V1:
        return V1_HEADER + head[1] + CRC_BYTES
    if head[2] & ~SIGNED_BIT:
        return 0
    return V2_HEADER + head[1] + CRC_BYTES + (SIGNATURE_BYTES if head[2] & SIGNED_BIT else 0)


def _message_id(buffer: bytes, at: int) -> int:
    return buffer[at + 5] if buffer[at] == V1 else int.from_bytes(buffer[at + 7 : at + 10], "little")


def _is_sound(buffer: bytes, at: int, end: int) -> bool:
    """Whether the check is right; or, of a message that cannot be checked, whether another frame follows, or nothing yet."""
    extra = CRC_EXTRA.get(_message_id(buffer, at))
    if extra is None:
        return end == len(buffer) or buffer[end] in (V1, V2)
    checked = at + buffer[at + 1] + (V1_HEADER if buffer[at] == V1 else V2_HEADER)
    return crc(bytes([extra]), crc(buffer[at + 1 : checked])) == int.from_bytes(buffer[checked : checked + CRC_BYTES], "little")
