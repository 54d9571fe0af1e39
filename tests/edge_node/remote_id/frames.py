"""Frames and messages made by hand, for the tests of this folder."""

from __future__ import annotations

from struct import pack

from drivers.blocks import RadioFrame

ASTM = bytes.fromhex("fa0bbc0d")
TRANSMITTER = "02:11:22:33:44:55"


def basic_id(text: bytes = b"1596F350457791151223", *, id_type: int = 1, ua_type: int = 2) -> bytes:
    return pack("<BB20s3x", 0x02, id_type << 4 | ua_type, text)


def location(  # noqa: PLR0917 - the message's own order
    bits: int = 0x22,
    direction: int = 10,
    speed: int = 4,
    climb: int = 2,
    lat: int = 600_000_000,
    lon: int = 250_000_000,
    *,
    altitude: int = 2200,
    tenths: int = 100,
) -> bytes:
    return pack("<BBBBbiiHHHBBHBx", 0x12, bits, direction, speed, climb, lat, lon, altitude, altitude, 2100, 0x4A, 0x34, tenths, 2)


def self_id(text: bytes = b"survey") -> bytes:
    return pack("<BB23s", 0x32, 0, text)


def system(*, lat: int = 600_000_000, lon: int = 250_000_000, altitude: int = 2100, since_epoch_s: int = 100, protocol: int = 2) -> bytes:
    return pack("<BBiiHBHHBHIx", 0x40 | protocol, 0b101, lat, lon, 1, 5, 0, 2000, 0x12, altitude, since_epoch_s)


def operator_id(text: bytes = b"FIN87astrdge12k8") -> bytes:
    return pack("<BB20s3x", 0x52, 0, text)


def message_pack(*messages: bytes, declared: int | None = None) -> bytes:
    return bytes((0xF2, 25, len(messages) if declared is None else declared)) + b"".join(messages)


def element(load: bytes, *, number: int = 221, length: int | None = None) -> bytes:
    return bytes((number, len(load) if length is None else length)) + load


def beacon(*elements: bytes, control: bytes = b"\x80\x00") -> bytes:
    address = bytes.fromhex(TRANSMITTER.replace(":", ""))
    header = control + bytes(2) + b"\xff" * 6 + address + address + bytes(2)
    return header + bytes(12) + element(b"RID", number=0) + b"".join(elements)


def dji_beacon(load: bytes, *, oui: bytes = b"\x26\x37\x12") -> bytes:
    return beacon(element(oui + load))


def service_discovery(*attributes: bytes, control: bytes = b"\xd0\x00") -> bytes:
    address = bytes.fromhex(TRANSMITTER.replace(":", ""))
    header = control + bytes(2) + b"\x51\x6f\x9a\x01\x00\x00" + address + b"\x50\x6f\x9a\x01\x79\x00" + bytes((0x50, 0x02))
    return header + b"\x04\x09\x50\x6f\x9a\x13" + b"".join(attributes)


def attribute(load: bytes, *, number: int = 3, length: int | None = None) -> bytes:
    return pack("<BH", number, len(load) if length is None else length) + load


def descriptor(info: bytes, *, control: int = 0x10, optional: bytes = b"", service: bytes = b"\x88\x69\x19\x9d\x92\x09") -> bytes:
    return service + b"\x01\x00" + bytes((control,)) + optional + bytes((len(info),)) + info


def service_data(load: bytes) -> bytes:
    return bytes((4 + len(load), 0x16)) + b"\xfa\xff\x0d" + load


def advertisement(data: bytes, *, kind: int = 2, length: int | None = None) -> bytes:
    body = bytes.fromhex(TRANSMITTER.replace(":", ""))[::-1] + data
    return bytes((kind | 0x40, len(body) if length is None else length)) + body


def extended_advertisement(data: bytes, *, address: bool = True, adi: int | None = 0x1234, next_us: int | None = None) -> bytes:
    """A PDU of type 7: an extended header with what is given, and the data behind it."""
    fields = b""
    if address:
        fields += bytes.fromhex(TRANSMITTER.replace(":", ""))[::-1]
    if adi is not None:
        fields += pack("<H", adi)
    if next_us is not None:
        fields += pack("<BH", 7, next_us // 30)
    flags = address * 0x01 | (adi is not None) * 0x08 | (next_us is not None) * 0x10
    header = bytes((flags,)) + fields if flags else b""
    body = bytes((len(header),)) + header + data
    return bytes((0x47, len(body))) + body


def heard_ble(pdu: bytes, *, t_mono_ns: int = 1_000, intact: bool = True) -> RadioFrame:
    return RadioFrame(t_mono_ns, 0, 0, "ble", pdu, rssi_dbm=-87, intact=intact, coded_phy=True)


def heard(data: bytes, *, intact: bool = True, rssi_dbm: int | None = -60) -> RadioFrame:
    return RadioFrame(1_000, 0, 0, "wifi", data, rssi_dbm=rssi_dbm, intact=intact)


def heard_pack(*messages: bytes, declared: int | None = None) -> RadioFrame:
    return heard(beacon(element(ASTM + b"\x07" + message_pack(*messages, declared=declared))))
