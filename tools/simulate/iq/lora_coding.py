"""Bits to chirps as a LoRa modem does it (Tapparel et al., 2020; Robyns et al., 2018): whitening, Hamming, interleaving, Gray."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

HEADER_NIBBLES = 5
REDUCED_FROM_SF = 7
"""From here, and on SX127x always, the first block carries two bits fewer a symbol."""


def encode(
    payload: bytes, *, sf: int, coding_rate: int, explicit: bool = True, crc: bool = True, low_rate: bool = False, sx127x: bool = True
) -> list[int]:
    """Symbols 0 to 2**sf - 1 of a frame; `coding_rate` 1 to 4 is 4/5 to 4/8; `low_rate` drops two bits of every symbol."""
    nibbles = _header(len(payload), coding_rate, crc=crc) if explicit else []
    nibbles += [part for byte in _whitened(payload) for part in (byte & 15, byte >> 4)]
    if crc:
        check = payload_crc(payload)
        nibbles += [check >> shift & 15 for shift in (0, 4, 8, 12)]
    first = sf - 2 if sx127x or sf >= REDUCED_FROM_SF else sf
    rest = sf - 2 if low_rate else sf
    symbols = list(_block(nibbles[:first], first, 4, sf))
    for k in range(ceil((len(nibbles) - first) / rest)):
        symbols += _block(nibbles[first + k * rest : first + (k + 1) * rest], rest, coding_rate, sf)
    return symbols


def _block(nibbles: Sequence[int], bits: int, coding_rate: int, sf: int) -> Iterator[int]:
    """Code words along the diagonal, one bit of each in every symbol."""
    words = [hamming(nibble, coding_rate) for nibble in [*nibbles, *[0] * (bits - len(nibbles))]]
    width = 4 + coding_rate
    for i in range(width):
        symbol = 0
        for j in range(bits):
            symbol = symbol << 1 | words[(i - j - 1) % bits] >> (width - 1 - i) & 1
        if bits < sf:
            symbol = symbol << 2 | (symbol.bit_count() & 1) << 1
        yield (_from_gray(symbol) + 1) % (1 << sf)


def hamming(nibble: int, coding_rate: int) -> int:
    """The code word of a nibble, its lowest bit first, of 4 + `coding_rate` bits."""
    d = [nibble >> k & 1 for k in range(4)]
    if coding_rate == 1:
        checks = [d[0] ^ d[1] ^ d[2] ^ d[3]]
    else:
        checks = [d[0] ^ d[1] ^ d[2], d[1] ^ d[2] ^ d[3], d[0] ^ d[1] ^ d[3], d[0] ^ d[2] ^ d[3]][:coding_rate]
    return int("".join(map(str, [*d, *checks])), 2)


def payload_crc(payload: bytes) -> int:
    """CRC-16 of CCITT over all but the last two bytes, which are then added."""
    value = 0
    for byte in payload[:-2]:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value ^ int.from_bytes(payload[-2:], "big")


def _header(length: int, coding_rate: int, *, crc: bool) -> list[int]:
    a, b, c = length >> 4, length & 15, coding_rate << 1 | crc
    (a0, a1, a2, a3), (b0, b1, b2, b3), (c0, c1, c2, c3) = ([word >> k & 1 for k in range(4)] for word in (a, b, c))
    check = [
        a0 ^ b1 ^ c3 ^ c2 ^ c1 ^ c0,
        a1 ^ b2 ^ b0 ^ c2 ^ c1 ^ c0,
        a2 ^ b3 ^ b0 ^ c3 ^ c1,
        a3 ^ b3 ^ b2 ^ b1 ^ c0,
    ]
    return [a, b, c, a0 ^ a1 ^ a2 ^ a3, sum(bit << k for k, bit in enumerate(check))]


def _whitened(payload: bytes) -> Iterator[int]:
    """x^8 + x^6 + x^5 + x^4 + 1 from all ones."""
    state = 0xFF
    for byte in payload:
        yield byte ^ state
        state = (state << 1 | (state >> 7 ^ state >> 5 ^ state >> 4 ^ state >> 3) & 1) & 0xFF


def _from_gray(value: int) -> int:
    shift, found = value >> 1, value
    while shift:
        found ^= shift
        shift >>= 1
    return found
