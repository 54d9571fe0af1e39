"""btsnoop (RFC 1761 with Bluetooth's link types): what a host and its controller said, as Android, BlueZ and hcidump record it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct
from typing import NamedTuple

from drivers.blocks import RadioFrame
from drivers.byte_stream import RecordingCut
from drivers.h4 import EVENT_PACKET, GARBLED, Event
from drivers.hci import Advertising
from drivers.source import SourceMisconfigured

MAGIC = b"btsnoop\x00"
HCI_UNENCAPSULATED, HCI_H4, LINUX_MONITOR = 1001, 1002, 2001
LINK_TYPES = {HCI_UNENCAPSULATED: "HCI", HCI_H4: "HCI with H4", LINUX_MONITOR: "BlueZ monitor"}
FLAGS_BITS = {HCI_UNENCAPSULATED: 0x3, LINUX_MONITOR: 0xFFFF}
FLAGS_EVENT = 3
"""Which bits of a record's flags say what it is, and how they say that it is an event from the controller: by chance alike."""

MOST_RECORD_BYTES = 65_600

# Microseconds from the year 0, by which the format counts, to 1970 (as Wireshark and BlueZ have it).
EPOCH_US = 0x00DCDDB30F2F8000

_HEADER = Struct(">8sII")
_RECORD = Struct(">IIIIq")


class Record(NamedTuple):
    """One packet: UTC in ns, the recorder's flags, its drops so far, and the bytes captured."""

    t_utc_ns: int
    flags: int
    drops: int
    data: bytes
    whole: bool


def frames(chunks: Iterator[bytes | None], stamp: Callable[[int], int], sequence: int) -> Iterator[RadioFrame | None]:
    """The advertisements that the controller reported, as ble_hci would hand them over, and None where the bytes pause.

    Raises RecordingCut where they break off, SourceMisconfigured of a link type that holds no HCI.
    """
    advertising = Advertising(sequence)
    walk = Walk()
    drops: int | None = None
    try:
        for chunk in chunks:
            if chunk is None:
                yield None
                continue
            for record in walk.feed(chunk):
                if record.drops > (record.drops if drops is None else drops):
                    advertising.frames(GARBLED, 0)
                drops = record.drops
                event = _event(walk.link_type, record)
                if event is not None:
                    yield from advertising.frames(event, stamp(record.t_utc_ns))
        walk.finish()
    except RecordingCut as cut:
        raise RecordingCut(f"{cut} after {advertising.sequence - sequence} frames") from None


class Walk:
    """One log, walked as its bytes come."""

    def __init__(self) -> None:
        self.link_type = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Records that are whole now; raises RecordingCut at a length that no packet has."""
        buffer = self._rest + chunk
        at = 0
        if not self.link_type:
            if len(buffer) < _HEADER.size:
                self._rest = buffer
                return
            self.link_type = _link_type(buffer)
            at = _HEADER.size
        while at + _RECORD.size <= len(buffer):
            original, captured, flags, drops, t_us = _RECORD.unpack_from(buffer, at)
            if captured > MOST_RECORD_BYTES:
                raise RecordingCut(f"cut short by a record of {captured} bytes")
            start, end = at + _RECORD.size, at + _RECORD.size + captured
            if end > len(buffer):
                break
            yield Record((t_us - EPOCH_US) * 1_000, flags, drops, buffer[start:end], captured >= original)
            at = end
        self._rest = buffer[at:]

    def finish(self) -> None:
        """Say that no more bytes come; raises RecordingCut in the midst of a record."""
        if self._rest:
            raise RecordingCut("cut short")


def _link_type(header: bytes) -> int:
    magic, version, link_type = _HEADER.unpack_from(header)
    if magic != MAGIC or version != 1 or link_type not in LINK_TYPES:
        read = ", ".join(f"{number} ({name})" for number, name in LINK_TYPES.items())
        raise SourceMisconfigured(f"btsnoop of version {version} and link type {link_type} is not read here; version 1 of these is: {read}")
    return int(link_type)


def _event(link_type: int, record: Record) -> Event | None:
    """The event in a record, GARBLED for a cut one, None where the record holds another packet."""
    data = record.data
    if link_type == HCI_H4:
        if data[:1] != bytes([EVENT_PACKET]):
            return None
        data = data[1:]
    elif record.flags & FLAGS_BITS[link_type] != FLAGS_EVENT:
        return None
    if not record.whole or len(data) < 2 or len(data) != 2 + data[1]:
        return GARBLED
    return Event(data[0], data[2:])
