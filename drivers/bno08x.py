"""The UART-RVC telegrams of a BNO080, BNO085 or BNO086 (data sheet 1000-3927, 1.3.5.2): 19 bytes, a hundred times a second."""

from __future__ import annotations

from struct import Struct as Layout

from msgspec import Struct

HEADER = b"\xaa\xaa"
TELEGRAM_BYTES = 19
_FIELDS = Layout("<B6h")


class Telegram(Struct, frozen=True, gc=False):
    """Degrees about the chip's own axes z, y and x, applied in this order; `accelerations_mg` along x, y and z."""

    index: int
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    accelerations_mg: tuple[int, int, int]


class Telegrams:
    """Bytes to telegrams; any bytes may come, and those of no telegram are counted by the piece in `bad`."""

    def __init__(self) -> None:
        self.good = self.bad = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Telegram]:
        """All that are whole, the oldest first; holds back less than one."""
        data, found = self._rest + chunk, []
        while len(data) >= TELEGRAM_BYTES:
            telegram = _read(data[:TELEGRAM_BYTES])
            if telegram is None:
                data = self._from_next_header(data)
                continue
            self.good += 1
            found.append(telegram)
            data = data[TELEGRAM_BYTES:]
        self._rest = data
        return found

    def _from_next_header(self, data: bytes) -> bytes:
        self.bad += 1
        place = data.find(HEADER, 1)
        return data[place:] if place > 0 else data[-1:]


def _read(data: bytes) -> Telegram | None:
    """None where header or checksum are wrong, or an angle is beyond what it can be."""
    if data[:2] != HEADER or sum(data[2:18]) & 0xFF != data[18]:
        return None
    index, yaw, pitch, roll, x, y, z = _FIELDS.unpack_from(data, 2)
    if abs(yaw) > 18_000 or abs(pitch) > 9_000 or abs(roll) > 18_000:
        return None
    return Telegram(index, yaw / 100, pitch / 100, roll / 100, (x, y, z))
