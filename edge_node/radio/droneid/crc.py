"""The two checks of a DroneID frame: LTE's CRC24A over the block and DJI's CRC16 over the message in it."""

from __future__ import annotations

CRC24_POLYNOMIAL = 0x864CFB
CRC16_POLYNOMIAL = 0x8408
CRC16_START = 0x3692


def _table24() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 16
        for _ in range(8):
            value = value << 1 ^ (CRC24_POLYNOMIAL if value & 0x800000 else 0)
        table.append(value & 0xFFFFFF)
    return table


def _table16() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (CRC16_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


_TABLE24, _TABLE16 = _table24(), _table16()


def crc24a(data: bytes) -> int:
    """Of 3GPP TS 36.212, 5.1.1; 0 over data that end with their own."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFF) ^ _TABLE24[value >> 16 ^ byte]
    return value


def crc16(data: bytes) -> int:
    """Reflected, from DJI's own start value."""
    value = CRC16_START
    for byte in data:
        value = value >> 8 ^ _TABLE16[(value ^ byte) & 0xFF]
    return value
