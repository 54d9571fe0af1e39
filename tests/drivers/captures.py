"""Captures written by hand, after the two formats' own texts."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Timed = tuple[int, bytes]
"""Ticks of the format's own clock, and the bytes of a record."""

PCAP_MAGIC_BY_UNIT_NS = {1_000: 0xA1B2C3D4, 1: 0xA1B23C4D}


def pcap(records: Sequence[Timed], *, order: str = "<", unit_ns: int = 1_000, link_type: int = 105) -> bytes:
    """A whole pcap file; ticks are in units of `unit_ns`."""
    out = struct.pack(order + "IHHiIII", PCAP_MAGIC_BY_UNIT_NS[unit_ns], 2, 4, 0, 0, 262_144, link_type)
    per_second = 1_000_000_000 // unit_ns
    for ticks, data in records:
        out += struct.pack(order + "IIII", *divmod(ticks, per_second), len(data), len(data)) + data
    return out


def section(order: str = "<") -> bytes:
    """A Section Header Block of no stated length."""
    return _block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(
    order: str = "<", *, link_type: int = 105, snap: int = 0, resolution: int | None = None, offset_s: int | None = None
) -> bytes:
    """An Interface Description Block."""
    body = struct.pack(order + "HHI", link_type, 0, snap) + _option(order, 2, b"wlan0")
    if resolution is not None:
        body += _option(order, 9, bytes([resolution]))
    if offset_s is not None:
        body += _option(order, 14, struct.pack(order + "q", offset_s))
    return _block(order, 1, body + _option(order, 0, b""))


def packet(order: str, number: int, ticks: int, data: bytes) -> bytes:
    """An Enhanced Packet Block."""
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return _block(order, 6, head + _padded(data))


def simple_packet(order: str, data: bytes, original: int | None = None) -> bytes:
    """A Simple Packet Block."""
    return _block(order, 3, struct.pack(order + "I", len(data) if original is None else original) + _padded(data))


def statistics(order: str) -> bytes:
    """An Interface Statistics Block, which holds no packet."""
    return _block(order, 5, bytes(12))


def _block(order: str, kind: int, body: bytes) -> bytes:
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def _option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
