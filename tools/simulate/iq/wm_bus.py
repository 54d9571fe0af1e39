"""Wireless M-Bus meters of modes T and C (EN 13757-4): what must raise no alarm."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from tools.simulate.iq.fsk import Fsk, Shifts, bits_of
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

FSK = Fsk(100e3, 50e3, 0.5)
CENTER_HZ = 868.95e6
THREE_OF_SIX = (0x16, 0x0D, 0x0E, 0x0B, 0x1C, 0x19, 0x1A, 0x13, 0x2C, 0x25, 0x26, 0x23, 0x34, 0x31, 0x32, 0x29)
T_BEFORE = [0, 1] * 24 + [0, 0, 0, 0, 1, 1, 1, 1, 0, 1]
C_BEFORE = [0, 1] * 16 + bits_of(b"\x54\x3d\x54\xcd")
BLOCK = 16


class WmBus(Slots):
    """A meter that sends its reading every `every_s` and a little more or less."""

    def __init__(self, mode: Literal["t", "c"] = "t", seed: int = 1, every_s: float = 16.0, length: int = 46) -> None:
        super().__init__(f"wmbus_{mode}", "wmbus", seed, every_s, 20e-3)
        self._mode, self._length = mode, length
        self._meter = self.random("meter").randbytes(3)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One telegram."""
        bits = self._bits(k)

        def wave() -> Shifts:
            return FSK.frame(bits)

        yield Burst(t_s + self.random(k).random() * 0.05 * self.slot_s, len(bits) / FSK.rate_bd, CENTER_HZ, FSK.bandwidth_hz, wave)

    def _bits(self, k: int) -> list[int]:
        """SND-NR of a water meter of a maker that does not exist, encrypted as far as anybody can see."""
        head = bytes([self._length, 0x44, 0x3F, 0x52]) + self._meter + bytes([0x42, 0x01, 0x07])
        data = with_crc(head + bytes([0x7A, k & 0xFF, 0x00, 0x20, 0x05]) + self.random(k).randbytes(self._length + 1 - len(head) - 5))
        if self._mode == "c":
            return C_BEFORE + bits_of(data)
        return T_BEFORE + [code >> shift & 1 for byte in data for code in _coded(byte) for shift in range(5, -1, -1)] + [0, 1]


def _coded(byte: int) -> tuple[int, int]:
    return THREE_OF_SIX[byte >> 4], THREE_OF_SIX[byte & 15]


def with_crc(data: bytes) -> bytes:
    """Frame format A: ten bytes and then blocks of sixteen, each with its CRC."""
    cuts = [0, *range(10, len(data), BLOCK), len(data)]
    return b"".join(block + _crc(block) for block in (data[a:b] for a, b in pairwise(cuts)))


def _crc(block: bytes) -> bytes:
    value = 0
    for byte in block:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x3D65 if value & 0x8000 else 0)) & 0xFFFF
    return (value ^ 0xFFFF).to_bytes(2, "big")
