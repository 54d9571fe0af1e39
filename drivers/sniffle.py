"""The serial protocol of the Sniffle firmware: base64 in lines, whose first byte says how many groups of four characters they have."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from struct import Struct, pack
from typing import NamedTuple

SET_CHANNEL, PAUSE_WHEN_DONE, LEAST_RSSI, ONE_ADDRESS = 0x10, 0x11, 0x12, 0x13
FOLLOW_CONNECTIONS, FOLLOW_AUX, SAY_MARKER, CRC_OK_ONLY = 0x15, 0x16, 0x18, 0x26
HEARD_PACKET, HEARD_MARKER = 0x10, 0x12

PHY_1M, PHY_CODED = 0, 2
ADVERTISING_ACCESS_ADDRESS, ADVERTISING_CRC_SEED = 0x8E89BED6, 0x555555
PRIMARY_CHANNELS = (37, 38, 39)
ADV_EXT_IND, AUX_POINTER_BIT = 7, 0x10
CRC_BAD_BIT, LENGTH_BITS = 0x4000, 0x3FFF
RSSI_UNKNOWN = (-128, 127)

# No base64: whatever half line the dongle has taken so far ends here, unread.
END_OF_ANY_LINE = b"@@@@@@@@\r\n"
MOST_LINE_BYTES = 1_024

_PACKET = Struct("<xxIHHbB")


class Packet(NamedTuple):
    """One PDU off the air, header and payload, without access address and CRC."""

    pdu: bytes
    rssi_dbm: int | None
    channel: int
    intact: bool
    coded_phy: bool

    @property
    def is_aux(self) -> bool:
        """Whether it came on a data channel, where only an auxiliary advertisement is followed to."""
        return self.channel not in PRIMARY_CHANNELS

    @property
    def points_to_aux(self) -> bool:
        """Whether it says where an auxiliary advertisement will come (Core 5.4, vol. 6 part B 2.3.4)."""
        pdu = self.pdu
        has_flags = len(pdu) > 3 and pdu[0] & 0x0F == ADV_EXT_IND and pdu[2] & 0x3F > 0
        return self.intact and has_flags and pdu[3] & AUX_POINTER_BIT != 0


def command(opcode: int, parameters: bytes = b"") -> bytes:
    """One command as a line."""
    groups = (2 + len(parameters) + 2) // 3
    return b64encode(bytes([groups, opcode]) + parameters) + b"\r\n"


def listen(*, coded: bool, channel: int) -> tuple[bytes, ...]:
    """The commands that make the firmware hand over all advertising on a primary channel, bad ones marked, and what it points to."""
    tune = pack("<BIBI", channel, ADVERTISING_ACCESS_ADDRESS, PHY_CODED if coded else PHY_1M, ADVERTISING_CRC_SEED)
    return (
        command(PAUSE_WHEN_DONE, b"\x00"),
        command(FOLLOW_CONNECTIONS, b"\x00"),
        command(LEAST_RSSI, b"\x80"),
        command(ONE_ADDRESS),
        command(CRC_OK_ONLY, b"\x00"),
        command(SET_CHANNEL, tune),
        command(FOLLOW_AUX, b"\x01"),
    )


def message(line: bytes) -> bytes | None:
    """What a line holds, from its count on; None when it is garbled."""
    try:
        said = b64decode(line, validate=True)
    except Error:
        return None
    return said if len(said) > 1 and said[0] * 4 == len(line) else None


def marker(said: bytes) -> bytes | None:
    """What this message echoes of a marker command, None when it is another message."""
    return said[6:] if said[1] == HEARD_MARKER else None


def packet(said: bytes) -> Packet | None:
    """The PDU in this message, None when it is another message or cut."""
    if said[1] != HEARD_PACKET or len(said) < _PACKET.size:
        return None
    _, length_bits, _, level, channel_bits = _PACKET.unpack_from(said)
    pdu = said[_PACKET.size : _PACKET.size + (length_bits & LENGTH_BITS)]
    if len(pdu) < 2 or len(pdu) != 2 + pdu[1] or channel_bits & 0x3F > 39:
        return None
    rssi_dbm = None if level in RSSI_UNKNOWN else level
    return Packet(pdu, rssi_dbm, channel_bits & 0x3F, length_bits & CRC_BAD_BIT == 0, channel_bits >> 6 >= PHY_CODED)


class Lines:
    """Bytes to messages; `garbled` counts lines that were none. A line that does not end is dropped at 1 kB."""

    def __init__(self) -> None:
        self.garbled = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Messages that are whole now."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > MOST_LINE_BYTES:
            self._rest = b""
            self.garbled += 1
        said = [message(line.removesuffix(b"\r")) for line in lines]
        whole = [one for one in said if one is not None]
        self.garbled += len(said) - len(whole)
        return whole
