"""A weather balloon's RS41: GFSK of 4 800 Bd, one frame a second, with the place and serial that its public decoders read."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin, sqrt

from tools.simulate.iq.fsk import Fsk, Shifts, bits_of
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

FSK = Fsk(4_800, 2_400, 0.5)
PREAMBLE = [0, 1] * 160
HEADER = bytes.fromhex("8635f44093df1a60")
MASK_START = bytes.fromhex("96833e51b14908983205590ef944c626")
FRAME, PARITY, CHECKED = 320, 24, 231
GPS_WEEK, GPS_EPOCH_OFFSET_S = 2430, 3600
A_M, E2 = 6378137.0, 6.69437999014e-3


class Radiosonde(Slots):
    """A balloon that climbs 5 m/s from a place, with a serial number that is invented."""

    def __init__(
        self, seed: int = 1, center_hz: float = 403.0e6, serial: str = "X0000001", place: tuple[float, float, float] = (50.9, 4.4, 3000.0)
    ) -> None:
        super().__init__("radiosonde", "radiosonde", seed, 1.0, 0.7)
        self._center_hz, self._serial, self._place = center_hz, serial.encode()[:8].ljust(8), place

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One frame."""
        duration_s = (len(PREAMBLE) + 8 * FRAME) / FSK.rate_bd

        def wave() -> Shifts:
            return FSK.frame(PREAMBLE + bits_of(masked(self.frame(k)), lowest_first=True))

        yield Burst(t_s, duration_s, self._center_hz, FSK.bandwidth_hz, wave)

    def frame(self, k: int) -> bytes:
        """All 320 bytes of a second as they are before they are masked."""
        random = self.random(k)
        status = (
            (k & 0xFFFF).to_bytes(2, "little")
            + self._serial
            + bytes([26, 0, 0, 3, 0, 0, 21, 0])
            + random.randbytes(5)
            + bytes([k % 51])
            + bytes(16)
        )
        time = (
            GPS_WEEK.to_bytes(2, "little")
            + ((GPS_EPOCH_OFFSET_S + k) * 1000).to_bytes(4, "little")
            + bytes(n for prn in range(1, 13) for n in (prn, 0x8F))
        )
        blocks = (
            (0x79, status[:40]),
            (0x7A, random.randbytes(42)),
            (0x7C, time),
            (0x7D, random.randbytes(89)),
            (0x7B, self._position(k)),
            (0x76, bytes(17)),
        )
        body = b"\x0f" + b"".join(bytes([kind, len(data)]) + data + crc16(data).to_bytes(2, "little") for kind, data in blocks)
        return HEADER + parity(body[0::2]) + parity(body[1::2]) + body

    def _position(self, k: int) -> bytes:
        """Earth-centred place in cm and speed in cm/s, satellites, accuracy and dilution."""
        latitude, longitude, altitude_m = radians(self._place[0]), radians(self._place[1]), self._place[2] + 5.0 * k
        normal_m = A_M / sqrt(1 - E2 * sin(latitude) ** 2)
        up = (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
        place_m = (*((normal_m + altitude_m) * part for part in up[:2]), (normal_m * (1 - E2) + altitude_m) * up[2])
        place = b"".join(round(part * 100).to_bytes(4, "little", signed=True) for part in place_m)
        return place + b"".join(round(500 * part).to_bytes(2, "little", signed=True) for part in up) + bytes([9, 30, 15])


def masked(frame: bytes) -> bytes:
    """What goes on the air: each byte with a mask that a shift register of bytes makes, 64 long."""
    mask = list(MASK_START)
    for k in range(64 - len(mask)):
        mask.append(mask[k] ^ mask[k + 2] ^ mask[k + 4] ^ mask[k + 6])
    return bytes(byte ^ mask[k % 64] for k, byte in enumerate(frame))


def crc16(data: bytes) -> int:
    """CRC-16 of CCITT from all ones."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value


def parity(message: bytes) -> bytes:
    """The 24 bytes of a Reed-Solomon code (255, 231) over x^8 + x^4 + x^3 + x^2 + 1, first root 1, lowest power first."""
    generator = [1]
    for root in range(PARITY):
        shifted = [0, *generator]
        generator = [a ^ _times(b, _power(root)) for a, b in zip(shifted, [*generator, 0], strict=True)]
    rest = [0] * PARITY + list(message)
    for top in range(len(rest) - 1, PARITY - 1, -1):
        factor = rest[top]
        for k in range(PARITY + 1):
            rest[top - PARITY + k] ^= _times(factor, generator[k])
    return bytes(rest[:PARITY])


def _times(a: int, b: int) -> int:
    found = 0
    while b:
        found ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return found


def _power(exponent: int) -> int:
    value = 1
    for _ in range(exponent):
        value = _times(value, 2)
    return value
