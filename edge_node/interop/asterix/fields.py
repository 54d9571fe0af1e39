"""What ASTERIX records are made of (EUROCONTROL-SPEC-0149): field specification, scaled integers, time of day, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

ITEMS_AN_OCTET = 7
TICKS_A_DAY = 86_400 * 128
ANGLE_DEG = 180 / 2**25
FOOT_M = 0.3048
QUARTER_FLIGHT_LEVEL_M = 6.25 * FOOT_M
MOST_DATAGRAM = 1400
"""Bytes in one UDP datagram that no usual network cuts in pieces."""


def record(items: Mapping[int, bytes]) -> bytes:
    """A record of items by their field reference number: FSPEC, whose last bit of each octet says that one more follows, then the items."""
    last = max(items)
    octets = bytearray(-(-last // ITEMS_AN_OCTET))
    for number in items:
        octet, place = divmod(number - 1, ITEMS_AN_OCTET)
        octets[octet] |= 0x80 >> place
    for octet in range(len(octets) - 1):
        octets[octet] |= 1
    return bytes(octets) + b"".join(items[number] for number in sorted(items))


def blocks(category: int, records: Iterable[bytes], most: int = MOST_DATAGRAM) -> list[bytes]:
    """Data blocks (category, length, records) of at most so many bytes each; a record that is longer has one of its own."""
    bodies = [bytearray()]
    for one in records:
        if bodies[-1] and len(bodies[-1]) + len(one) + 3 > most:
            bodies.append(bytearray())
        bodies[-1] += one
    return [bytes([category]) + (len(body) + 3).to_bytes(2, "big") + bytes(body) for body in bodies if body]


def signed(value: float, step: float, octets: int) -> bytes:
    """Two's complement of the nearest step; what is out of range is told as the nearest bound."""
    most = 1 << 8 * octets - 1
    return min(max(round(value / step), -most), most - 1).to_bytes(octets, "big", signed=True)


def unsigned(value: float, step: float, octets: int) -> bytes:
    """The nearest step from 0; what is out of range is told as the nearest bound."""
    return min(max(round(value / step), 0), (1 << 8 * octets) - 1).to_bytes(octets, "big")


def no_better(value: float, step: float, octets: int) -> bytes:
    """As `unsigned`, but up to the next step: an error is told smaller than it is only where it is beyond all that can be said."""
    return unsigned(ceil(value / step) * step, step, octets)


def time_of_day(t_utc_ns: int) -> bytes:
    """1/128 s since midnight UTC; the tick that rounds up to midnight is 0."""
    ticks = (t_utc_ns * 128 + 500_000_000) // 1_000_000_000
    return (ticks % TICKS_A_DAY).to_bytes(3, "big")


def place(latitude_deg: float, longitude_deg: float, step_deg: float = ANGLE_DEG) -> bytes:
    """WGS-84 in steps of 180/2**25 degrees, 0.6 m, or finer; the antimeridian is -180, for 180 is out of range."""
    half_turn = round(180 / step_deg)
    turned = (round(longitude_deg / step_deg) + half_turn) % (2 * half_turn) - half_turn
    return signed(latitude_deg, step_deg, 4) + turned.to_bytes(4, "big", signed=True)


def short_number(number: int) -> bytes:
    """A track's number by its last 16 bits."""
    return (number & 0xFFFF).to_bytes(2, "big")


def compound(parts: Mapping[int, bytes]) -> bytes:
    """An item of subfields by their number, whose primary subfield is made like a record's FSPEC."""
    return record(parts)
