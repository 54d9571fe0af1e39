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


def heard(data: bytes, *, intact: bool = True, rssi_dbm: int | None = -60) -> RadioFrame:
    return RadioFrame(1_000, 0, 0, "wifi", data, rssi_dbm=rssi_dbm, intact=intact)


def heard_pack(*messages: bytes, declared: int | None = None) -> RadioFrame:
    return heard(beacon(element(ASTM + b"\x07" + message_pack(*messages, declared=declared))))
