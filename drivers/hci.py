"""What a Bluetooth host controller reports of advertising (Core 5.4, vol. 4 part E 7.7.65), put together again where it came in pieces."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from drivers.blocks import RadioFrame
from drivers.h4 import GARBLED, LE_META, Event

LEGACY_REPORT, EXTENDED_REPORT = 0x02, 0x0D
MOST_LEGACY_REPORTS, MOST_EXTENDED_REPORTS = 0x19, 0x0A
SCAN_RESPONSE_BIT, LEGACY_BIT = 0x08, 0x10
LEGACY_SCAN_RESPONSE = 0x04
COMPLETE, MORE_TO_COME = 0, 1
# Coded with S=2 is said apart, as 4, where a host asked for that.
PHYS_CODED = (3, 4)
RSSI_UNKNOWN = 127

MOST_CHAINS = 64
MOST_DATA_BYTES = 1_650
CHAIN_WITHIN_NS = 150_000_000

_LEGACY = Struct("<BB6sB")
_EXTENDED = Struct("<HB6sBBBxbHB6sB")


class Report(NamedTuple):
    """One advertising report: whose, how heard, and its piece of the AD data; `key` is the same for all pieces of one advertisement."""

    key: tuple[bytes, int, int, bool]
    address: bytes
    extended: bool
    coded_phy: bool
    rssi_dbm: int | None
    more: bool
    data: bytes


class Chain(NamedTuple):
    """An advertisement of which more is to come."""

    t_ns: int
    rssi_dbm: int | None
    data: bytes


def reports(event: Event) -> list[Report] | None:
    """The advertising reports of an event; none of another event, None where its lengths do not add up."""
    if event.code != LE_META or event.parameters[:1] not in (b"\x02", b"\x0d"):
        return []
    subevent, many = event.parameters[0], event.parameters[1] if len(event.parameters) > 1 else 0
    read = _extended if subevent == EXTENDED_REPORT else _legacy
    most = MOST_EXTENDED_REPORTS if subevent == EXTENDED_REPORT else MOST_LEGACY_REPORTS
    found: list[Report] = []
    at = 2
    while len(found) < many <= most:
        one = read(event.parameters, at)
        if one is None:
            return None
        found.append(one[0])
        at = one[1]
    return found if found and at == len(event.parameters) else None


def plausible(event: Event) -> bool:
    """Whether an event is one by its own lengths."""
    return reports(event) is not None


class Advertising:
    """Events to frames of medium "ble_report", counted; a chain of pieces that breaks off counts as lost.

    `heard` counts reports, `garbled` stretches of bytes or events that made no sense.
    """

    def __init__(self, sequence: int = 0) -> None:
        self.sequence = sequence
        self.heard = self.garbled = 0
        self._lost = 0
        self._chains: dict[tuple[bytes, int, int, bool], Chain] = {}

    def frames(self, event: Event, t_mono_ns: int) -> list[RadioFrame]:
        """Advertisements that are whole now, or that the controller says it could not finish."""
        found = None if event is GARBLED else reports(event)
        if found is None:
            self._break_off()
            return []
        self.heard += len(found)
        return [frame for report in found if (frame := self._frame(report, t_mono_ns)) is not None]

    def _break_off(self) -> None:
        """What was begun may lack a piece now: a pack with a hole in it would still look like one."""
        self.garbled += 1
        self._lost += 1 + len(self._chains)
        self._chains.clear()

    def _frame(self, report: Report, t_ns: int) -> RadioFrame | None:
        begun = self._begun(report, t_ns)
        data = begun.data + report.data
        rssi_dbm = report.rssi_dbm if begun.rssi_dbm is None else begun.rssi_dbm
        if len(data) > MOST_DATA_BYTES:
            self._lost += 1
            return None
        if report.more:
            self._keep(report, Chain(t_ns, rssi_dbm, data))
            return None
        frame = RadioFrame(
            t_mono_ns=t_ns,
            sequence=self.sequence,
            lost=self._lost,
            medium="ble_report",
            data=report.address + data,
            rssi_dbm=rssi_dbm,
            coded_phy=report.coded_phy,
            extended=report.extended,
        )
        self.sequence += 1
        self._lost = 0
        return frame

    def _begun(self, report: Report, t_ns: int) -> Chain:
        nothing = Chain(t_ns, None, b"")
        chain = self._chains.pop(report.key, nothing) if self._chains else nothing
        if t_ns - chain.t_ns <= CHAIN_WITHIN_NS:
            return chain
        self._lost += 1
        return nothing

    def _keep(self, report: Report, chain: Chain) -> None:
        if len(self._chains) >= MOST_CHAINS:
            del self._chains[next(iter(self._chains))]
            self._lost += 1
        self._chains[report.key] = chain


def _legacy(parameters: bytes, at: int) -> tuple[Report, int] | None:
    """A report of subevent 0x02 and where it ends; its level comes last."""
    if at + _LEGACY.size > len(parameters):
        return None
    kind, address_type, address, length = _LEGACY.unpack_from(parameters, at)
    start = at + _LEGACY.size
    end = start + length
    if end >= len(parameters):
        return None
    level = parameters[end] - (parameters[end] & 0x80) * 2
    key = (address, address_type, 0xFF, kind == LEGACY_SCAN_RESPONSE)
    return Report(key, address, False, False, _rssi(level), False, parameters[start:end]), end + 1


def _extended(parameters: bytes, at: int) -> tuple[Report, int] | None:
    """A report of subevent 0x0D and where it ends; legacy PDUs come in it too."""
    if at + _EXTENDED.size > len(parameters):
        return None
    kind, address_type, address, primary, secondary, sid, level, _, _, _, length = _EXTENDED.unpack_from(parameters, at)
    start = at + _EXTENDED.size
    end = start + length
    if end > len(parameters):
        return None
    legacy = kind & LEGACY_BIT != 0
    coded = primary in PHYS_CODED or secondary in PHYS_CODED
    key = (address, address_type, sid, kind & SCAN_RESPONSE_BIT != 0)
    more = not legacy and kind >> 5 & 3 == MORE_TO_COME
    return Report(key, address, not legacy, coded, _rssi(level), more, parameters[start:end]), end


def _rssi(level: int) -> int | None:
    return None if level == RSSI_UNKNOWN else level
