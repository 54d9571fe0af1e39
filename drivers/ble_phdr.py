"""The pseudo-header of a BLE link-layer capture (link type 256, LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR: Sniffle, Ubertooth, Wireshark)."""

from __future__ import annotations

from struct import Struct

from drivers.nordic_ble import ADVERTISING_ACCESS_ADDRESS, NordicBle

SIGNAL_VALID, CRC_CHECKED, CRC_VALID = 0x0002, 0x0400, 0x0800
PHY_CODED = 2
HIGHEST_RF_CHANNEL = 39

_HEADER = Struct("<Bb6xHI")  # RF channel, signal, (noise, offences, reference address), flags, access address


def read(data: bytes) -> NordicBle | None:
    """Read one record; None when it holds no whole advertising PDU. One whose CRC nobody checked counts as intact."""
    if len(data) < _HEADER.size:
        return None
    rf_channel, signal_dbm, flags, access_address = _HEADER.unpack_from(data)
    if access_address != ADVERTISING_ACCESS_ADDRESS:
        return None
    coded = flags >> 14 == PHY_CODED
    start = _HEADER.size + coded  # a coded packet has its coding indicator here
    pdu = data[start : start + 2 + data[start + 1]] if start + 2 <= len(data) else b""
    if len(pdu) < 2 or len(pdu) < 2 + pdu[1]:
        return None
    center_hz = (2402 + 2 * rf_channel) * 1_000_000 if rf_channel <= HIGHEST_RF_CHANNEL else None
    intact = not flags & CRC_CHECKED or flags & CRC_VALID != 0
    return NordicBle(pdu, signal_dbm if flags & SIGNAL_VALID else None, center_hz, intact, coded)
