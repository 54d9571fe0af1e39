"""What an RS41 weather balloon says: its serial number and where it is, from its frames of 4 800 Bd (as rs1729's RS decodes them)."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.geometry import LocalFrame, from_ecef
from edge_node.radio.links.band import Band, Complexes
from edge_node.radio.links.reed_solomon import PARITY, mended
from edge_node.radio.links.shifts import frequency_of

RATE_BD, PER_BIT, WIDTH_HZ = 4_800, 9, 10e3
MEAN_OF = 7
HEADER = bytes.fromhex("8635f44093df1a60")
MASK_START = bytes.fromhex("96833e51b14908983205590ef944c626")
MASK_LENGTH = 64
LENGTHS = {0x0F: 320, 0xF0: 518}
"""By the byte after the parity: an ordinary frame, and one that carries other instruments' data as well."""
FIRST = len(HEADER) + 2 * PARITY
LIKE_HEADER = 0.7
"""Correlation; of noise 64 bits have 0.5 once in 30 000."""
MOST_FRAMES = 4
STATUS, POSITION = 0x79, 0x7B
TOLD = slice(2, None)
"""Fields of what a balloon says, without those of its reception."""
SERIAL, PLACE_BYTES = slice(2, 10), 21
MOST_ALTITUDE_M, MOST_SPEED_MPS = 60e3, 200.0


class Sonde(Struct, frozen=True):
    """One frame that begins at sample `start`; what its blocks did not hold or could not be true is None. `mended` bytes were wrong."""

    start: int
    mended: int
    serial: str | None = None
    frame: int | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    speed_mps: float | None = None
    climb_mps: float | None = None

    def parameters(self) -> dict[str, float | str]:
        """What is known of it, by name."""
        told = {name: getattr(self, name) for name in self.__struct_fields__[TOLD]}
        return {name: value for name, value in told.items() if value is not None}

    def words(self) -> str:
        """Which balloon, and where."""
        who = f"weather balloon {self.serial or 'without a serial number'}"
        if self.latitude_deg is None or self.longitude_deg is None or self.altitude_wgs84_m is None:
            return who
        return f"{who} at {self.latitude_deg:.5f}, {self.longitude_deg:.5f}, {self.altitude_wgs84_m:.0f} m"


def _mask() -> bytes:
    """A register of bytes makes it."""
    mask = list(MASK_START)
    while len(mask) < MASK_LENGTH:
        k = len(mask) - len(MASK_START)
        mask.append(mask[k] ^ mask[k + 2] ^ mask[k + 4] ^ mask[k + 6])
    return bytes(mask)


MASK = np.frombuffer(_mask(), dtype=np.uint8)
SENT = np.unpackbits(np.frombuffer(HEADER, dtype=np.uint8) ^ MASK[: len(HEADER)], bitorder="little")


def read(samples: Complexes, rate_hz: float, offset_hz: float) -> list[Sonde]:
    """Frames that lie as a whole in a piece (n,) of stream, `offset_hz` from its centre; a frame takes 0.54 s and comes once a second."""
    cut, _ = Band(samples, rate_hz, RATE_BD * PER_BIT).channel(offset_hz, WIDTH_HZ)
    if len(cut) < PER_BIT * 8 * LENGTHS[0x0F]:
        return []
    frequency = frequency_of(cut, RATE_BD * PER_BIT, MEAN_OF)
    found = [_frame(frequency, start, middle) for start, middle in _headers(frequency)]
    back = rate_hz / (RATE_BD * PER_BIT)
    told = [_told(data, round(start * back), errors) for one in found if one is not None for data, start, errors in (one,)]
    return sorted(told, key=lambda one: one.start)


