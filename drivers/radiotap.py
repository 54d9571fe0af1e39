"""The radiotap header (radiotap.org): what the receiver says of an 802.11 frame."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import NamedTuple

FIELDS = (
    *((8, 8), (1, 1), (1, 1), (4, 2), (2, 1), (1, 1), (1, 1), (2, 2)),  # TSFT, flags, rate, channel, FHSS, signal, noise, lock quality
    *((2, 2), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1), (2, 2), (2, 2)),  # attenuation x2, power, antenna, dB signal, noise, RX, TX flags
    *((1, 1), (1, 1), (8, 4), (3, 1), (8, 4), (12, 2), (12, 8), (12, 2)),  # retries x2, XChannel, MCS, A-MPDU, VHT, timestamp, HE
    *((12, 2), (6, 2), (1, 1), (4, 2)),  # HE-MU, HE-MU other user, 0-length PSDU, L-SIG
)
"""Size and alignment of each field, by its bit in the present word."""

FLAGS, CHANNEL, SIGNAL = 1, 3, 5
NEXT_IS_RADIOTAP, NEXT_IS_VENDOR, MORE_WORDS = 1 << 29, 1 << 30, 1 << 31
FLAG_FCS, FLAG_BAD_FCS = 0x10, 0x40
MOST_WORDS = 16

_HEADER = Struct("<BxHI")
_WORD = Struct("<I")
_FREQUENCY = Struct("<H")
_SIGNAL = Struct("<b")


class Radiotap(NamedTuple):
    """One header: how long it is, how many bytes of FCS end the frame, and what it says; what it does not say is None."""

    header_bytes: int
    fcs_bytes: int
    bad_fcs: bool
    center_hz: int | None
    rssi_dbm: int | None


class Layout(NamedTuple):
    """Where the fields of interest lie from the header's start, and where the last field that is known ends."""

    flags: int | None
    channel: int | None
    signal: int | None
    end: int


def read(data: bytes | memoryview) -> Radiotap | None:
    """Read the header at the start of a captured frame; None when it is not one."""
    if len(data) < 8:
        return None
    version, length, present = _HEADER.unpack_from(data)
    if version or length > len(data):
        return None
    layout = _layout(present) if present < MORE_WORDS else _extended(data, length)
    if layout is None:
        return None
    flags_at, channel_at, signal_at, end = layout
    if end > length:
        return None
    flags = data[flags_at] if flags_at else 0
    mhz = _FREQUENCY.unpack_from(data, channel_at)[0] if channel_at else 0
    return Radiotap(
        length,
        4 if flags & FLAG_FCS else 0,
        flags & FLAG_BAD_FCS != 0,
        mhz * 1_000_000 or None,
        _SIGNAL.unpack_from(data, signal_at)[0] if signal_at else None,
    )


def _extended(data: bytes | memoryview, length: int) -> Layout | None:
    words: list[int] = []
    for offset in range(4, min(length - 3, 4 + 4 * MOST_WORDS), 4):
        words.append(_WORD.unpack_from(data, offset)[0])
        if words[-1] < MORE_WORDS:
            return _layout(*words)
    return None


@lru_cache(maxsize=256)
def _layout(*words: int) -> Layout:
    """Of the header that these present words describe: the first of each field counts, reading stops at what has no known size."""
    found: dict[int, int] = {}
    offset = 4 + 4 * len(words)
    for word in words:
        for bit in range(29):
            if not word >> bit & 1:
                continue
            if bit >= len(FIELDS):
                return _found(found, offset)
            size, alignment = FIELDS[bit]
            offset += -offset % alignment
            found.setdefault(bit, offset)
            offset += size
        if word & NEXT_IS_VENDOR or not word & NEXT_IS_RADIOTAP:
            break
    return _found(found, offset)


def _found(fields: dict[int, int], end: int) -> Layout:
    return Layout(fields.get(FLAGS), fields.get(CHANNEL), fields.get(SIGNAL), end)
