"""pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), fed with bytes as they come."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct, unpack_from
from typing import NamedTuple, Protocol

from drivers.byte_stream import RecordingCut

Record = tuple[int, int, bytes, int]
"""Link type, UTC in ns, the bytes captured, and how many more the frame had."""

MOST_RECORD_BYTES = 262_144
MOST_BLOCK_BYTES = MOST_RECORD_BYTES + 1_024
MOST_INTERFACES = 256
NS_PER_S = 1_000_000_000

PCAP_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
"""First bytes of a pcap file -> byte order, and ns in one unit of its time stamps' fraction."""

SECTION_MAGIC = b"\x0a\x0d\x0d\x0a"
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
SECTION, INTERFACE, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 3, 6
OPTION_END, OPTION_RESOLUTION, OPTION_OFFSET = 0, 9, 14


class Walk(Protocol):
    """One capture, walked."""

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Records that are whole now; raises RecordingCut at a length that no capture has."""

    def finish(self) -> None:
        """Say that no more bytes come; raises RecordingCut in the midst of a record."""


def walk(head: bytes) -> Walk:
    """Choose by the first 4 bytes; raises KeyError for what is not a capture."""
    return PcapNgWalk() if head[:4] == SECTION_MAGIC else PcapWalk(*PCAP_MAGICS[head[:4]])


class PcapWalk:
    """The older format: one header, one link type."""

    def __init__(self, order: str, unit_ns: int) -> None:
        self._record = Struct(order + "IIII")
        self._link = Struct(order + "20xI")
        self._unit_ns = unit_ns
        self._link_type: int | None = None
        self._rest = b""

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Records that are whole now."""
        buffer = self._rest + chunk
        offset, end = 0, len(buffer)
        if self._link_type is None and end >= 24:
            self._link_type = self._link.unpack_from(buffer)[0] & 0xFFFF
            offset = 24
        unit_ns, link_type, unpack = self._unit_ns, self._link_type, self._record.unpack_from
        while link_type is not None and offset + 16 <= end:
            seconds, fraction, captured, original = unpack(buffer, offset)
            if captured > MOST_RECORD_BYTES:
                raise RecordingCut(f"cut short by a record of {captured} bytes")
            stop = offset + 16 + captured
            if stop > end:
                break
            yield link_type, seconds * NS_PER_S + fraction * unit_ns, buffer[offset + 16 : stop], original - captured
            offset = stop
        self._rest = buffer[offset:]

    def finish(self) -> None:
        """Say that no more bytes come."""
        if self._rest:
            raise RecordingCut("cut short")


class Interface(NamedTuple):
    """One interface of a section: its link type, the most bytes it kept of a frame, and how its clock counts."""

    link_type: int
    most_bytes: int
    ticks_per_s: int
    offset_ns: int
    unit_ns: int | None


class PcapNgWalk:
    """The newer format: blocks in sections of either byte order, several interfaces in each."""

    def __init__(self) -> None:
        self._rest = b""
        self._last_ns = 0
        self._begin_section("<")

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Records that are whole now."""
        buffer = self._rest + chunk
        offset, end = 0, len(buffer)
        while offset + 12 <= end:
            kind, length = self._block(buffer, offset)
            stop = offset + length
            if stop > end:
                break
            if kind == ENHANCED_PACKET:
                yield self._enhanced_packet(buffer, offset, length)
            elif kind == SIMPLE_PACKET:
                yield self._simple_packet(buffer, offset, length)
            elif kind == INTERFACE:
                self._add_interface(buffer[offset:stop])
            offset = stop
        self._rest = buffer[offset:]

    def finish(self) -> None:
        """Say that no more bytes come."""
        if self._rest:
            raise RecordingCut("cut short")

    def _begin_section(self, order: str) -> None:
        self._order = order
        self._head = Struct(order + "II")
        self._packet = Struct(order + "8xIIIII")
        self._interfaces: list[Interface] = []

    def _block(self, buffer: bytes, offset: int) -> tuple[int, int]:
        if buffer[offset : offset + 4] == SECTION_MAGIC:
            order = BYTE_ORDERS.get(buffer[offset + 8 : offset + 12])
            if order is None:
                raise RecordingCut("cut short by a section of no byte order")
            self._begin_section(order)
        kind, length = self._head.unpack_from(buffer, offset)
        if not 12 <= length <= MOST_BLOCK_BYTES or length % 4:
            raise RecordingCut(f"cut short by a block of {length} bytes")
        return kind, length

    def _enhanced_packet(self, buffer: bytes, offset: int, length: int) -> Record:
        if length < 32:
            raise RecordingCut(f"cut short by a packet block of {length} bytes")
        number, high, low, captured, original = self._packet.unpack_from(buffer, offset)
        if captured > length - 32:
            raise RecordingCut(f"cut short by a record of {captured} bytes")
        link_type, _, ticks_per_s, offset_ns, unit_ns = self._interface(number)
        ticks = high << 32 | low
        self._last_ns = (ticks * unit_ns if unit_ns else ticks * NS_PER_S // ticks_per_s) + offset_ns
        return link_type, self._last_ns, buffer[offset + 28 : offset + 28 + captured], original - captured

    def _simple_packet(self, buffer: bytes, offset: int, length: int) -> Record:
        """A packet without a time stamp: it takes that of the packet before it."""
        if length < 16:
            raise RecordingCut(f"cut short by a packet block of {length} bytes")
        interface = self._interface(0)
        original = self._head.unpack_from(buffer, offset + 4)[1]
        captured = min(original, length - 16, interface.most_bytes)
        return interface.link_type, self._last_ns, buffer[offset + 12 : offset + 12 + captured], original - captured

    def _interface(self, number: int) -> Interface:
        if number >= len(self._interfaces):
            raise RecordingCut(f"cut short by a packet of interface {number}, which was not described")
        return self._interfaces[number]

    def _add_interface(self, block: bytes) -> None:
        if len(block) < 20 or len(self._interfaces) >= MOST_INTERFACES:
            raise RecordingCut("cut short by an interface that makes no sense")
        link_type, most_bytes = unpack_from(self._order + "H2xI", block, 8)
        ticks_per_s, offset_s = 1_000_000, 0
        for code, value in self._options(block):
            if code == OPTION_RESOLUTION and value:
                ticks_per_s = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
            elif code == OPTION_OFFSET and len(value) == 8:
                offset_s = unpack_from(self._order + "q", value)[0]
        unit_ns = NS_PER_S // ticks_per_s if NS_PER_S % ticks_per_s == 0 else None
        self._interfaces.append(Interface(link_type, most_bytes or MOST_RECORD_BYTES, ticks_per_s, offset_s * NS_PER_S, unit_ns))

    def _options(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        offset, end = 16, len(block) - 4
        while offset + 4 <= end:
            code, length = unpack_from(self._order + "HH", block, offset)
            if code == OPTION_END:
                return
            yield code, block[offset + 4 : min(offset + 4 + length, end)]
            offset += 4 + length + -length % 4
