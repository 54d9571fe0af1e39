"""The header that nRF Sniffer puts before a BLE packet (link type 272; versions 1 to 3 of its protocol)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

ADVERTISING_ACCESS_ADDRESS = 0x8E89BED6
PACKET_ADVERTISING, PACKET_EVENT = 0x02, 0x06
FLAG_CRC_OK = 0x01
PHY_CODED = 2
ADVERTISING_MHZ = {37: 2402, 38: 2426, 39: 2480}

_HEADER = Struct("<3xB2xBBBBB6xI")


class NordicBle(NamedTuple):
    """One packet: its PDU without access address and CRC, and what the sniffer says of it; the unsaid is None."""

    pdu: bytes
    rssi_dbm: int | None
    center_hz: int | None
    intact: bool
    coded_phy: bool


def read(data: bytes) -> NordicBle | None:
    """Read one record; None when it holds no whole advertising PDU."""
    if len(data) < _HEADER.size:
        return None
    version, kind, length, flags, channel, rssi, access_address = _HEADER.unpack_from(data)
    if not 1 <= version <= 3 or kind not in (PACKET_ADVERTISING, PACKET_EVENT) or length != 10:
        return None
    if access_address != ADVERTISING_ACCESS_ADDRESS:
        return None
    coded = version > 1 and flags >> 4 & 7 == PHY_CODED
    start = _HEADER.size + coded  # a coded packet has its coding indicator here
    pdu = data[start : start + 2 + data[start + 1]] if start + 2 <= len(data) else b""
    if len(pdu) < 2 or len(pdu) < 2 + pdu[1]:
        return None
    return NordicBle(pdu, -rssi or None, channel_hz(channel), flags & FLAG_CRC_OK != 0, coded)


def channel_hz(channel: int) -> int | None:
    """Centre of a BLE channel by its index (Bluetooth Core 5.4, vol. 6 part B 1.4.1); None beyond 39."""
    if channel > 39:
        return None
    mhz = ADVERTISING_MHZ.get(channel) or (2404 if channel <= 10 else 2406) + 2 * channel
    return mhz * 1_000_000
