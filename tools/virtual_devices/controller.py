"""A Bluetooth host controller as far as a passive scan needs one (Core 5.4, vol. 4 part E), hearing what a scene advertises."""

from __future__ import annotations

from struct import Struct, pack
from typing import NamedTuple

from drivers import nordic_ble
from drivers.h4 import COMMAND_COMPLETE, COMMAND_PACKET, EVENT_PACKET, LE_META
from drivers.hci import EXTENDED_REPORT, LEGACY_BIT, MORE_TO_COME
from drivers.hci_scan import FEATURE_CODED, FEATURE_EXTENDED, LE_EXTENDED_SCAN_ENABLE, LE_FEATURES, LE_SCAN_ENABLE, RESET
from tools.simulate.nordic_ble import ADV_EXTENDED, ADV_NONCONN_IND

COMMAND_HEAD_BYTES = 4
RANDOM, NO_TX_POWER, NO_SID = 1, 127, 0xFF
PHY_1M, PHY_CODED = 1, 3
MOST_DATA_BYTES = 229
"""Of one extended report: what is longer comes in pieces."""
WITH_ADDRESS_AND_SET = 0x09
"""The flags of an extended header that holds an advertiser's address and the advertising set, as AUX_ADV_IND does here."""
_REPORT = Struct("<HB6sBBBbbHB6sB")


class Advertiser(NamedTuple):
    """Who advertises: its address, primary and secondary PHY, its set, and how loud it was."""

    address: bytes
    phys: tuple[int, int]
    sid: int
    rssi_dbm: int


class Controller:
    """Answers every command with success; reports once it scans."""

    def __init__(self) -> None:
        self.scanning = False
        self._rest = b""

    def answer(self, told: bytes) -> bytes:
        """What it says to the commands that are whole now; whatever is no command is passed over."""
        self._rest += told
        said = b""
        while len(self._rest) >= COMMAND_HEAD_BYTES:
            if self._rest[0] != COMMAND_PACKET:
                self._rest = self._rest[1:]
                continue
            end = COMMAND_HEAD_BYTES + self._rest[3]
            if len(self._rest) < end:
                break
            said += self._obey(int.from_bytes(self._rest[1:3], "little"), self._rest[COMMAND_HEAD_BYTES:end])
            self._rest = self._rest[end:]
        return said

    def _obey(self, opcode: int, parameters: bytes) -> bytes:
        if opcode in (LE_SCAN_ENABLE, LE_EXTENDED_SCAN_ENABLE):
            self.scanning = parameters[:1] == b"\x01"
        elif opcode == RESET:
            self.scanning = False
        features = (FEATURE_CODED | FEATURE_EXTENDED).to_bytes(8, "little") if opcode == LE_FEATURES else b""
        return _event(COMMAND_COMPLETE, pack("<BHB", 1, opcode, 0) + features)


def reports(record: bytes) -> bytes:
    """An advertising PDU, in a sniffer's record of it, as the events of a controller; empty of what a controller does not report."""
    heard = nordic_ble.read(record)
    if heard is None or len(heard.pdu) < 2:
        return b""
    kind, content = heard.pdu[0] & 0x0F, heard.pdu[2:]
    level = NO_TX_POWER if heard.rssi_dbm is None else heard.rssi_dbm
    if kind == ADV_NONCONN_IND:
        return _report(LEGACY_BIT, Advertiser(content[:6], (PHY_1M, 0), NO_SID, level), content[6:])
    if kind != ADV_EXTENDED or len(content) < 10 or content[1] != WITH_ADDRESS_AND_SET:
        return b""
    phy = PHY_CODED if heard.coded_phy else PHY_1M
    whose = Advertiser(content[2:8], (phy, phy), content[9] >> 4, level)
    data = content[1 + (content[0] & 0x3F) :]
    pieces = [data[at : at + MOST_DATA_BYTES] for at in range(0, len(data), MOST_DATA_BYTES)] or [b""]
    kinds = [MORE_TO_COME << 5] * (len(pieces) - 1) + [0]
    return b"".join(_report(kind, whose, piece) for kind, piece in zip(kinds, pieces, strict=True))


def _report(kind: int, heard: Advertiser, data: bytes) -> bytes:
    head = _REPORT.pack(kind, RANDOM, heard.address, *heard.phys, heard.sid, NO_TX_POWER, heard.rssi_dbm, 0, 0, bytes(6), len(data))
    return _event(LE_META, bytes((EXTENDED_REPORT, 1)) + head + data)


def _event(code: int, parameters: bytes) -> bytes:
    return bytes((EVENT_PACKET, code, len(parameters))) + parameters
