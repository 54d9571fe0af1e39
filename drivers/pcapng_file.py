"""pcapng written from front to back: RadioFrames under the header of their link type, as drivers.capture and Wireshark read it."""

from __future__ import annotations

from struct import Struct

from drivers.blocks import RadioFrame
from drivers.nordic_ble import ADVERTISING_ACCESS_ADDRESS

RADIOTAP, BLE_PHDR, USER_0, USER_1 = 127, 256, 147, 148
LINKS = (RADIOTAP, BLE_PHDR, USER_0, USER_1)
"""The interfaces of a file, by their number. USER_0 is a whole MAVLink frame, USER_1 a controller's report: address and AD data."""
NAMES = ("wifi", "ble", "mavlink", "ble_report")
LEGACY_AD_BYTES, ADDRESS_BYTES, ADV_NONCONN_IND = 31, 6, 0x02
CRC_SEED, CRC_POLYNOMIAL = 0xAAAAAA, 0xDA6000
"""Of an advertising PDU, both in the order in which bits are sent (Bluetooth Core 5.4, vol. 6 part B 3.1.1)."""

_BLOCK, _LENGTH, _OPTION = Struct("<II"), Struct("<I"), Struct("<HH")
_SECTION, _INTERFACE, _PACKET = Struct("<IHHq"), Struct("<HHI"), Struct("<IIIII")
_BLE = Struct("<Bbbx4xHI")
PRESENT_FLAGS, PRESENT_CHANNEL, PRESENT_SIGNAL, BAD_FCS, CHANNEL_2GHZ, CHANNEL_5GHZ = 1 << 1, 1 << 3, 1 << 5, 0x40, 0x0080, 0x0100
DEWHITENED, SIGNAL_VALID, CRC_CHECKED, CRC_VALID, CODED = 0x0001, 0x0002, 0x0400, 0x0800, 2 << 14


def head(writer: str) -> bytes:
    """The section and its interfaces, whose clocks count nanoseconds of UTC."""
    section = _block(0x0A0D0D0A, _SECTION.pack(0x1A2B3C4D, 1, 0, -1) + _option(4, writer.encode()) + _option(0))
    return section + b"".join(_interface(link, name) for link, name in zip(LINKS, NAMES, strict=True))


def _interface(link: int, name: str) -> bytes:
    return _block(1, _INTERFACE.pack(link, 0, 0) + _option(2, name.encode()) + _option(9, b"\x09") + _option(0))


def packet(frame: RadioFrame, t_utc_ns: int) -> tuple[bytes, int]:
    """The block of one frame, and where in it the bytes of `frame.data` begin."""
    link, before, after = _framed(frame)
    size = len(before) + len(frame.data) + len(after)
    body = _PACKET.pack(LINKS.index(link), t_utc_ns >> 32 & 0xFFFFFFFF, t_utc_ns & 0xFFFFFFFF, size, size) + before
    return _block(6, body + frame.data + after + bytes(-size % 4)), _BLOCK.size + len(body)


def _framed(frame: RadioFrame) -> tuple[int, bytes, bytes]:
    """Link type, and what stands before and after the frame's own bytes."""
    if frame.medium == "wifi":
        return RADIOTAP, _radiotap(frame), b""
    if frame.medium == "mavlink":
        return USER_0, b"", b""
    pdu = frame.data
    if frame.medium == "ble_report":
        if frame.extended or not ADDRESS_BYTES <= len(pdu) <= ADDRESS_BYTES + LEGACY_AD_BYTES:
            return USER_1, b"", b""
        pdu = bytes((ADV_NONCONN_IND, len(pdu))) + pdu  # of which kind it was no controller's report says here
    header = _ble(frame)
    return BLE_PHDR, header + pdu[: len(pdu) - len(frame.data)], crc24(pdu)


def _radiotap(frame: RadioFrame) -> bytes:
    mhz = (frame.center_hz or 0) // 1_000_000
    known = 0 < mhz < 1 << 16
    present = PRESENT_FLAGS | PRESENT_CHANNEL * known | PRESENT_SIGNAL * (frame.rssi_dbm is not None)
    fields = bytes((0 if frame.intact else BAD_FCS,))
    if known:
        fields += b"\0" + mhz.to_bytes(2, "little") + (CHANNEL_2GHZ if mhz < 3_000 else CHANNEL_5GHZ).to_bytes(2, "little")
    if frame.rssi_dbm is not None:
        fields += max(-128, min(127, frame.rssi_dbm)).to_bytes(1, "little", signed=True)
    return Struct("<BBHI").pack(0, 0, 8 + len(fields), present) + fields


def _ble(frame: RadioFrame) -> bytes:
    mhz = (frame.center_hz or 0) // 1_000_000
    channel = (mhz - 2402) // 2 if 2402 <= mhz <= 2480 else 0xFF
    signal = max(-128, min(127, frame.rssi_dbm or 0))
    flags = DEWHITENED | SIGNAL_VALID * (frame.rssi_dbm is not None) | CRC_CHECKED | CRC_VALID * frame.intact | CODED * frame.coded_phy
    return _BLE.pack(channel, signal, -128, flags, ADVERTISING_ACCESS_ADDRESS) + b"\0" * frame.coded_phy


def crc24(pdu: bytes) -> bytes:
    """Of an advertising PDU, its three bytes as they are sent."""
    crc = CRC_SEED
    for byte in pdu:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (CRC_POLYNOMIAL if crc & 1 else 0)
    return crc.to_bytes(3, "little")


def _option(code: int, value: bytes = b"") -> bytes:
    return _OPTION.pack(code, len(value)) + value + bytes(-len(value) % 4)


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return _BLOCK.pack(kind, size) + body + _LENGTH.pack(size)