def _headers(frequency: NDArray[np.float32]) -> Iterator[tuple[int, float]]:
    """Where headers begin, and the frequency between their levels; the most alike first."""
    want = SENT.astype(np.float32) - SENT.mean(dtype=np.float32)
    count = len(frequency) - PER_BIT * (len(SENT) - 1)
    dot, total, square = (np.zeros(count, dtype=np.float32) for _ in range(3))
    for k, one in enumerate(want):
        part = frequency[PER_BIT * k : PER_BIT * k + count]
        dot += one * part
        total += part
        square += part * part
    spread = np.sqrt(np.maximum(square - total * total / len(SENT), np.float32(1e-9)))
    alike = dot / (spread * np.float32(np.linalg.norm(want)))
    for _ in range(MOST_FRAMES):
        best = int(np.argmax(alike))
        if alike[best] < LIKE_HEADER:
            return
        shown = frequency[best + PER_BIT * np.arange(len(SENT))]
        yield best, float(shown[SENT == 1].mean() + shown[SENT == 0].mean()) / 2
        alike[max(0, best - PER_BIT * len(SENT)) : best + PER_BIT * len(SENT)] = 0


def _frame(frequency: NDArray[np.float32], start: int, middle: float) -> tuple[bytes, int, int] | None:
    """Its blocks, where it begins, and how many bytes were wrong."""
    bits = frequency[start::PER_BIT][: 8 * max(LENGTHS.values())] > middle
    data = np.packbits(bits[: len(bits) // 8 * 8], bitorder="little")
    plain = bytes(data ^ np.resize(MASK, len(data)))
    for length in LENGTHS.values():
        if len(plain) < length:
            continue
        body, halves, errors = bytearray(plain[FIRST:length]), plain[len(HEADER) : FIRST], 0
        for k in range(2):
            word = mended(halves[k * PARITY : (k + 1) * PARITY] + bytes(body[k::2]))
            if word is None:
                break
            body[k::2] = word[0][PARITY:]
            errors += word[1]
        else:
            return bytes(body), start, errors
    return None


def _blocks(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Those whose checksum is right, by number."""
    at = 1
    while at + 4 <= len(body):
        kind, length = body[at], body[at + 1]
        data, check = body[at + 2 : at + 2 + length], body[at + 2 + length : at + 4 + length]
        if len(check) < 2:
            return
        if _crc16(data) == int.from_bytes(check, "little"):
            yield kind, data
        at += 4 + length


def _crc16(data: bytes) -> int:
    """CCITT's, from all ones."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value


def _told(body: bytes, start: int, errors: int) -> Sonde:
    blocks = dict(_blocks(body))
    serial: str | None = None
    number: int | None = None
    if len(status := blocks.get(STATUS, b"")) >= SERIAL.stop:
        text = status[SERIAL].decode("ascii", "replace").strip()
        serial, number = (text if text.isalnum() and text.isascii() else None), int.from_bytes(status[:2], "little")
    place = _place(blocks.get(POSITION, b""))
    if place is None:
        return Sonde(start, errors, serial, number)
    return Sonde(start, errors, serial, number, *place)


def _place(data: bytes) -> tuple[float, float, float, float, float] | None:
    """Latitude, longitude, altitude, speed over ground and climb, from centimetres about the Earth's centre; None for what cannot be."""
    if len(data) < PLACE_BYTES:
        return None
    x, y, z = (int.from_bytes(data[k : k + 4], "little", signed=True) / 100 for k in (0, 4, 8))
    if not any((x, y, z)):
        return None
    latitude_deg, longitude_deg, altitude_m = from_ecef(x, y, z)
    speeds = [int.from_bytes(data[k : k + 2], "little", signed=True) / 100 for k in (12, 14, 16)]
    frame = LocalFrame(latitude_deg, longitude_deg, altitude_m)
    east, north, up = frame.to_enu(*from_ecef(x + speeds[0], y + speeds[1], z + speeds[2]))
    if not -1e3 < altitude_m < MOST_ALTITUDE_M or hypot(*speeds) > MOST_SPEED_MPS:
        return None
    return latitude_deg, longitude_deg, altitude_m, hypot(east, north), up
