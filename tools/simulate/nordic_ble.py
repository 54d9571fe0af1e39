"""Bluetooth advertising with Remote ID (Bluetooth Core 5.4, vol. 6 part B 2.3), as nRF Sniffer hands it over (protocol 3)."""

from __future__ import annotations

from struct import pack

LINKTYPE_NORDIC_BLE = 272
ACCESS_ADDRESS = 0x8E89BED6
ADV_NONCONN_IND, ADV_EXTENDED = 2, 7
RANDOM_ADDRESS = 0x40
ODID = b"\x16\xfa\xff\x0d"
"""Service Data of the 16-bit UUID FFFA, application code of Open Drone ID (F3411-22a section 5.4.6)."""
PHY_CODED = 2
AUX_OFFSET_30_US = 300


def service_data(counter: int, content: bytes) -> bytes:
    """AD data: one message on legacy advertising, a pack on extended."""
    data = ODID + bytes((counter & 0xFF,)) + content
    return bytes((len(data),)) + data


def legacy(address: bytes, ad_data: bytes) -> bytes:
    """ADV_NONCONN_IND with a random address, given as it is written."""
    return _pdu(ADV_NONCONN_IND, address[::-1] + ad_data)


def extended_pointer(advertising_id: int, channel: int) -> bytes:
    """ADV_EXT_IND on the primary channel: it points at the auxiliary packet and says nothing itself."""
    pointer = pack("<BH", channel | 1 << 6, AUX_OFFSET_30_US | PHY_CODED << 13)
    return _pdu(ADV_EXTENDED, b"\x06\x18" + pack("<H", advertising_id & 0xFFF) + pointer, random=False)


def extended(address: bytes, advertising_id: int, ad_data: bytes) -> bytes:
    """AUX_ADV_IND: address, data info, data."""
    return _pdu(ADV_EXTENDED, b"\x09\x09" + address[::-1] + pack("<H", advertising_id & 0xFFF) + ad_data)


def sniffed(pdu: bytes, *, packet: int, t_us: int, channel: int, rssi_dbm: int, coded: bool) -> bytes:
    """One record of link type 272: the sniffer's header, access address, PDU and CRC."""
    indicator = b"\x00" if coded else b""
    flags = 0x01 | (PHY_CODED << 4 if coded else 0)
    air = pack("<I", ACCESS_ADDRESS) + indicator + pdu + crc(pdu)
    header = pack("<BHBHB", 0, 10 + len(air), 3, packet & 0xFFFF, 2)
    return header + pack("<BBBBHI", 10, flags, channel, min(max(-rssi_dbm, 1), 127), 0, t_us & 0xFFFFFFFF) + air


def crc(pdu: bytes) -> bytes:
    """The 24 bits of an advertising packet, as on the air (vol. 6 part B 3.1.1)."""
    register = 0xAAAAAA
    for byte in pdu:
        for bit in range(8):
            feedback = (register ^ byte >> bit) & 1
            register = register >> 1 ^ (0xDA6000 if feedback else 0)
    return register.to_bytes(3, "little")


def _pdu(kind: int, content: bytes, *, random: bool = True) -> bytes:
    return bytes((kind | (RANDOM_ADDRESS if random else 0), len(content))) + content
