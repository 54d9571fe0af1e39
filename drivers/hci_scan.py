"""A Bluetooth controller set to listen: passively, to all it can hear, step by step to less (Core 5.4, vol. 4 part E 7.8)."""

from __future__ import annotations

import time
from collections import deque
from struct import pack
from typing import NamedTuple

from drivers.h4 import COMMAND_COMPLETE, COMMAND_PACKET, COMMAND_STATUS, H4, Event
from drivers.hci import plausible
from drivers.serial_port import SerialPort

SET_EVENT_MASK, RESET = 0x0C01, 0x0C03
LE_SET_EVENT_MASK, LE_FEATURES, LE_SET_RANDOM_ADDRESS = 0x2001, 0x2003, 0x2005
LE_SCAN_PARAMETERS, LE_SCAN_ENABLE = 0x200B, 0x200C
LE_EXTENDED_SCAN_PARAMETERS, LE_EXTENDED_SCAN_ENABLE = 0x2041, 0x2042

HARDWARE_ERROR_BIT, OVERFLOW_BIT, LE_META_BIT = 1 << 15, 1 << 25, 1 << 61
LE_REPORT_BIT, LE_EXTENDED_REPORT_BIT = 1 << 1, 1 << 12
FEATURE_CODED, FEATURE_EXTENDED = 1 << 11, 1 << 12
PHY_1M_BIT, PHY_CODED_BIT = 1, 4

INTERVAL_60_MS = 0x60
PASSIVE, ENABLE, KEEP_DUPLICATES = 0, 1, 0
OWN_RANDOM, ACCEPT_ALL = 1, 0
# Never sent in a passive scan, but without an own address of the kind some controllers refuse to scan; its top bits say "static".
RANDOM_ADDRESS = b"\x01\x00\x00\x00\x00\xc0"
READ_WAIT_S = 0.05
MOST_WAITING = 1_024


class Scan(NamedTuple):
    """One way to listen, the LE features that it needs, and the primary PHYs of an extended scan; none for the scan of Bluetooth 4."""

    name: str
    features: int
    phys: tuple[int, ...]


SCANS = (
    Scan("Bluetooth 4, 5 and 5 long range", FEATURE_EXTENDED | FEATURE_CODED, (PHY_1M_BIT, PHY_CODED_BIT)),
    Scan("Bluetooth 4 and 5, no long range", FEATURE_EXTENDED, (PHY_1M_BIT,)),
    Scan("Bluetooth 4 only", 0, ()),
)
"""From the best on."""


class Unanswered(Exception):
    """The controller did not answer a command in time."""


class Refused(Exception):
    """The controller answered a command with an error."""


class Controller:
    """One controller on a serial port: commands in, events out."""

    def __init__(self, port: SerialPort, answer_within_s: float) -> None:
        self.limits: tuple[str, ...] = ()
        self._h4 = H4(plausible)
        self._port = port
        self._answer_within_s = answer_within_s
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)

    def events(self, wait_s: float) -> list[Event]:
        """Events since the last call; empty when none came for `wait_s`; raises SourceLost."""
        if self._waiting:
            found, self._waiting = list(self._waiting), deque(maxlen=MOST_WAITING)
            return found
        return self._read(wait_s)

    def listen(self) -> Scan:
        """Reset the controller and start the best scan that it takes; raises Unanswered, Refused of all, SourceLost."""
        limits: list[str] = []
        for scan in SCANS:
            # A controller that has had a command of one family refuses the other's until it is reset (3.1.1).
            features = self._reset()
            try:
                self._scan(scan, features)
            except Refused as refusal:
                limits.append(f"{scan.name}: {refusal}")
                continue
            self.limits = tuple(limits)
            return scan
        raise Refused("; ".join(limits))

    def _reset(self) -> int:
        """Start the controller anew with the events of a scan alone, and read its LE features."""
        self._ask(RESET)
        for opcode, mask in (
            (SET_EVENT_MASK, HARDWARE_ERROR_BIT | OVERFLOW_BIT | LE_META_BIT),
            (LE_SET_EVENT_MASK, LE_REPORT_BIT | LE_EXTENDED_REPORT_BIT),
        ):
            self._try(opcode, pack("<Q", mask))
        self._try(LE_SET_RANDOM_ADDRESS, RANDOM_ADDRESS)
        return int.from_bytes(self._try(LE_FEATURES)[:8], "little")

    def _scan(self, scan: Scan, features: int) -> None:
        if lacking := scan.features & ~features:
            raise Refused(f"it has no {'extended advertising' if lacking & FEATURE_EXTENDED else 'coded PHY'}")
        if not scan.phys:
            window = pack("<HH", INTERVAL_60_MS, INTERVAL_60_MS)
            self._ask(LE_SCAN_PARAMETERS, bytes([PASSIVE]) + window + bytes([OWN_RANDOM, ACCEPT_ALL]))
            self._ask(LE_SCAN_ENABLE, bytes([ENABLE, KEEP_DUPLICATES]))
            return
        one = pack("<BHH", PASSIVE, INTERVAL_60_MS, INTERVAL_60_MS // len(scan.phys))
        self._ask(LE_EXTENDED_SCAN_PARAMETERS, bytes([OWN_RANDOM, ACCEPT_ALL, sum(scan.phys)]) + one * len(scan.phys))
        self._ask(LE_EXTENDED_SCAN_ENABLE, bytes([ENABLE, KEEP_DUPLICATES]) + bytes(4))

    def _try(self, opcode: int, parameters: bytes = b"") -> bytes:
        """As _ask, but a refusal is an empty answer: the scan may work all the same."""
        try:
            return self._ask(opcode, parameters)
        except Refused:
            return b""

    def _ask(self, opcode: int, parameters: bytes = b"") -> bytes:
        """Send a command and return what its answer holds after the status; other events wait for `events`."""
        self._port.write(pack("<BHB", COMMAND_PACKET, opcode, len(parameters)) + parameters)
        until_s = time.monotonic() + self._answer_within_s
        answer: bytes | None = None
        while answer is None and time.monotonic() < until_s:
            for event in self._read(READ_WAIT_S):
                said = _answer(event, opcode)
                if said is None:
                    self._waiting.append(event)
                answer = said or answer
        if answer is None:
            raise Unanswered(f"no answer to command 0x{opcode:04x}")
        if answer[0]:
            raise Refused(f"error 0x{answer[0]:02x} to command 0x{opcode:04x}")
        return answer[1:]

    def _read(self, wait_s: float) -> list[Event]:
        chunk = self._port.read(wait_s)
        return self._h4.feed(chunk) if chunk else self._h4.quiet()


def _answer(event: Event, opcode: int) -> bytes | None:
    """Status and return parameters, where this event answers that command."""
    said = event.parameters
    if event.code == COMMAND_COMPLETE and len(said) > 3 and int.from_bytes(said[1:3], "little") == opcode:
        return said[3:]
    if event.code == COMMAND_STATUS and int.from_bytes(said[2:4], "little") == opcode:
        return said[:1]
    return None
